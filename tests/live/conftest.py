"""Galleries that take each other's place: real builds, which take a quarter of a second each."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from PIL import Image, ImageEnhance
from structlog.typing import EventDict

from startwin.face import FaceEngine
from startwin.face.resnet import Embedding
from startwin.gallery import manifest as manifests
from startwin.gallery.building.build import Plan, build
from startwin.gallery.live import LiveGallery
from startwin.gallery.manifest import Manifest
from startwin.settings import Settings
from tests.conftest import PHOTOS, SilentWatcher, wait_until

GALLERIES = ("First", "Second", "Third")
"""Each has a Hopper of its own by name and by picture, and one more person than the one before."""

EVERY = 0.01


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos for each gallery, and an assets folder that knows them all; not to be written to."""
    folder = tmp_path_factory.mktemp("workshop")
    others = sorted(photo for photo in PHOTOS.iterdir() if photo.stem != "Grace Hopper")
    hopper = Image.open(PHOTOS / "Grace Hopper.jpg").convert("RGB")
    every = folder / "Every"
    every.mkdir()
    for number, name in enumerate(GALLERIES):
        (folder / name).mkdir()
        shade = ImageEnhance.Brightness(hopper).enhance(0.8 + number / 10)
        shade.save(folder / name / f"{name} Hopper.jpg", quality=95)
        for other in others[: number + 1]:
            shutil.copy(other, folder / name / f"{name} {other.name}")
        shutil.copytree(folder / name, every, dirs_exist_ok=True)
    built(folder / "assets", every)
    return folder


def built(assets: Path, photos: Path, **parameters: int) -> Manifest:
    """A new build; its photos are known already, so that it takes a quarter of a second."""
    plan = Plan(photos, jitters=0, parameters=parameters)
    manifest, _ = build(plan, Settings(assets_dir=assets, workers=1), SilentWatcher())
    return manifest


Rebuild = Callable[..., Manifest]


@pytest.fixture
def assets(workshop: Path, tmp_path: Path) -> Path:
    """An assets folder of its own for a test, where the first gallery serves."""
    folder = Path(shutil.copytree(workshop / "assets", tmp_path / "assets"))
    built(folder, workshop / "First")
    return folder


@pytest.fixture
def rebuild(assets: Path, workshop: Path) -> Rebuild:
    return lambda name, **parameters: built(assets, workshop / name, **parameters)


@pytest.fixture
def live(assets: Path) -> Iterator[LiveGallery]:
    live = LiveGallery(assets, EVERY)
    yield live
    live.close()


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    with structlog.testing.capture_logs() as log:
        yield log


@pytest.fixture(scope="module")
def embedding(engine: FaceEngine, hopper: bytes) -> Embedding:
    return engine.read(hopper)[0].embedding


def warnings(log: list[EventDict]) -> list[str]:
    return [str(entry["why"]) for entry in log if entry["log_level"] == "warning"]


def swaps(log: list[EventDict]) -> list[EventDict]:
    return [entry for entry in log if entry["event"] == "a new gallery serves"]


def wait_for_swaps(log: list[EventDict], times: int) -> None:
    wait_until(lambda: len(swaps(log)) >= times)
    assert len(swaps(log)) == times


def made_elsewhere(assets: Path, workshop: Path) -> Path:
    """Another assets folder, where the second gallery serves."""
    elsewhere = Path(shutil.copytree(assets, assets.with_name("elsewhere")))
    built(elsewhere, workshop / "Second")
    return elsewhere


def deliver_build(elsewhere: Path, assets: Path) -> None:
    build = manifests.serving_build(elsewhere)
    assert build
    (elsewhere / "builds" / build).rename(assets / "builds" / build)


def deliver_manifest(elsewhere: Path, assets: Path) -> None:
    (elsewhere / "manifest.json").replace(assets / "manifest.json")
