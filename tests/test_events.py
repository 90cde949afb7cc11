"""startwin.journal.events and figures: what is written can be read and counted."""

import json
import os
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from startwin.errors import SettingsError
from startwin.journal import figures
from startwin.journal.events import SCHEMA, Events
from tests.conftest import ROOT


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_event_is_a_line_with_schema_and_time(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with closing(Events(file)) as events:
        events.write("answer", outcome="card", alias="жанна", error=None, seconds={"total": 0.5})
    (event,) = lines(file)
    assert event.pop("time").endswith("Z")
    told = {"outcome": "card", "alias": "жанна", "seconds": {"total": 0.5}}
    assert event == {"schema": SCHEMA, "event": "answer", **told}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_files_are_rotated_and_none_is_lost_before_its_time(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with closing(Events(file, megabytes=0.001, kept=3)) as events:
        for number in range(99):
            events.write("answer", number=number)
    kept = [tmp_path / name for name in ("journal.jsonl.3", "journal.jsonl.2", "journal.jsonl.1")]
    numbers = [event["number"] for each in (*kept, file) for event in lines(each)]
    assert numbers == list(range(numbers[0], 99))
    assert sorted(tmp_path.iterdir()) == sorted((*kept, file))
    assert all(each.stat().st_size <= 1000 for each in (*kept, file))
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in (*kept, file))


def test_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Events(Path("-"))) as events:
        events.write("start")
    assert json.loads(capsys.readouterr().out)["event"] == "start"


def test_nothing_is_written_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Events()) as events:
        events.write("start")
    assert capsys.readouterr().out == ""


def test_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"JOURNAL_FILE: .*cannot be written"):
        Events(tmp_path / "none" / "journal.jsonl")


def test_full_disk_costs_events_and_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with closing(Events(Path("/dev/full"))) as events:  # Linux's own
        for _ in range(3):
            events.write("lost")
    told = [record.getMessage() for record in caplog.records]
    assert told == ["events cannot be written: No space left on device"]


def test_journal_that_cannot_be_rotated_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "journal.jsonl.1" / "in the way").mkdir(parents=True)
    file = tmp_path / "journal.jsonl"
    with closing(Events(file, megabytes=0.0005, kept=1)) as events:
        for number in range(20):
            events.write("answer", number=number)
    assert [event["number"] for event in lines(file)] == list(range(20))
    assert len(caplog.records) == 1


def test_token_is_never_written(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    token = "123456789:AAE-abcdefghijklmnopqrstuvwxyz01234"
    with closing(Events(file, secrets=["sesame"])) as events:
        events.write("answer", error=f"no way to http://127.0.0.1/bot{token}/getFile or sesame")
    assert token not in file.read_text()
    assert "sesame" not in file.read_text()
    assert lines(file)[0]["event"] == "answer"


CASES: list[tuple[int, str, str, str, float, dict[str, Any]]] = [
    (3, "photo", "a", "card", 1.0, {"alias": "ada"}),
    (3, "photo", "a", "card", 3.0, {"alias": "ada"}),
    (3, "me", "b", "card", 2.0, {"alias": "grace"}),
    (3, "photo", "c", "no_face", 2.0, {"error": "NoFace: no face found"}),
    (3, "stats", "d", "said", 0.1, {}),
    (4, "photo", "a", "card", 9.0, {"alias": "ada"}),
]

ANSWERS: list[dict[str, Any]] = [
    {"event": "gallery", "people": 4, "time": "2026-11-23T00:00:00.000Z"},
    *(
        {
            "event": "answer",
            "kind": kind,
            "chat": chat,
            "outcome": outcome,
            "time": f"2026-11-2{day}T12:00:00.000Z",
            "seconds": {"total": total},
            **more,
        }
        for day, kind, chat, outcome, total, more in CASES
    ),
]


def test_days_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    text = "\n".join(json.dumps({"schema": SCHEMA, **event}) for event in ANSWERS)
    file.write_text(f'{text}\n[1]\n{{"cut')
    found = figures.days(figures.read(file.read_text().splitlines()))
    assert list(found) == ["2026-11-23", "2026-11-24"]
    first = found["2026-11-23"]
    assert (first.photos, len(first.chats), first.people) == (4, 4, 4)
    assert first.outcomes == {"card": 3, "no_face": 1}
    assert first.errors == {"NoFace": 1}
    assert first.stars == {"ada": 2, "grace": 1}
    done = subprocess.run(
        [sys.executable, "-m", "startwin.journal", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "photos       4 from 4 chats" in done.stdout
    assert "2.00 s (50%)" in done.stdout
    assert "2 of 4 stars (50.0%)" in done.stdout
    assert "2026-11-24" in done.stdout


@pytest.mark.parametrize("content", [None, "", "not a journal"])
def test_file_without_events_is_told(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    if content is not None:
        file.write_text(content)
    done = subprocess.run(
        [sys.executable, "-m", "startwin.journal", os.fspath(file)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
