"""startwin.gallery.building.selection and duplicates: one photo a person, and what is odd."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from startwin.gallery.building.duplicates import DUPLICATE, duplicates
from startwin.gallery.building.portrait import Portrait
from startwin.gallery.building.quality import FaceQuality, Quality, Reason, Rejection
from startwin.gallery.building.reading import Reading
from startwin.gallery.building.selection import STRANGER, Selection, select, typical
from startwin.gallery.building.store import PortraitStore
from startwin.gallery.people import Candidate
from startwin.gallery.person import Person
from startwin.gallery.search.graph import Graph, Vectors

FACE = FaceQuality(0, 52.5, 3, 0.04, 130, 100, 0.2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PortraitStore]:
    with closing(PortraitStore(tmp_path, "r", list[str]().append)) as store:
        yield store


def somewhere(n: int, seed: int = 1) -> Vectors:
    """n vectors, far from each other."""
    return (np.random.default_rng(seed).normal(size=(n, 128)) / 14).astype(np.float32)


def near(vector: Vectors, distance: float, seed: int = 2) -> Vectors:
    way = np.random.default_rng(seed).normal(size=128)
    return (vector + way / np.linalg.norm(way) * distance).astype(np.float32)


def selected(store: PortraitStore, people: dict[str, list[Vectors | None]]) -> Selection:
    """What is selected of people with these photos, None for a rejected one."""
    candidates, readings = [], {}
    for name, own in people.items():
        photos = tuple(Path(f"{name} {n}.jpg") for n in range(len(own)))
        candidates.append(Candidate(Person(name, name), photos))
        for photo, vector in zip(photos, own, strict=True):
            if vector is None:
                readings[photo] = Reading(photo.stem, Rejection(Reason.NO_FACE, ""))
            else:
                both = np.stack([vector, vector + np.float32(0.001)])
                store.put(photo.stem, Portrait(Quality(300, FACE), both, photo.stem.encode()))
                readings[photo] = Reading(photo.stem)
    return select(candidates, readings, store)


def test_most_typical_is_the_one_nearest_to_the_others() -> None:
    (middle,) = somewhere(1)
    around = [near(middle, 0.4, seed) for seed in range(3, 7)]
    assert typical(np.stack([*around, middle])) == 4


def test_person_is_searched_by_the_most_typical_photo(store: PortraitStore) -> None:
    ada, grace = somewhere(2)
    wrong = somewhere(1, seed=9)[0]
    chosen = selected(store, {"Ada": [wrong, ada, near(ada, 0.3)], "Grace": [grace]})
    assert [person.alias for person in chosen.people] == ["Ada", "Grace"]
    assert np.linalg.norm(chosen.vectors[0] - ada) < 0.31
    np.testing.assert_array_equal(chosen.vectors[1], grace)
    np.testing.assert_allclose(chosen.probes, chosen.vectors + 0.001, atol=1e-6)
    (stranger,) = chosen.strangers
    assert (stranger.person.alias, stranger.photo.name) == ("Ada", "Ada 0.jpg")
    assert stranger.distance > STRANGER


def test_farthest_stranger_comes_first(store: PortraitStore) -> None:
    ada, grace = somewhere(2)
    chosen = selected(
        store,
        {
            "Ada": [ada, near(ada, 0.1), near(ada, 0.7, seed=5)],
            "Grace": [grace, near(grace, 0.1), near(grace, 0.9, seed=5)],
        },
    )
    assert [stranger.person.alias for stranger in chosen.strangers] == ["Grace", "Ada"]


def test_people_without_a_good_photo_are_named(store: PortraitStore) -> None:
    (ada,) = somewhere(1)
    chosen = selected(store, {"Ada": [None, ada], "Grace": [None, None]})
    assert [person.alias for person in chosen.people] == ["Ada"]
    assert [person.alias for person in chosen.without] == ["Grace"]
    assert len(chosen.vectors) == len(chosen.probes) == len(chosen.pictures) == 1


def test_people_who_are_nearly_one_are_found_nearest_first() -> None:
    vectors = somewhere(500)
    vectors[7] = near(vectors[450], 0.3)
    vectors[20] = near(vectors[30], 0.1)
    vectors[40] = near(vectors[50], DUPLICATE + 0.02)
    found = duplicates(Graph.build(vectors), vectors)
    assert [(pair.one, pair.other) for pair in found] == [(20, 30), (7, 450)]
    assert [pair.distance for pair in found] == pytest.approx([0.1, 0.3], abs=1e-4)


def test_nobody_is_a_duplicate_of_themselves() -> None:
    vectors = somewhere(3)
    assert duplicates(Graph.build(vectors), vectors) == []
    same = np.repeat(vectors[:1], 2, axis=0)
    (pair,) = duplicates(Graph.build(same), same)
    assert (pair.one, pair.other) == (0, 1)
    assert pair.distance == pytest.approx(0, abs=1e-3)
