"""startwin.gallery.similarity: distance to percent."""

from math import erf, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from startwin.gallery.similarity import (
    ENOUGH_PEOPLE,
    MEASURED,
    Similarity,
    constants,
    estimate,
    nearest_other,
)

SCALE = Similarity(0.6, 0.05, "gallery")


def people(n: int, seed: int = 1) -> NDArray[np.float32]:
    return (np.random.default_rng(seed).normal(size=(n, 128)) / 16).astype(np.float32)


def estimated(gallery: NDArray[np.float32]) -> Similarity:
    return estimate(len(gallery), nearest_other(gallery, gallery))


@pytest.mark.parametrize(
    ("distance", "percent"),
    [(0.0, 100.0), (0.55, 84.13), (0.6, 50.0), (0.65, 15.87), (0.7, 2.28), (2.0, 0.0)],
)
def test_share_of_a_normal_distribution(distance: float, percent: float) -> None:
    assert SCALE.percent(distance) == pytest.approx(percent, abs=0.01)


def test_is_the_articles_formula() -> None:
    for distance in np.linspace(0, 1.2, 50):
        phi = 0.5 * (1 + erf((distance - 0.6) / (0.05 * sqrt(2))))
        assert SCALE.percent(distance) == pytest.approx(100 * (1 - phi))


def test_never_leaves_0_to_100_and_falls_with_distance() -> None:
    percents = [SCALE.percent(distance) for distance in np.linspace(0, 3, 400)]
    assert max(percents) == 100
    assert min(percents) == 0
    assert percents == sorted(percents, reverse=True)


def test_half_of_all_people_are_below_fifty() -> None:
    gallery = people(400)
    scale = estimated(gallery)
    shown = [scale.percent(distance) for distance in nearest_other(gallery, gallery)]
    assert np.median(shown) == pytest.approx(50, abs=8)


def test_people_who_are_in_the_gallery_twice_move_it_little() -> None:
    gallery = people(400)
    twice = np.concatenate([gallery, gallery[:40] + people(40, 2) * 0.2])
    clean, doubled = estimated(gallery), estimated(twice)
    assert doubled.mean == pytest.approx(clean.mean, abs=0.5 * clean.deviation)
    assert doubled.deviation == pytest.approx(clean.deviation, rel=0.5)
    assert nearest_other(twice, twice).std() > 3 * clean.deviation  # which the plain one is not


def test_gallery_of_one_person_many_times_has_percentages() -> None:
    same = np.repeat(people(1), 150, axis=0)
    assert 0 <= estimated(same).percent(0.3) <= 100


def test_nearest_other_is_the_brute_force_one() -> None:
    gallery, probes = people(300), people(300) + people(300, 2) * 0.1
    between = np.linalg.norm(probes[:, None].astype(np.float64) - gallery, axis=2)
    np.fill_diagonal(between, np.inf)
    assert nearest_other(gallery, probes) == pytest.approx(between.min(axis=1), abs=1e-4)


def test_large_gallery_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("startwin.gallery.similarity.PROBES", 50)
    gallery = people(300)
    assert len(nearest_other(gallery, gallery)) == 50


@pytest.mark.parametrize(("n", "expected"), MEASURED.items())
def test_small_gallery_takes_measured_constants(n: int, expected: tuple[float, float]) -> None:
    scale = constants(n)
    assert (scale.mean, scale.deviation) == pytest.approx(expected)
    assert scale.source == "measured constants"


def test_between_two_sizes_constants_are_interpolated_in_log_n() -> None:
    middle = constants(round(sqrt(10 * 30)))
    assert middle.mean == pytest.approx((MEASURED[10][0] + MEASURED[30][0]) / 2, abs=0.002)


def test_own_estimate_begins_with_enough_people() -> None:
    few, enough = people(ENOUGH_PEOPLE - 1), people(ENOUGH_PEOPLE)
    assert estimated(few).source == "measured constants"
    scale = estimated(enough)
    assert scale.source == "gallery"
    distances = nearest_other(enough, enough)
    assert scale.mean == pytest.approx(np.median(distances), abs=1e-5)
    assert scale.deviation == pytest.approx(distances.std(), rel=0.2)
