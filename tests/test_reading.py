"""startwin.gallery.building.reading, through whole builds: what is known is not computed again."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from startwin.errors import GalleryError
from startwin.gallery import Gallery
from startwin.gallery.building.build import Plan, build
from startwin.settings import Settings
from tests.conftest import PHOTOS, ROOT, SilentWatcher, wait_until


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PHOTOS, tmp_path / "photos"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(assets_dir=tmp_path / "assets", workers=1)


def built(photos: Path, settings: Settings) -> SilentWatcher:
    watcher = SilentWatcher()
    build(Plan(photos, jitters=0), settings, watcher)
    return watcher


def stored(assets: Path) -> int:
    file = assets / "portraits" / "portraits.sqlite"
    if not file.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            (n,) = database.execute("SELECT count(*) FROM portraits").fetchone()
            return int(n)
    except sqlite3.OperationalError:  # no table yet, or locked while it is made
        return 0


def has_more_than(known: int, assets: Path) -> bool:
    return stored(assets) > known


def test_only_new_photos_are_computed(photos: Path, settings: Settings) -> None:
    kept_back = [photos / "Joe Biden.jpg", photos / "Mona Lisa.jpg"]
    for photo in kept_back:
        photo.unlink()
    (photos / "Text.jpg").write_text("not a picture")
    first = built(photos, settings)
    assert first.new == sorted(path.stem for path in photos.iterdir())
    for photo in kept_back:
        shutil.copy(PHOTOS / photo.name, photo)
    for photo in photos.iterdir():
        os.utime(photo, (0, 0))  # it is the content that counts
    (photos / "Grace Hopper.jpg").rename(photos / "Amazing Grace.jpg")
    second = built(photos, settings)
    assert second.new == ["Joe Biden", "Mona Lisa"]
    assert len(second.good) == len(list(PHOTOS.iterdir()))
    assert second.rejected == {"Text.jpg": "not readable: not a picture"}
    names = {person.name for person in Gallery.load(settings.assets_dir).people}
    assert "Amazing Grace" in names


def test_killed_build_goes_on_where_it_was(photos: Path, settings: Settings) -> None:
    """SIGKILL, as the kernel does it when memory is short, after each further result."""
    command = ["--photos", str(photos), "--assets", str(settings.assets_dir), "--jitters", "0"]
    known = 0
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "build_embeddings.py", *command, "--workers", "1"],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        wait_until(partial(has_more_than, known, settings.assets_dir))
        process.send_signal(signal.SIGKILL)
        process.wait()
        known = stored(settings.assets_dir)
        assert not (settings.assets_dir / "manifest.json").exists()
    last = built(photos, settings)
    assert len(last.new) == len(list(PHOTOS.iterdir())) - known
    assert len(Gallery.load(settings.assets_dir)) == len(list(PHOTOS.iterdir()))


def test_other_thresholds_need_no_computing_but_for_what_they_let_in(
    photos: Path, settings: Settings
) -> None:
    narrow = settings.model_copy(update={"gate_max_yaw": 0.1})
    first = built(photos, narrow)
    assert first.rejected
    assert all(reason.startswith("head turned: yaw 0.") for reason in first.rejected.values())
    wide = built(photos, settings)
    assert not wide.rejected
    assert wide.new == sorted(Path(name).stem for name in first.rejected)
    narrow_again = built(photos, narrow)
    assert narrow_again.new == []
    assert narrow_again.rejected == first.rejected


def test_one_photo_under_two_names_is_kept_once(photos: Path, settings: Settings) -> None:
    shutil.copy(photos / "Grace Hopper.jpg", photos / "Grace Again.jpg")
    built(photos, settings)
    assert stored(settings.assets_dir) == len(list(PHOTOS.iterdir()))
    assert len(Gallery.load(settings.assets_dir)) == len(list(PHOTOS.iterdir())) + 1


def test_what_the_settings_refuse_is_tried_again(photos: Path, settings: Settings) -> None:
    small = settings.model_copy(update={"max_megapixels": 0.1})
    with pytest.raises(GalleryError, match="none of the photos"):
        built(photos, small)
    assert not built(photos, settings).rejected


def left_over(assets: Path) -> tuple[int, int, int]:
    """Builds, stored photos and stored pictures."""
    pictures = assets / "portraits" / "pictures"
    return len(list((assets / "builds").iterdir())), stored(assets), len(list(pictures.iterdir()))


@pytest.mark.parametrize("photo_goes_too", [False, True])
def test_who_is_taken_out_leaves_nothing_behind(
    photo_goes_too: bool, photos: Path, settings: Settings
) -> None:
    shutil.copy(PHOTOS / "Mona Lisa.jpg", photos / "Joe Biden.jpg")  # an earlier photo
    built(photos, settings)
    shutil.copy(PHOTOS / "Joe Biden.jpg", photos / "Joe Biden.jpg")
    built(photos, settings)
    (photos / "leave-out.txt").write_text("# asked us on Monday\njoe-biden  # by mail\nnobody\n")
    if photo_goes_too:
        (photos / "Joe Biden.jpg").unlink()
    watcher = built(photos, settings)
    assert watcher.new == []
    names = {person.name for person in Gallery.load(settings.assets_dir).people}
    assert names == {path.stem for path in PHOTOS.iterdir()} - {"Joe Biden"}
    assert left_over(settings.assets_dir) == (1, len(names), len(names))
    for name in ("Joe Biden", "joe-biden"):
        assert name not in (settings.assets_dir / "report.html").read_text("utf-8")
    unknown = {"nobody", "joe-biden"} if photo_goes_too else {"nobody"}
    assert {problem.partition(",")[0] for problem in watcher.problems} == unknown


def test_whoever_shares_a_photo_with_one_who_is_taken_out_stays(
    photos: Path, settings: Settings
) -> None:
    shutil.copy(photos / "Grace Hopper.jpg", photos / "Grace Again.jpg")
    built(photos, settings)
    (photos / "leave-out.txt").write_text("grace-hopper")
    for _ in range(2):
        assert built(photos, settings).new == []
        names = {person.name for person in Gallery.load(settings.assets_dir).people}
        assert "Grace Again" in names
        assert "Grace Hopper" not in names


def test_nobody_remains(photos: Path, settings: Settings) -> None:
    built(photos, settings)
    aliases = [path.stem.lower().replace(" ", "-") for path in PHOTOS.iterdir()]
    (photos / "leave-out.txt").write_text("\n".join(aliases))
    with pytest.raises(GalleryError, match="the gallery that serves is as it was"):
        built(photos, settings)
    assert stored(settings.assets_dir) == 0


def test_list_is_lifted_again(photos: Path, settings: Settings) -> None:
    (photos / "leave-out.txt").write_text("joe-biden")
    assert "Joe Biden" not in built(photos, settings).good
    (photos / "leave-out.txt").unlink()
    assert built(photos, settings).new == ["Joe Biden"]
