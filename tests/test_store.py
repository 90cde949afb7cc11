"""startwin.gallery.building.store: what was computed once is there, whole, or is not there."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from startwin.errors import GalleryError
from startwin.face.frame import Eyes
from startwin.gallery.build_folder import picture_name
from startwin.gallery.building.portrait import Portrait
from startwin.gallery.building.quality import FaceQuality, Quality, Reason, Rejection
from startwin.gallery.building.store import FORMAT, PortraitStore

FAULT = Rejection(Reason.UNREADABLE, "not a picture")
ACCEPTED = Portrait(
    Quality(300, FaceQuality(0, 52.5, 3, 0.04, 130, 100, 0.2)),
    np.arange(256, dtype=np.float32).reshape(2, 128),
    b"a picture",
    Eyes((1.5, 2), (30, 4.25)),
)
REJECTED = Portrait(Quality(90), None, b"a thumbnail")


def opened(assets: Path, told: list[str] | None = None, recipe: str = "r") -> PortraitStore:
    return PortraitStore(assets, recipe, (told if told is not None else []).append)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PortraitStore]:
    with closing(opened(tmp_path)) as store:
        yield store


@pytest.mark.parametrize("portrait", [ACCEPTED, REJECTED])
def test_portrait_comes_back_as_it_was(portrait: Portrait, tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as store:
        store.put("p", portrait)
    with closing(opened(tmp_path)) as store:
        found = store.get("p")
    assert isinstance(found, Portrait)
    assert (found.quality, found.picture) == (portrait.quality, portrait.picture)
    assert found.eyes == portrait.eyes
    if portrait.vectors is None:
        assert found.vectors is None
    else:
        assert found.vectors is not None
        np.testing.assert_array_equal(found.vectors, portrait.vectors)


def test_fault_comes_back(store: PortraitStore) -> None:
    store.put("p", FAULT)
    assert store.get("p") == FAULT
    assert store.get("another") is None


def test_other_recipe_knows_nothing_of_it(tmp_path: Path, store: PortraitStore) -> None:
    store.put("p", ACCEPTED)
    with closing(opened(tmp_path, recipe="another")) as other:
        assert other.get("p") is None


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_portrait_without_its_picture_is_not_known(
    damage: str, tmp_path: Path, store: PortraitStore
) -> None:
    store.put("p", ACCEPTED)
    (picture,) = (tmp_path / "portraits" / "pictures").iterdir()
    if damage == "gone":
        picture.unlink()
    else:
        picture.write_bytes(b"another picture")
    assert store.get("p") is None
    store.put("p", ACCEPTED)
    assert store.get("p") is not None


@pytest.mark.parametrize("column", ["content", "digest", "picture"])
@pytest.mark.parametrize("nonsense", ["NULL", "5", "'abc'", "x'ff00'", "x''"])
def test_row_with_nonsense_in_it_is_not_known(
    column: str, nonsense: str, tmp_path: Path, store: PortraitStore
) -> None:
    store.put("p", ACCEPTED)
    with closing(sqlite3.connect(tmp_path / "portraits" / "portraits.sqlite")) as database:
        database.execute(f"UPDATE portraits SET {column} = {nonsense}")
        database.commit()
    store.prune(["p"])  # what is not named any more goes
    assert store.get("p") is None


def test_flipped_bit_is_noticed(tmp_path: Path, store: PortraitStore) -> None:
    store.put("p", ACCEPTED)
    with closing(sqlite3.connect(tmp_path / "portraits" / "portraits.sqlite")) as database:
        ((content,),) = database.execute("SELECT content FROM portraits").fetchall()
        for place in range(0, len(content), 7):
            flipped = bytearray(content)
            flipped[place] ^= 1
            database.execute("UPDATE portraits SET content = ?", [bytes(flipped)])
            database.commit()
            assert store.get("p") is None
        database.execute("UPDATE portraits SET content = ?", [content])
        database.commit()
    assert store.get("p") is not None


@pytest.mark.parametrize(
    "schema", ["TABLE portraits (photo, recipe)", "VIEW portraits AS SELECT 1"]
)
def test_other_schema_is_begun_anew(schema: str, tmp_path: Path) -> None:
    file = tmp_path / "portraits" / "portraits.sqlite"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"CREATE {schema}")
        database.execute(f"PRAGMA user_version = {FORMAT}")
        database.commit()
    with closing(opened(tmp_path)) as store:
        store.put("p", ACCEPTED)
        assert store.get("p") is not None


@pytest.mark.parametrize("place", ["header", "page", "all"])
def test_damaged_file_is_told_and_begun_anew(place: str, tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as store:
        for n in range(200):
            store.put(f"p{n}", ACCEPTED)
    file = tmp_path / "portraits" / "portraits.sqlite"
    content = bytearray(file.read_bytes())
    begin, end = {"header": (0, 16), "page": (4096, 3 * 4096), "all": (0, len(content))}[place]
    content[begin:end] = b"\xa5" * (end - begin)
    file.write_bytes(content)
    told: list[str] = []
    with closing(opened(tmp_path, told)) as store:
        assert store.get("p7") is None
        store.put("p7", ACCEPTED)
    assert told == [f"{file} is damaged: all photos are read again"]
    with closing(opened(tmp_path, told)) as store:
        assert store.get("p7") is not None
    assert len(told) == 1


def test_other_format_is_begun_anew(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as store:
        store.put("p", ACCEPTED)
    with closing(sqlite3.connect(tmp_path / "portraits" / "portraits.sqlite")) as database:
        database.execute("ALTER TABLE portraits RENAME COLUMN content TO contents")
        database.execute("PRAGMA user_version = 99")
    with closing(opened(tmp_path)) as store:
        assert store.get("p") is None
        store.put("p", FAULT)


def test_link_keeps_its_picture_whatever_becomes_of_the_store(
    tmp_path: Path, store: PortraitStore
) -> None:
    store.put("p", ACCEPTED)
    build = tmp_path / "build"
    build.mkdir()
    name = picture_name(ACCEPTED.picture)
    store.link(name, build)
    store.link(name, build)
    store.put("p", ACCEPTED)
    shutil.rmtree(tmp_path / "portraits" / "pictures")
    assert (build / name).read_bytes() == ACCEPTED.picture


def test_what_no_build_uses_for_long_is_removed(tmp_path: Path, store: PortraitStore) -> None:
    store.put("used", ACCEPTED)
    store.put("unused", REJECTED)
    (tmp_path / "portraits" / "pictures" / "somebody's folder").mkdir()
    store.prune(["used"], keep=1000)
    assert store.get("unused") is not None
    store.prune(["used"], keep=0)
    assert store.get("unused") is None
    assert store.get("used") is not None
    pictures = {file.name for file in (tmp_path / "portraits" / "pictures").iterdir()}
    assert pictures == {picture_name(ACCEPTED.picture), "somebody's folder"}


def test_nothing_is_kept_of_other_recipes_when_all_others_go(
    tmp_path: Path, store: PortraitStore
) -> None:
    store.put("p", ACCEPTED)
    with closing(opened(tmp_path, recipe="another")) as other:
        other.prune([], keep=0)
    assert store.get("p") is None
    assert not list((tmp_path / "portraits" / "pictures").iterdir())
    assert b"a picture" not in (tmp_path / "portraits" / "portraits.sqlite").read_bytes()


def test_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "portraits" / "portraits.sqlite").mkdir(parents=True)
    with pytest.raises(GalleryError, match="cannot be written"):
        opened(tmp_path)
