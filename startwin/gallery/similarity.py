"""Distance becomes percent.

The percentage is the share of people who are *less* like their nearest celebrity than this user
is. The distances of people to their nearest celebrity are roughly normal, so with their mean and
standard deviation it is 1 − Φ((distance − mean) / deviation). The two are estimated robustly, by
the median and the median absolute deviation: a few people who are in the gallery twice, or whose
photo is odd, do not move them, nor does the slight skew.
"""

from dataclasses import dataclass
from math import erf, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from startwin.gallery.search.brute_force import distances_to_nearest, evenly_spaced
from startwin.gallery.search.graph import Vectors

MEASURED = {
    # people in the gallery: mean and deviation of the distance to the nearest other person
    1: (0.815, 0.089),
    5: (0.730, 0.065),
    10: (0.685, 0.064),
    30: (0.645, 0.044),
    100: (0.604, 0.044),
}
"""For galleries too small to estimate their own; between two sizes, linear in log n.

Of dlib's plain embeddings on a public benchmark, one photo a person, and with one person of all
pairs; times what this recipe changes: 0.9825 for the means, 0.987 with one person, and 0.99 to 1.01
for the deviations, as measured on 878 official portraits at each of these sizes."""

ENOUGH_PEOPLE = 100
"""From here on the gallery's own distances are used: their median is good to an eighth of their
deviation, which is five percentage points at most."""

NORMAL_MAD = 1.4826
"""A normal distribution's deviation in median absolute deviations (Hampel 1974)."""

SMALLEST_DEVIATION = 0.005
"""An eighth of what galleries of real people have."""

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


def estimate(people: int, nearest: NDArray[np.float64]) -> Similarity:
    """The distribution for a gallery.

    Args:
        people: how many are in it.
        nearest: see `nearest_other`.
    """
    if people < ENOUGH_PEOPLE:
        return constants(people)
    middle = float(np.median(nearest))
    deviation = NORMAL_MAD * float(np.median(np.abs(nearest - middle)))
    # Most of a gallery may be one person many times over; a division by zero it must not be.
    return Similarity(middle, max(deviation, SMALLEST_DEVIATION), "gallery")


def constants(n: int) -> Similarity:
    """The measured distribution for a gallery of n ≥ 1 people."""
    sizes = [log(size) for size in MEASURED]
    means, deviations = zip(*MEASURED.values(), strict=True)
    return Similarity(
        float(np.interp(log(n), sizes, means)),
        float(np.interp(log(n), sizes, deviations)),
        "measured constants",
    )


def nearest_other(gallery: Vectors, probes: Vectors) -> NDArray[np.float64]:
    """The distance of each person's probe to the nearest *other* person of the gallery.

    Of galleries larger than `PROBES`, that many evenly spaced people are taken; of one person there
    is none.

    Args:
        gallery: (n, 128), the embeddings that are searched.
        probes: (n, 128), the same people embedded as a user's photo is.
    """
    if len(gallery) < 2:  # noqa: PLR2004 - nobody else is there
        return np.empty(0)
    rows = evenly_spaced(len(gallery), PROBES)
    return distances_to_nearest(probes[rows], gallery, own=rows)
