"""startwin.gallery.build_folder: what somebody reads from stays, wherever it is moved."""

import shutil
from pathlib import Path

import pytest

from startwin.errors import GalleryError
from startwin.gallery import Gallery
from startwin.gallery import manifest as manifests
from startwin.gallery.build_folder import BuildFolder, unheld


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "build"
    path.mkdir()
    (path / "people.json").write_bytes(b"[]")
    return path


def test_held_folder_cannot_be_removed_until_the_last_holder_is_gone(path: Path) -> None:
    first, second = BuildFolder(path), BuildFolder(path)
    first.close()
    with pytest.raises(BlockingIOError), unheld(path):
        pytest.fail("it is held")
    del second
    with unheld(path):
        shutil.rmtree(path)


def test_removed_folder_cannot_be_held(path: Path) -> None:
    shutil.rmtree(path)
    with pytest.raises(FileNotFoundError):
        BuildFolder(path)


def test_moved_folder_is_read_from_and_is_not_taken_for_its_successor(path: Path) -> None:
    held = BuildFolder(path)
    assert held.is_at(path)
    path.rename(path.with_name("old"))
    assert not held.is_at(path)
    path.mkdir()
    (path / "people.json").write_bytes(b"others")
    assert not held.is_at(path)
    assert held.is_at(path.with_name("old"))
    assert held.read("people.json") == b"[]"
    with pytest.raises(FileNotFoundError):
        held.read("pictures/none.jpg")


def test_gallery_that_cannot_be_loaded_is_let_go_of_at_once(assets: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(assets, tmp_path / "assets"))
    build = manifests.read(copy).folder(copy)
    next((build / manifests.PICTURES).iterdir()).unlink()
    with pytest.raises(GalleryError) as failure:
        Gallery.load(copy)
    with unheld(build):  # though the error still has its traceback
        assert failure.value
