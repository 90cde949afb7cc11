"""startwin.gallery.search.recall: the least effort that finds what brute force finds."""

import numpy as np
import pytest

from startwin.gallery.search import recall
from startwin.gallery.search.brute_force import distances_to_nearest
from startwin.gallery.search.graph import Graph, Vectors


def people(n: int, seed: int = 5) -> Vectors:
    """Vectors about as far from each other as faces are."""
    return (np.random.default_rng(seed).normal(size=(n, 128)) * 0.05).astype(np.float32)


def test_the_effort_chosen_reaches_the_goal_and_the_next_lower_one_does_not() -> None:
    vectors = people(4000)
    graph = Graph.build(vectors)
    search = recall.tune(graph, vectors)
    others = people(1000, seed=6)  # not those that the choice was made with
    truth = np.array([np.linalg.norm(vectors - other, axis=1).min() for other in others])
    assert search.worst >= recall.ENOUGH
    assert recall.measured_recall(graph.nearest_distance, others, truth) >= 0.99
    rung = recall.EF_SEARCHES.index(search.ef_search)
    assert rung > 0
    graph.set_ef_search(recall.EF_SEARCHES[rung - 1])
    asked = recall.strangers(vectors)
    truth = distances_to_nearest(asked, vectors)
    assert recall.measured_recall(graph.nearest_distance, asked, truth) < recall.ENOUGH


@pytest.mark.parametrize("n", [1, 2, 6])
def test_few_people_need_the_least(n: int) -> None:
    search = recall.tune(Graph.build(people(n)), people(n))
    assert search.ef_search == recall.EF_SEARCHES[0]
    assert search.worst == 1
    assert len(search.recall) == (2 if n == 1 else 3)


def test_strangers_are_distributed_as_the_people_are() -> None:
    vectors = people(3000) * np.linspace(0.5, 2, 128, dtype=np.float32) + 0.1
    asked = recall.strangers(vectors, 3000)
    assert asked.shape == (3000, 128)
    np.testing.assert_allclose(asked.mean(axis=0), vectors.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(asked.std(axis=0), vectors.std(axis=0), rtol=0.1)


def test_other_photos_are_as_far_from_a_person_as_photos_of_one_are() -> None:
    vectors = people(300)
    nearest = distances_to_nearest(recall.other_photos(vectors), vectors)
    assert nearest.mean() == pytest.approx(recall.ANOTHER_PHOTO[0], abs=0.01)


def test_brute_force_is_brute_force() -> None:
    vectors, asked = people(700), people(130, seed=6)
    expected = [np.linalg.norm(vectors - one, axis=1).min() for one in asked]
    np.testing.assert_allclose(distances_to_nearest(asked, vectors), expected, atol=1e-5)
