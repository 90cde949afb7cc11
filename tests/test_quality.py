"""startwin.gallery.building.quality: real portraits made worse, one fault at a time."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from startwin.face import FaceEngine
from startwin.gallery.building import portrait
from startwin.gallery.building.quality import Quality, Reason, rejection
from startwin.gates import Gates
from startwin.settings import Settings
from tests.conftest import PHOTOS, encoded

Change = Callable[[Image.Image], Image.Image]


def quality(engine: FaceEngine, image: Image.Image) -> Quality:
    return portrait.take(engine, encoded(image), 0, Gates()).quality


def reason(quality: Quality, gates: Gates | None = None) -> Reason | None:
    found = rejection(quality, gates or Gates())
    return None if found is None else found.reason


@pytest.fixture
def obama() -> Image.Image:
    return Image.open(PHOTOS / "Barack Obama.jpg").convert("RGB")


def shrunk(factor: float) -> Change:
    return lambda image: image.resize(
        (round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS
    )


def beside(image: Image.Image) -> Image.Image:
    """With a second, somewhat smaller person to the right."""
    other = Image.open(PHOTOS / "Joe Biden.jpg").convert("RGB").resize(image.size)
    both = Image.new("RGB", (2 * image.width, image.height))
    both.paste(image)
    both.paste(other, (image.width, 0))
    return both


def on_a_wall(image: Image.Image) -> Image.Image:
    """Small, in a large picture."""
    wall = Image.new("RGB", (640, 480), "grey")
    wall.paste(image.resize((image.width * 130 // image.height, 130)), (300, 200))
    return wall


FAULTS: list[tuple[Reason | None, Change]] = [
    (None, lambda image: image),
    (None, lambda image: image.convert("L").convert("RGB")),
    (None, lambda image: image.rotate(20, Image.Resampling.BICUBIC, fillcolor="grey")),
    (Reason.TOO_SMALL, lambda image: image.resize((60, 75))),
    (Reason.NO_FACE, lambda image: Image.new("RGB", image.size, "grey")),
    (Reason.SEVERAL_FACES, beside),
    (Reason.EYES_TOO_CLOSE, on_a_wall),
    (Reason.TILTED, lambda image: image.rotate(90, expand=True)),
    (Reason.TOO_DARK, lambda image: ImageEnhance.Brightness(image).enhance(0.08)),
    (Reason.TOO_BRIGHT, lambda image: ImageEnhance.Brightness(image).enhance(3)),
    (Reason.FLAT, lambda image: ImageEnhance.Contrast(image).enhance(0.06)),
    (Reason.BLURRED, lambda image: image.filter(ImageFilter.GaussianBlur(image.width / 60))),
]


@pytest.mark.parametrize(("expected", "change"), FAULTS)
def test_each_fault_has_its_reason(
    expected: Reason | None, change: Change, engine: FaceEngine, obama: Image.Image
) -> None:
    assert reason(quality(engine, change(obama))) == expected


def test_every_reason_but_two_is_provoked_above() -> None:
    """A turned head cannot be made from a photo in front, nor is a text one."""
    provoked = {expected for expected, _ in FAULTS}
    assert set(Reason) - provoked == {Reason.TURNED, Reason.UNREADABLE}


def test_yaw_tells_a_turned_head_from_one_in_front(engine: FaceEngine) -> None:
    """The shipped portraits, from in front to a quarter turned, as one sees them."""
    yaws = {}
    for photo in PHOTOS.iterdir():
        face = quality(engine, Image.open(photo).convert("RGB")).face
        assert face is not None
        yaws[photo.stem] = face.yaw
    assert yaws["Barack Obama"] < 0.1
    assert max(yaws, key=lambda name: yaws[name]) == "Mona Lisa"
    assert reason(
        quality(engine, Image.open(PHOTOS / "Mona Lisa.jpg")), Gates(gate_max_yaw=0.05)
    ) in (Reason.TURNED,)


def test_measures_follow_what_was_done(engine: FaceEngine, obama: Image.Image) -> None:
    plain, half, tilted = (
        quality(engine, image).face
        for image in (obama, shrunk(0.5)(obama), obama.rotate(-15, fillcolor="grey"))
    )
    assert plain is not None
    assert half is not None
    assert tilted is not None
    assert half.eyes == pytest.approx(plain.eyes / 2, rel=0.1)
    assert half.brightness == pytest.approx(plain.brightness, rel=0.05)
    assert abs(tilted.roll - plain.roll) == pytest.approx(15, abs=4)
    assert tilted.yaw == pytest.approx(plain.yaw, abs=0.06)


def test_jpeg_at_the_lowest_quality_is_not_called_sharp(
    engine: FaceEngine, obama: Image.Image
) -> None:
    blurred = obama.filter(ImageFilter.GaussianBlur(obama.width / 60))
    coarse = Image.open(io.BytesIO(encoded(blurred, "JPEG", quality=30)))
    assert reason(quality(engine, coarse)) == Reason.BLURRED


def test_only_the_first_reason_counts(engine: FaceEngine, obama: Image.Image) -> None:
    seen = quality(engine, obama)
    nothing_passes = Gates(
        gate_min_side=10_000, gate_min_eyes=10_000, gate_max_yaw=0, gate_min_contrast=255
    )
    assert reason(seen, nothing_passes) == Reason.TOO_SMALL
    assert reason(seen, nothing_passes.model_copy(update={"gate_min_side": 0})) == (
        Reason.EYES_TOO_CLOSE
    )


def test_gates_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATE_MIN_EYES", "33")
    assert Settings().gates == Gates(gate_min_eyes=33)
