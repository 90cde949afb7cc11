"""startwin.chat.discoveries: counts in a file, and nothing else."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from startwin.chat.discoveries import Counts, Discoveries

GALLERY = frozenset({"ada", "grace", "mary"})


@pytest.fixture
def discoveries(tmp_path: Path) -> Iterator[Discoveries]:
    with closing(Discoveries(tmp_path / "data")) as discoveries:
        yield discoveries


def test_only_the_first_one_discovers_a_star(discoveries: Discoveries) -> None:
    assert discoveries.add(1, "ada")
    assert not discoveries.add(1, "ada")
    assert not discoveries.add(2, "ada")
    assert discoveries.add(2, "grace")


def test_counts_are_of_the_gallery_that_is_there(discoveries: Discoveries) -> None:
    for user, alias in ((1, "ada"), (1, "ada"), (1, "grace"), (1, "gone"), (2, "mary")):
        discoveries.add(user, alias)
    assert discoveries.counts(1, GALLERY) == Counts(found=3, own=2, photos=4)
    assert discoveries.counts(3, GALLERY) == Counts(found=3, own=0, photos=0)


def test_user_is_forgotten_and_the_stars_are_not(discoveries: Discoveries) -> None:
    discoveries.add(1, "ada")
    discoveries.add(2, "ada")
    discoveries.forget(1)
    assert discoveries.counts(1, GALLERY) == Counts(found=1, own=0, photos=0)
    assert discoveries.counts(2, GALLERY) == Counts(found=1, own=1, photos=1)
    assert not discoveries.add(1, "ada")


def test_counts_outlive_the_bot_in_a_folder_of_its_own(tmp_path: Path) -> None:
    for expected in (True, False):
        with closing(Discoveries(tmp_path / "data")) as discoveries:
            assert discoveries.add(1, "ada") is expected
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_many_at_once_have_one_discoverer(discoveries: Discoveries) -> None:
    with ThreadPoolExecutor(8) as threads:
        first = list(threads.map(lambda user: discoveries.add(user, "ada"), range(200)))
    assert sum(first) == 1
    assert discoveries.counts(7, GALLERY).photos == 1
