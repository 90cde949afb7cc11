"""startwin.chat.discoveries: counts in a file, and nothing else."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from startwin.chat.discoveries import Counts, Discoveries

UPDATES = count(1)
GALLERY = frozenset({"ada", "grace", "mary"})


@pytest.fixture
def discoveries(tmp_path: Path) -> Iterator[Discoveries]:
    with closing(Discoveries(tmp_path / "data")) as discoveries:
        yield discoveries


def find(discoveries: Discoveries, user: int, alias: str) -> bool:
    """An answer that arrives; whether it told of a discovery."""
    update = next(UPDATES)
    is_first = discoveries.claim(alias, update)
    discoveries.settle(alias, update, user)
    return is_first


def test_only_the_first_one_discovers_a_star(discoveries: Discoveries) -> None:
    assert find(discoveries, 1, "ada")
    assert not find(discoveries, 1, "ada")
    assert not find(discoveries, 2, "ada")
    assert find(discoveries, 2, "grace")


def test_of_answers_on_their_way_one_tells_of_the_discovery(discoveries: Discoveries) -> None:
    assert discoveries.claim("ada", update=7)
    assert not discoveries.claim("ada", update=8)
    assert discoveries.claim("ada", update=7)  # made once more
    discoveries.settle("ada", update=8, finder=2)
    assert not discoveries.claim("ada", update=9)


def test_answer_that_did_not_arrive_has_discovered_nobody(discoveries: Discoveries) -> None:
    assert discoveries.claim("ada", update=7)
    discoveries.settle("ada", update=7, finder=None)
    assert discoveries.counts(1, GALLERY) == Counts(found=0, own=0, photos=0)
    assert discoveries.claim("ada", update=8)


def test_counts_are_of_the_gallery_that_is_there(discoveries: Discoveries) -> None:
    for user, alias in ((1, "ada"), (1, "ada"), (1, "grace"), (1, "gone"), (2, "mary")):
        find(discoveries, user, alias)
    assert discoveries.counts(1, GALLERY) == Counts(found=3, own=2, photos=4)
    assert discoveries.counts(3, GALLERY) == Counts(found=3, own=0, photos=0)


def test_user_is_forgotten_and_the_stars_are_not(discoveries: Discoveries) -> None:
    find(discoveries, 1, "ada")
    find(discoveries, 2, "ada")
    discoveries.forget(1)
    assert discoveries.counts(1, GALLERY) == Counts(found=1, own=0, photos=0)
    assert discoveries.counts(2, GALLERY) == Counts(found=1, own=1, photos=1)
    assert not find(discoveries, 1, "ada")


def test_counts_outlive_the_bot_in_a_file_of_its_owner(tmp_path: Path) -> None:
    for expected in (True, False):
        with closing(Discoveries(tmp_path / "data")) as discoveries:
            assert find(discoveries, 1, "ada") is expected
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    for file in (tmp_path / "data").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_many_at_once_have_one_discoverer(discoveries: Discoveries) -> None:
    with ThreadPoolExecutor(8) as threads:
        first = list(threads.map(lambda user: find(discoveries, user, "ada"), range(200)))
    assert sum(first) == 1
    assert discoveries.counts(7, GALLERY).photos == 1
