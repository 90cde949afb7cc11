"""What is to be fetched, and who is told how it goes on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from startwin.gallery.catalog import Listed
from startwin.gallery.fetch.finding import Outcome
from startwin.gallery.fetch.terms import Terms

WIKIDATA = "https://www.wikidata.org/w/api.php"
COMMONS = "https://commons.wikimedia.org/w/api.php"

LICENSES = ("pd", "cc0", "cc-by", "cc-by-sa")
"""Families of licences that are taken: all of them allow a picture to be cropped and shown to
anybody. Those that forbid changes (nd) or commerce (nc) are not among them."""


@dataclass(frozen=True)
class Plan:
    """What is to be fetched.

    Attributes:
        photos: the folder that the pictures go to.
        terms: on what terms the web is asked.
        catalog: the people; by default ``catalog.json`` in the folder.
        leave_out: see `startwin.gallery.people.census`.
        language: of the names in it.
        licenses: families that are taken; see `startwin.gallery.credit.family`.
        refresh: whether pictures that were fetched before are asked for again.
        wikidata: the address of Wikidata's interface.
        commons: the address of Commons's interface.
    """

    photos: Path
    terms: Terms
    catalog: Path | None = None
    leave_out: Path | None = None
    language: str = "en"
    licenses: frozenset[str] = frozenset(LICENSES)
    refresh: bool = False
    wikidata: str = WIKIDATA
    commons: str = COMMONS


class Watcher(Protocol):
    """Who is told how it goes on."""

    def begin(self, people: int) -> None:
        """So many people will be looked for."""

    def came_of(self, listed: Listed, outcome: Outcome, /) -> None:
        """This is what came of one of them."""
