"""A build's progress on a terminal."""

import sys
from pathlib import Path
from typing import Never

from tqdm import tqdm


class ProgressBar:
    """Watches a build: a bar with rate and counts on a terminal, and its problems anywhere."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None
        self._accepted = self._left_out = 0

    def begin(self, photos: int) -> None:
        """So many photos will be looked at."""
        if sys.stderr.isatty():
            self._bar = tqdm(total=photos, unit="photo")
        else:
            tqdm.write(f"Reading {photos} photos...", file=sys.stderr)

    def accepted(self, _: Path) -> None:
        """Another photo is good."""
        self._accepted += 1
        self._step()

    def left_out(self, problem: str) -> None:
        """Something will not be used, for this reason."""
        tqdm.write(f"Left out: {problem}", file=sys.stderr)
        if self._bar is not None:
            self._left_out += 1
            self._step()

    def close(self) -> None:
        """Leave the terminal to others."""
        if self._bar is not None:
            self._bar.close()

    def _step(self) -> None:
        if self._bar is not None:
            counts = {"accepted": self._accepted, "left out": self._left_out}
            self._bar.set_postfix(counts, refresh=False)
            self._bar.update()
