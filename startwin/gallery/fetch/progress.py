"""How fetching goes on, on a terminal."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Never

from tqdm import tqdm

from startwin.gallery.catalog import Listed
from startwin.gallery.fetch.fetching import fetch
from startwin.gallery.fetch.finding import Kind, Outcome
from startwin.gallery.fetch.plan import Plan
from startwin.gallery.fetch.summary import Summary
from startwin.gallery.fetch.terms import Terms

TOLD = 100
"""People without a picture who are told one by one."""


class ProgressBar:
    """Watches: a bar with rate and counts on a terminal, and who got no picture anywhere."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None
        self._counts: dict[str, int] = {}
        self._told = 0
        self._failures: set[str] = set()

    def begin(self, people: int) -> None:
        """So many people will be looked for."""
        if sys.stderr.isatty():
            self._bar = tqdm(total=people, unit="person")
        else:
            _say(f"Looking for photos of {people} {'person' if people == 1 else 'people'}...")

    def came_of(self, listed: Listed, outcome: Outcome) -> None:
        """Another person is done."""
        self._counts[outcome.kind] = self._counts.get(outcome.kind, 0) + 1
        if outcome.kind not in {Kind.FETCHED, Kind.UNCHANGED}:
            # When a host is gone, all its photos have the same to say.
            again = outcome.kind is Kind.FAILED and outcome.detail in self._failures
            self._failures.add(outcome.detail)
            self._told += not again
            if again:
                pass
            elif self._told <= TOLD:
                lines = [f"{listed.person.name}: {outcome}", *outcome.candidates]
                _say("\n    ".join(lines))
            elif self._told == TOLD + 1:
                _say("More than can be told here: fetched.json beside the photos has all")
        if self._bar is not None:
            self._bar.set_postfix(self._counts, refresh=False)
            self._bar.update()

    def close(self) -> None:
        """Leave the terminal to others."""
        if self._bar is not None:
            self._bar.close()


def fetch_photos(
    photos: Path, catalog: Path | None, leave_out: Path | None, contact: str | None
) -> Summary:
    """Fetch on the usual terms, and show how it goes on; see `Plan`."""
    with closing(ProgressBar()) as bar:
        return fetch(Plan(photos, Terms.of(contact), catalog, leave_out), bar)


def _say(words: str) -> None:
    # What servers say may hold what a terminal obeys.
    plain = "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in words)
    tqdm.write(plain, file=sys.stderr)
