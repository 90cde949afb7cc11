"""A build's progress on a terminal."""

import sys
from pathlib import Path
from typing import Never

from tqdm import tqdm


class ProgressBar:
    """Watches a build: a bar with rate and counts on a terminal, and its problems anywhere."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] = tqdm(unit="photo", disable=None)
        self._accepted = self._left_out = 0

    def begin(self, photos: int) -> None:
        """So many photos will be looked at."""
        self._bar.reset(photos)

    def accepted(self, _: Path) -> None:
        """Another photo is good."""
        self._accepted += 1
        self._step()

    def left_out(self, problem: str) -> None:
        """Something will not be used, for this reason."""
        self._left_out += 1
        self._bar.write(f"Left out: {problem}", file=sys.stderr)
        self._step()

    def close(self) -> None:
        """Leave the terminal to others."""
        self._bar.close()

    def _step(self) -> None:
        counts = {"accepted": self._accepted, "left out": self._left_out}
        self._bar.set_postfix(counts, refresh=False)
        self._bar.update()
