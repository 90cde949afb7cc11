"""Distance becomes percent.

The percentage is the share of people who are *less* like their nearest celebrity than this user
is. The distances of people to their nearest celebrity are roughly normal, so with their mean and
standard deviation it is 1 − Φ((distance − mean) / deviation).
"""

from dataclasses import dataclass
from math import erf, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

MEASURED = {
    # people in the gallery: mean and deviation of the distance to the nearest other person.
    # On real faces, one photo a person; with one person it is that of all pairs.
    1: (0.825, 0.088),
    5: (0.743, 0.064),
    10: (0.695, 0.064),
    30: (0.656, 0.044),
    100: (0.614, 0.044),
}
"""For galleries too small to estimate their own; between two sizes, linear in log n."""

ENOUGH_PEOPLE = 100
"""From here on the gallery's own distances are used: their mean is good to a tenth of their
deviation, which is four percentage points at most."""

PROBES = 5000
"""As many people are compared with all others; more would not change the second digit."""


@dataclass(frozen=True)
class Similarity:
    """The distribution of distances to the nearest celebrity.

    Attributes:
        mean: of the distances, in embedding space.
        deviation: their standard deviation.
        source: whether the gallery itself gave them, or `MEASURED`.
    """

    mean: float
    deviation: float
    source: Literal["gallery", "measured constants"]

    def __str__(self) -> str:
        why = {
            "gallery": "this gallery's own distances",
            "measured constants": f"measured constants, as for less than {ENOUGH_PEOPLE} people",
        }
        return f"{why[self.source]} (to the nearest: {self.mean:.3f} ± {self.deviation:.3f})"

    def percent(self, distance: float) -> float:
        """The likeness, 0 to 100: what share of people is less like their celebrity.

        The formula is that of the article "You and Brad Pitt are 99% alike" (Okko, 2018).
        """
        z = (distance - self.mean) / self.deviation
        return 100 * (1 - (1 + erf(z / sqrt(2))) / 2)


def estimate(gallery: NDArray[np.float32], probes: NDArray[np.float32]) -> Similarity:
    """The distribution for a gallery.

    Args:
        gallery: (n, 128), the embeddings that are searched.
        probes: (n, 128), the same people embedded as a user's photo is.
    """
    n = len(gallery)
    if n < ENOUGH_PEOPLE:
        return constants(n)
    nearest = nearest_other(gallery, probes)
    return Similarity(float(nearest.mean()), float(nearest.std()), "gallery")


def constants(n: int) -> Similarity:
    """The measured distribution for a gallery of n ≥ 1 people."""
    sizes = [log(size) for size in MEASURED]
    means, deviations = zip(*MEASURED.values(), strict=True)
    return Similarity(
        float(np.interp(log(n), sizes, means)),
        float(np.interp(log(n), sizes, deviations)),
        "measured constants",
    )


def nearest_other(gallery: NDArray[np.float32], probes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The distance of each person's probe to the nearest *other* person of the gallery.

    Of galleries larger than `PROBES`, that many evenly spaced people are taken.
    """
    n = len(gallery)
    chosen = np.unique(np.linspace(0, n - 1, min(n, PROBES)).round().astype(int))
    norms = np.einsum("ij,ij->i", gallery, gallery)
    nearest = np.empty(len(chosen), dtype=np.float32)
    for begin in range(0, len(chosen), 256):  # bounds the memory to 256 × n floats
        rows = chosen[begin : begin + 256]
        probe = probes[rows]
        squares = norms - 2 * probe @ gallery.T + np.einsum("ij,ij->i", probe, probe)[:, None]
        squares[np.arange(len(rows)), rows] = np.inf
        nearest[begin : begin + len(rows)] = np.sqrt(np.maximum(squares.min(axis=1), 0))
    return nearest
