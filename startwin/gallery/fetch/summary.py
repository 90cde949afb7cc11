"""What came of everybody, kept beside the photos for the build's report."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from startwin.gallery.fetch.finding import Kind, Outcome
from startwin.gallery.people import Census
from startwin.gallery.person import Person

NAME = "fetched.json"


class Entry(BaseModel):
    """What came of one person; see `Outcome`."""

    model_config = ConfigDict(frozen=True)

    name: str
    alias: str
    kind: Kind
    detail: str = ""
    candidates: tuple[str, ...] = ()


class Summary(BaseModel):
    """A run's result.

    Attributes:
        at: when.
        there: people who had a photo already.
        left: people whom the run did not come to, because it was stopped.
        entries: everybody else.
    """

    at: datetime
    there: int = 0
    left: int = 0
    entries: list[Entry] = []

    @classmethod
    def begun(cls) -> "Summary":
        """A new one."""
        return cls(at=datetime.now(UTC))

    def add(self, person: Person, outcome: Outcome) -> None:
        """Note what came of a person."""
        self.entries.append(
            Entry(
                name=person.name,
                alias=person.alias,
                kind=outcome.kind,
                detail=outcome.detail,
                candidates=outcome.candidates,
            )
        )

    @property
    def counts(self) -> dict[Kind, int]:
        """How many people of each kind that there is."""
        counted = Counter(entry.kind for entry in self.entries)
        return {kind: counted[kind] for kind in Kind if counted[kind]}

    @property
    def got_any(self) -> bool:
        """Whether anybody has a photo now."""
        return bool(self.there or {Kind.FETCHED, Kind.UNCHANGED} & self.counts.keys())

    def __str__(self) -> str:
        parts = [f"{n} {kind}" for kind, n in self.counts.items()]
        there = [f"{self.there} had a photo already"] if self.there else []
        left = [f"{self.left} not come to"] if self.left else []
        return ", ".join([*parts, *there, *left]) or "nobody in the catalogue"

    def of(self, kind: Kind) -> list[Entry]:
        """The people of a kind, by their names."""
        return sorted((each for each in self.entries if each.kind is kind), key=lambda e: e.name)


def read_summary(photos: Path, found: Census) -> Summary | None:
    """The last run's, if there was one and it can be read.

    Args:
        photos: the folder.
        found: who is in it; those whom it leaves out are not mentioned.
    """
    try:
        summary = Summary.model_validate_json((photos / NAME).read_bytes())
    except (OSError, ValidationError):
        return None
    entries = [each for each in summary.entries if not found.leaves_out(each.name, each.alias)]
    return summary.model_copy(update={"entries": entries})
