"""What readings amount to: who is found, who is told apart, and whether percentages are uniform."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.pipelines import Reading
from startwin.gallery import similarity
from startwin.gallery.search.graph import Vectors

THRESHOLDS = np.linspace(0.2, 1.0, 401)
"""Distances below which two faces may be taken for one person's."""

RESAMPLES = 2000


@dataclass(frozen=True)
class Outcome:
    """What became of each probe, by one pipeline.

    Attributes:
        detected: whether there was a face.
        rank: how many people are nearer than the right one; infinite without a face.
        own: the distance to the right person; infinite without a face.
        other: the distance to a certain other person; likewise.
    """

    detected: NDArray[np.bool_]
    rank: NDArray[np.float64]
    own: NDArray[np.float64]
    other: NDArray[np.float64]

    def right(self, within: int) -> NDArray[np.bool_]:
        """Whether the right person is among so many nearest."""
        return self.rank < within

    def verified(self) -> NDArray[np.float64]:
        """The share of right answers to "is it the same person?" for each probe: 0, ½ or 1.

        Asked about the right person and about another one. The threshold for each half of the
        probes is the one that is best for the other half.
        """
        correct = np.empty(len(self.own))
        half = np.arange(len(self.own)) % 2 == 0
        for mine, others in ((half, ~half), (~half, half)):
            scores = [self._answers(others, limit).mean() for limit in THRESHOLDS]
            best = THRESHOLDS[int(np.argmax(scores))]
            correct[mine] = self._answers(mine, float(best))
        return correct

    def _answers(self, chosen: NDArray[np.bool_], limit: float) -> NDArray[np.float64]:
        accepted, refused = self.own[chosen] < limit, self.other[chosen] >= limit
        return (accepted.astype(float) + refused) / 2


def judged(
    people: list[str], gallery: Vectors, probes: list[str], readings: Iterable[Reading]
) -> Outcome:
    """Hold readings against the gallery.

    Args:
        people: n, who the gallery's vectors are of.
        gallery: (n, 128).
        probes: who is in each photo.
        readings: of each photo, the main face first.
    """
    names = np.array(people)
    rows = []
    for number, (person, reading) in enumerate(zip(probes, readings, strict=True)):
        is_own = names == person
        if not reading.embeddings:
            rows.append((False, np.inf, np.inf, np.inf))
            continue
        distances = np.linalg.norm(gallery - reading.embeddings[0], axis=1)
        own = distances[is_own].min(initial=np.inf)
        others = distances[~is_own]
        rows.append((True, (others < own).sum(), own, others[number * 7919 % len(others)]))
    detected, rank, own, other = (np.array(column) for column in zip(*rows, strict=True))
    return Outcome(detected.astype(bool), rank.astype(float), own, other)


def difference(
    one: NDArray[np.generic], other: NDArray[np.generic], probes: list[str]
) -> tuple[float, float, float]:
    """The difference of two means over the same probes, and its 95% confidence interval.

    By bootstrap over people, since photos of one person are no independent evidence.
    """
    gained = one.astype(float) - other.astype(float)
    by_person = [gained[np.array(probes) == person] for person in sorted(set(probes))]
    sums = np.array([own.sum() for own in by_person])
    counts = np.array([len(own) for own in by_person])
    drawn = np.random.default_rng(2018).integers(len(sums), size=(RESAMPLES, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(gained.mean()), float(low), float(high)


def uniformity(gallery: Vectors, probes: Vectors) -> tuple[float, float]:
    """How far percentages of people who are not in the gallery are from uniform.

    Every second person is taken for the gallery, the others for users.

    Args:
        gallery: (n, 128), as celebrities are embedded.
        probes: (n, 128), the same photos as users' are.

    Returns:
        The Kolmogorov-Smirnov distance, and the bound that uniform percentages of as many users
        keep below in 95 of 100 cases.
    """
    known, users = gallery[::2], probes[1::2]
    scale = similarity.estimate(len(known), similarity.nearest_other(known, probes[::2]))
    distances = [float(np.linalg.norm(known - user, axis=1).min()) for user in users]
    percents = np.sort([scale.percent(distance) / 100 for distance in distances])
    n = len(percents)
    steps = np.arange(n + 1) / n
    largest = max((steps[1:] - percents).max(), (percents - steps[:-1]).max())
    return float(largest), 1.36 / n**0.5
