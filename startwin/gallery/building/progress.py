"""A build's progress on a terminal."""

import sys
from pathlib import Path
from typing import Never

from tqdm import tqdm

from startwin.gallery.building.reading import Reading

TOLD = 100
"""Rejected photos, and notes, that are told one by one."""


class ProgressBar:
    """Watches a build: a bar with rate and counts on a terminal, and what is wrong anywhere."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None
        self._noted = 0
        self._counts = {"accepted": 0, "rejected": 0, "new": 0}

    @property
    def counted(self) -> str:
        """How many photos there were, of which kind."""
        return ", ".join(f"{n} {kind}" for kind, n in self._counts.items())

    def begin(self, photos: int) -> None:
        """So many photos will be looked at."""
        if sys.stderr.isatty():
            self._bar = tqdm(total=photos, unit="photo")
        else:
            _say(f"Reading {photos} {'photo' if photos == 1 else 'photos'}...")

    def looked_at(self, photo: Path, reading: Reading) -> None:
        """Another photo is done."""
        self._counts["new"] += reading.is_new
        self._counts["accepted"] += reading.rejection is None
        if reading.rejection is not None:
            self._counts["rejected"] += 1
            if self._counts["rejected"] <= TOLD:
                _say(f"Rejected: {photo}: {reading.rejection}")
            elif self._counts["rejected"] == TOLD + 1:
                _say("Rejected: more than can be told here; rejected.csv beside the report has all")
        if self._bar is not None:
            self._bar.set_postfix(self._counts, refresh=False)
            self._bar.update()

    def problem(self, sentence: str) -> None:
        """Something does not fit, or is worth a look."""
        self._noted += 1
        if self._noted <= TOLD:
            _say(f"Note: {sentence}")
        elif self._noted == TOLD + 1:
            _say("Note: more than can be told here; the report has more of it")

    def stage(self, name: str) -> None:
        """This is being done now."""
        if self._bar is not None:
            self._bar.set_description(name)

    def close(self) -> None:
        """Leave the terminal to others."""
        if self._bar is not None:
            self._bar.close()


def _say(sentence: str) -> None:
    tqdm.write(sentence, file=sys.stderr)
