"""bench.recognition: the figures that readings amount to."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.pipelines import Reading
from bench.recognition import Outcome, difference, judged, uniformity

PEOPLE = ["a", "b", "c"]
GALLERY = np.eye(3, 128, dtype=np.float32)


def seen(vector: NDArray[np.float32]) -> Reading:
    return Reading(embeddings=[vector])


def test_each_probe_is_held_against_its_own_person_and_the_others() -> None:
    near_a = GALLERY[0] * 0.9
    readings = [seen(near_a), seen(near_a), Reading()]
    outcome = judged(PEOPLE, GALLERY, ["a", "b", "c"], readings)
    assert outcome.detected.tolist() == [True, True, False]
    assert outcome.rank.tolist() == [0, 1, np.inf]
    assert outcome.right(1).tolist() == [True, False, False]
    assert outcome.right(2).tolist() == [True, True, False]
    assert outcome.own[0] == pytest.approx(0.1, abs=1e-6)
    assert outcome.other[0] == pytest.approx(np.hypot(0.9, 1))


def test_someone_who_is_not_in_the_gallery_is_never_right() -> None:
    outcome = judged(PEOPLE, GALLERY, ["d"], [seen(GALLERY[0])])
    assert not outcome.right(3).any()


def test_verification_needs_a_threshold_that_the_other_half_chose() -> None:
    own = np.array([0.3, 0.3, 0.3, 0.7, np.inf, 0.3])
    other = np.array([0.8, 0.8, 0.8, 0.8, np.inf, 0.4])
    told = Outcome(np.isfinite(own), np.zeros(6), own, other).verified()
    # No face: the right person is refused, the other one as well.
    assert told[4] == 0.5
    assert told[0] == told[1] == told[2] == 1


def test_difference_of_paired_answers_and_its_interval() -> None:
    chance = np.random.default_rng(1)
    who = [f"p{n // 3}" for n in range(600)]
    theirs = chance.random(600) < 0.8
    ours = theirs | (chance.random(600) < 0.3)
    mean, low, high = difference(ours, theirs, who)
    assert mean == pytest.approx(ours.mean() - theirs.mean())
    assert 0 < low < mean < high < 0.1
    assert difference(theirs, theirs, who) == (0, 0, 0)


def test_percentages_of_like_people_are_uniform_and_of_others_not() -> None:
    faces = (np.random.default_rng(2).normal(size=(1000, 128)) / 16).astype(np.float32)
    distance, bound = uniformity(faces, faces)
    assert bound == pytest.approx(1.36 / np.sqrt(500))
    assert distance < 2 * bound
    faces_from_afar = faces.copy()
    faces_from_afar[1::2] *= 1.3
    assert uniformity(faces, faces_from_afar)[0] > 0.3
