"""startwin.gallery.building.build: from photos to a gallery, whatever is among them."""

import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from startwin.errors import GalleryError
from startwin.face import FaceEngine
from startwin.gallery import Gallery
from startwin.gallery import manifest as manifests
from startwin.gallery.building import build as builds
from startwin.gallery.building.build import Plan
from startwin.settings import Settings
from tests.conftest import PHOTOS, ROOT, SilentWatcher, encoded


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("Grace Hopper.jpg", "Barack Obama.jpg"):
        shutil.copy(PHOTOS / name, folder)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(assets_dir=tmp_path / "assets", workers=1)


def contents(assets: Path) -> dict[str, bytes]:
    """The gallery and its report; what was computed of photos may grow."""
    files = [file for file in assets.rglob("*") if file.is_file()]
    names = {str(file.relative_to(assets)): file for file in files}
    return {name: names[name].read_bytes() for name in names if not name.startswith("portraits")}


def test_faulty_photos_are_told_by_name_and_reason_and_passed_over(
    photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    (photos / "Text.jpg").write_text("not a picture")
    (photos / "Cut.jpg").write_bytes((PHOTOS / "Joe Biden.jpg").read_bytes()[:9000])
    (photos / "Wall.png").write_bytes(encoded(Image.new("RGB", (300, 300), "grey")))
    (photos / "Bomb.png").write_bytes(encoded(Image.new("1", (13_000, 13_000))))
    (photos / "Phone.heic").write_bytes(b"\x00\x00\x00\x18ftypheic" + bytes(99))
    (photos / "Gone.jpg").symlink_to(photos / "nowhere.jpg")
    (photos / "Zero.jpg").symlink_to("/dev/zero")
    os.mkfifo(photos / "Pipe.jpg")
    manifest, anew = builds.build(Plan(photos, jitters=0), settings, watcher)
    assert anew
    assert manifest.people == 2
    assert watcher.total == 10
    assert watcher.good == ["Barack Obama", "Grace Hopper"]
    assert watcher.rejected == {
        "Text.jpg": "not readable: not a picture",
        "Cut.jpg": watcher.rejected["Cut.jpg"],
        "Wall.png": "no face",
        "Bomb.png": "not readable: too large: 13000×13000 pixels",
        "Phone.heic": "not readable: HEIF or AVIF is not accepted",
        "Zero.jpg": "not readable: cannot be read: not a regular file",
        "Pipe.jpg": "not readable: cannot be read: not a regular file",
        "Gone.jpg": "not readable: cannot be read: No such file or directory",
    }
    assert watcher.rejected["Cut.jpg"].startswith("not readable: damaged: ")
    assert len(Gallery.load(settings.assets_dir)) == 2


def test_gallery_needs_the_photos_no_more(
    photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    builds.build(Plan(photos, jitters=0), settings, watcher)
    shutil.rmtree(photos)
    gallery = Gallery.load(settings.assets_dir)
    assert all(gallery.picture(person) for person in gallery.people)


def test_catalogue_goes_through_to_the_gallery(
    photos: Path, settings: Settings, watcher: SilentWatcher, tmp_path: Path
) -> None:
    catalog = tmp_path / "people.json"
    catalog.write_text(
        json.dumps(
            [
                {"name": "Grace Hopper", "alias": "g", "role": "admiral", "n_movies": 2},
                {"name": "Nobody", "alias": "n", "photo": "nobody.jpg"},
            ]
        )
    )
    builds.build(Plan(photos, catalog, jitters=0), settings, watcher)
    (person,) = Gallery.load(settings.assets_dir).people
    assert (person.name, person.alias, person.role, person.n_movies) == (
        "Grace Hopper",
        "g",
        "admiral",
        2,
    )
    assert len(watcher.problems) == 2


def test_of_several_photos_the_most_typical_one_stands(
    photos: Path, settings: Settings, watcher: SilentWatcher, engine: FaceEngine
) -> None:
    """Two photos of one person outvote a stranger's that lies in the same folder."""
    folder = photos / "Joe Biden"
    folder.mkdir()
    shutil.copy(PHOTOS / "Mona Lisa.jpg", folder / "a.jpg")
    biden = Image.open(PHOTOS / "Joe Biden.jpg")
    biden.save(folder / "b.jpg")
    biden.resize((biden.width // 2, biden.height // 2)).save(folder / "c.jpg")
    builds.build(Plan(photos, jitters=0), settings, watcher)
    gallery = Gallery.load(settings.assets_dir)
    face = engine.read((PHOTOS / "Joe Biden.jpg").read_bytes())[0]
    (likeness,) = gallery.nearest(face.embedding)
    assert likeness.person.name == "Joe Biden"
    assert likeness.distance < 0.3
    pictures = manifests.read(settings.assets_dir).folder(settings.assets_dir) / "pictures"
    assert len(list(pictures.iterdir())) == len(gallery) == 3


def test_nothing_is_computed_when_nothing_has_changed(
    photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    first, _ = builds.build(Plan(photos, jitters=0), settings, watcher)
    again = SilentWatcher()
    second, anew = builds.build(Plan(photos, jitters=0), settings, again)
    assert not anew
    assert (second, again.new) == (first, [])


def test_change_is_seen_by_content_and_parameters(
    photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    first, _ = builds.build(Plan(photos, jitters=0), settings, watcher)
    shutil.copy(PHOTOS / "Mona Lisa.jpg", photos / "Barack Obama.jpg")
    second, anew = builds.build(Plan(photos, jitters=0), settings, watcher)
    assert anew
    third, anew = builds.build(Plan(photos, jitters=2), settings, watcher)
    assert anew
    assert len({first.build, second.build, third.build}) == 3
    assert (second.previous, third.previous) == (first.build, second.build)
    kept = {path.name for path in (settings.assets_dir / "builds").iterdir()}
    assert kept == {second.build, third.build}


@pytest.mark.parametrize("damage", [manifests.GRAPH, manifests.PICTURES, "report.html"])
def test_damaged_gallery_is_mended_by_the_same_command(
    damage: str, photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    first, _ = builds.build(Plan(photos, jitters=0), settings, watcher)
    damaged = first.folder(settings.assets_dir) / damage
    damaged = next(damaged.iterdir()) if damaged.is_dir() else damaged
    damaged.unlink() if damage == "report.html" else damaged.write_bytes(b"")
    second, anew = builds.build(Plan(photos, jitters=0), settings, watcher)
    assert anew
    assert len(Gallery.load(settings.assets_dir)) == 2
    assert second.people == 2


def test_build_that_a_bot_serves_from_is_not_removed(
    photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    builds.build(Plan(photos, jitters=0), settings, watcher)
    serving = Gallery.load(settings.assets_dir)
    for jitters in (2, 3, 4):
        builds.build(Plan(photos, jitters=jitters), settings, watcher)
    assert all(serving.picture(person) for person in serving.people)
    del serving
    builds.build(Plan(photos, jitters=5), settings, watcher)
    assert len(list((settings.assets_dir / "builds").iterdir())) == 2


@pytest.mark.parametrize("fault", ["no photo", "no face", "catalogue"])
def test_old_gallery_is_untouched_by_a_build_that_fails(
    fault: str, photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    builds.build(Plan(photos, jitters=0), settings, watcher)
    before = contents(settings.assets_dir)
    for photo in photos.iterdir():
        photo.unlink()
    if fault == "no face":
        (photos / "Wall.png").write_bytes(encoded(Image.new("RGB", (300, 300), "grey")))
    if fault == "catalogue":
        (photos / "catalog.json").write_text("[")
    with pytest.raises(GalleryError):
        builds.build(Plan(photos, jitters=0), settings, watcher)
    assert contents(settings.assets_dir) == before


def test_unfinished_build_is_cleared_away(
    photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    left = settings.assets_dir / "builds" / ".staging" / "pictures"
    left.mkdir(parents=True)
    (left / "half.jpg").touch()
    manifest, _ = builds.build(Plan(photos, jitters=0), settings, watcher)
    assert [path.name for path in (settings.assets_dir / "builds").iterdir()] == [manifest.build]
    assert not (manifest.folder(settings.assets_dir) / "pictures" / "half.jpg").exists()


def test_one_build_at_a_time(photos: Path, settings: Settings, watcher: SilentWatcher) -> None:
    with (
        manifests.staging(settings.assets_dir),
        pytest.raises(GalleryError, match="another build"),
    ):
        builds.build(Plan(photos, jitters=0), settings, watcher)


def test_assets_that_cannot_be_written(
    photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    settings.assets_dir.write_text("a file")
    with pytest.raises(GalleryError, match="cannot be written"):
        builds.build(Plan(photos, jitters=0), settings, watcher)


@pytest.mark.parametrize("largest", [6_000, 40_000])
def test_full_disk(largest: int, photos: Path, settings: Settings, watcher: SilentWatcher) -> None:
    """A real process whose files cannot grow: the store or a picture, by the limit."""
    builds.build(Plan(photos, jitters=0), settings, watcher)
    before = contents(settings.assets_dir)
    shutil.rmtree(settings.assets_dir / "portraits")
    shutil.copy(PHOTOS / "Joe Biden.jpg", photos)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    folders = ["--photos", str(photos), "--assets", str(settings.assets_dir)]
    done = subprocess.run(
        [sys.executable, "build_embeddings.py", *folders],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    assert done.returncode == 1, done.stderr
    assert f"build_embeddings.py: {settings.assets_dir}" in done.stderr
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(settings.assets_dir) == before


def test_photos_and_assets_in_one_folder_are_refused(photos: Path, watcher: SilentWatcher) -> None:
    with pytest.raises(GalleryError, match="needs one of its own"):
        builds.build(Plan(photos, jitters=0), Settings(assets_dir=photos), watcher)


def test_path_that_is_no_text_is_refused_before_the_work(
    photos: Path, tmp_path: Path, watcher: SilentWatcher
) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    with pytest.raises(GalleryError, match="is not UTF-8"):
        builds.build(Plan(photos, jitters=0), Settings(assets_dir=odd), watcher)
    assert not watcher.readings


def test_gallery_that_is_replaced_all_the_time_can_be_loaded(
    photos: Path, settings: Settings, watcher: SilentWatcher
) -> None:
    """With a leave-out list the build before goes at once, maybe while it is being loaded."""
    (photos / "leave-out.txt").write_text("nobody")
    builds.build(Plan(photos, jitters=0), settings, watcher)
    over = threading.Event()
    failures: list[Exception] = []

    def load() -> None:
        while not over.is_set():
            try:
                gallery = Gallery.load(settings.assets_dir)
                assert all(gallery.picture(person) for person in gallery.people)
            except Exception as error:  # noqa: BLE001 - whatever it is, there must be none
                failures.append(error)

    loaders = [threading.Thread(target=load) for _ in range(2)]
    for loader in loaders:
        loader.start()
    for ef_search in range(20, 40):
        builds.build(Plan(photos, jitters=0, parameters={"efSearch": ef_search}), settings, watcher)
    over.set()
    for loader in loaders:
        loader.join()
    assert failures == []
