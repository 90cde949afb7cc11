"""The figures of each day in a journal, for those who have no Splunk."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

PERCENTILES = (50, 95, 99)
TOP = 5
"""Stars that are named."""


@dataclass
class Day:
    """What happened on a day, in UTC.

    Attributes:
        photos: requests for a likeness.
        chats: who asked, by the journal's names for them.
        outcomes: how often each; "card" is a likeness.
        waits: seconds from a photo's arrival to its answer, of each.
        stars: how often each was the nearest one.
        people: in the gallery that served last; 0 if the journal does not tell.
        errors: how often each.
    """

    photos: int = 0
    chats: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    stars: Counter[str] = field(default_factory=Counter)
    people: int = 0
    errors: Counter[str] = field(default_factory=Counter)


LIKENESS = ("photo", "me", "match")
"""Kinds of requests that are photos."""


def days(events: Iterable[dict[str, Any]]) -> dict[str, Day]:
    """The days of a journal, by their dates."""
    found: dict[str, Day] = {}
    people = 0
    for event in events:
        people = event.get("people", people)
        day = found.setdefault(event["time"][:10], Day())
        day.people = people
        if event["event"] == "answer":
            _count(day, event)
    return found


def _count(day: Day, event: dict[str, Any]) -> None:
    day.chats.add(event["chat"])
    if "error" in event:
        day.errors[event["error"].partition(":")[0]] += 1
    if event["kind"] in LIKENESS:
        day.photos += 1
        day.outcomes[event["outcome"]] += 1
        day.waits.append(event["seconds"]["total"])
        if event["outcome"] == "card":
            day.stars[event["alias"]] += 1


def read(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The events of a journal's lines; what is none, such as a line cut by a full disk, is not."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and {"schema", "time", "event"} <= event.keys():
            yield event


def told(date: str, day: Day) -> str:
    """A day's figures in words."""
    lines = [
        date,
        f"  photos       {day.photos} from {len(day.chats)} chats",
        f"  outcomes     {_counted(day.outcomes)}",
        f"  errors       {_counted(day.errors)}",
        f"  top stars    {_counted(day.stars, TOP)}",
    ]
    if day.waits:
        waits = np.percentile(day.waits, PERCENTILES)
        shown = ", ".join(f"{w:.2f} s ({p}%)" for p, w in zip(PERCENTILES, waits, strict=True))
        lines.insert(2, f"  answered in  {shown}")
    if day.people:
        share = 100 * len(day.stars) / day.people
        lines.append(f"  found        {len(day.stars)} of {day.people} stars ({share:.1f}%)")
    return "\n".join(lines)


def _counted(counts: Counter[str], most: int | None = None) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common(most)) or "none"
