"""docs/journal.md as its tables say it, and events held against them."""

import json
import re
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "journal.md").read_text("utf-8")


def table(heading: str, first: str) -> dict[str, str]:
    """Names and the column after them, of the table with this first column."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = section.split(f"| {first} | ")[1].split("\n\n")[0].splitlines()[2:]
    found: dict[str, str] = {}
    for row in rows:
        names, second = row.split(" | ")[:2]
        found |= dict.fromkeys(re.findall(r"`(\w+)`", names), second.rstrip(" |"))
    return found


EVERY = table("Every event", "field")
FIELDS = {name: table(f"`{name}`", "field") for name in ("gallery", "start", "answer", "stop")}
KINDS = table("`answer`", "kind")
OUTCOMES = table("`answer`", "outcome")
STAGES = table("`answer`", "stage")


def names() -> set[str]:
    """All fields' names, those of objects in others with a point."""
    found = set(EVERY).union(*FIELDS.values(), (f"seconds.{stage}" for stage in STAGES))
    return found - {"seconds"}


def events(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def assert_as_documented(event: dict[str, Any]) -> None:
    """An event has what the page says that it has, and nothing else."""
    fields = EVERY | FIELDS[event["event"]]
    is_card = event.get("outcome") == "card"
    _assert_fields(event, fields, is_card)
    if event["event"] == "answer":
        assert event["kind"] in KINDS
        assert event["outcome"] in OUTCOMES, event
        _assert_fields(event["seconds"], STAGES, is_card)


def _assert_fields(told: dict[str, Any], fields: dict[str, str], is_card: bool) -> None:
    needed = {name for name, there in fields.items() if there == "always"}
    if is_card:
        needed |= {name for name, there in fields.items() if there == "card"}
    assert needed <= told.keys() <= fields.keys(), told
