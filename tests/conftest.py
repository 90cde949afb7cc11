"""What many tests need: real photos, the real models, a real gallery."""

import fcntl
import io
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from startwin.face import FaceEngine, FacePool
from startwin.face.resnet import OnnxResNet
from startwin.gallery.building.build import Plan, build
from startwin.gallery.building.reading import Reading
from startwin.settings import Settings

ROOT = Path(__file__).parent.parent
PHOTOS = Path(__file__).parent / "photos"
"""The starter photos, made smaller; an operator may change those in `photos/`."""

DEADLINE = 60
"""Seconds for anything that happens at all; nothing is measured with it."""


def wait_until(condition: Callable[[], object], within: float = DEADLINE) -> None:
    """For conditions that other processes bring about and nobody can be told of."""
    deadline = time.monotonic() + within
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        pause.wait(0.01)


@pytest.fixture(autouse=True)
def _settings_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine's user reaches a test, nor a proxy between it and loopback."""
    for name in (*Settings.model_fields, "https_proxy"):
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def hopper() -> bytes:
    return (PHOTOS / "Grace Hopper.jpg").read_bytes()


@pytest.fixture(scope="session")
def engine(converted: Path) -> FaceEngine:
    return FaceEngine(data_dir=converted)


@pytest.fixture(scope="session")
def pool(converted: Path) -> Iterator[FacePool]:
    """For reading only: tests that kill workers make their own."""
    with FacePool(2, DEADLINE, partial(FaceEngine, data_dir=converted)) as pool:
        yield pool


class SilentWatcher:
    """Keeps what a build tells."""

    def __init__(self) -> None:
        self.total = 0
        self.readings: dict[Path, Reading] = {}
        self.problems: list[str] = []

    def begin(self, photos: int) -> None:
        self.total = photos

    def looked_at(self, photo: Path, reading: Reading) -> None:
        self.readings[photo] = reading

    def problem(self, sentence: str) -> None:
        self.problems.append(sentence)

    def stage(self, name: str) -> None:
        """Nobody waits."""

    @property
    def good(self) -> list[str]:
        """The names of photos that will be used, sorted."""
        return sorted(p.stem for p, reading in self.readings.items() if not reading.rejection)

    @property
    def rejected(self) -> dict[str, str]:
        """Why photos are rejected, by their file names."""
        return {p.name: str(r.rejection) for p, r in self.readings.items() if r.rejection}

    @property
    def new(self) -> list[str]:
        """The names of photos that had to be computed, sorted."""
        return sorted(photo.stem for photo, reading in self.readings.items() if reading.is_new)


@pytest.fixture
def watcher() -> SilentWatcher:
    return SilentWatcher()


def made_once(
    name: str, make: Callable[[Path], object], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder that the first of pytest-xdist's processes makes for all; not to be written to."""
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    folder, draft = common / name, common / f"{name}.draft"
    with (common / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(draft, ignore_errors=True)  # of another process's failure
            make(draft)
            draft.rename(folder)
    return folder


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the converted model in it, as it is at every start but the first."""
    return made_once("converted", OnnxResNet, tmp_path_factory)


@pytest.fixture(scope="session")
def assets(converted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery of the shipped photos."""

    def make(folder: Path) -> None:
        settings = Settings(assets_dir=folder, data_dir=converted, workers=2)
        build(Plan(PHOTOS, jitters=2), settings, SilentWatcher())

    return made_once("assets", make, tmp_path_factory)


def furnish(data: Path, converted: Path) -> None:
    """Give a bot that starts for the first time the converted model, unless there is something."""
    if not data.exists():
        data.mkdir(mode=0o700)
        for file in converted.iterdir():
            (data / file.name).hardlink_to(file)


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """A picture as the bytes of a file."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
