"""What a source has to say of a person, and what came of everybody in the end."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from startwin.gallery.catalog import Listed
from startwin.gallery.credit import Credit


class Kind(StrEnum):
    """What can come of a person."""

    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused by licence"
    FAILED = "failed"


@dataclass(frozen=True)
class Found:
    """A picture of a person.

    Attributes:
        url: its address.
        credit: whose it is.
        wikidata: the person's item, if that is how it was found.
    """

    url: str
    credit: Credit
    wikidata: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a person.

    Attributes:
        kind: in a word.
        detail: in a sentence's part; "" where the kind says all.
        candidates: who may be meant, a line each.
    """

    kind: Kind
    detail: str = ""
    candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}" if self.detail else str(self.kind)


class Source(Protocol):
    """Somewhere that knows pictures of people."""

    @property
    def url(self) -> str:
        """Where it is asked, so that others can wait for their turn there."""

    def find(self, people: list[Listed]) -> list[Found | Outcome]:
        """Look for pictures of some people at once.

        Returns:
            For each in turn the picture, or why there is none.

        Raises:
            FetchError: it cannot be asked at all.
        """
