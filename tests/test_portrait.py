"""startwin.gallery.portrait: what the gallery keeps of a celebrity's photo."""

import io

import numpy as np
import pytest
from PIL import Image

from startwin.errors import NoFace
from startwin.face import FaceEngine
from startwin.face.photo import Picture
from startwin.gallery import portrait
from tests.conftest import PHOTOS, encoded


def opened(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.load()
    return image


@pytest.mark.parametrize("name", sorted(path.name for path in PHOTOS.iterdir()))
def test_picture_shows_the_face_and_is_small(name: str, engine: FaceEngine) -> None:
    taken = portrait.take(engine, (PHOTOS / name).read_bytes(), jitters=0)
    image = opened(taken.picture)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert max(image.size) <= portrait.PICTURE_SIDE
    face = engine.read(taken.picture)[0]
    assert np.linalg.norm(face.embedding - taken.probe) < 0.35


def test_probe_is_plain_and_embedding_jittered(engine: FaceEngine, hopper: bytes) -> None:
    plain = portrait.take(engine, hopper, jitters=0)
    jittered = portrait.take(engine, hopper, jitters=3)
    assert (plain.embedding == plain.probe).all()
    assert (jittered.probe == plain.probe).all()
    assert 0 < np.linalg.norm(jittered.embedding - jittered.probe) < 0.3


def test_nobody_in_it(engine: FaceEngine) -> None:
    with pytest.raises(NoFace):
        portrait.take(engine, encoded(Image.new("RGB", (300, 300))), jitters=0)


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((1000, 1000), (450, 450, 550, 550)),
        ((1000, 1000), (0, 0, 100, 100)),
        ((1000, 1000), (900, 900, 1000, 1000)),
        ((1000, 1000), (-30, -30, 60, 60)),
        ((120, 1000), (0, 400, 110, 510)),
        ((1000, 120), (400, 0, 510, 110)),
        ((4000, 4000), (1000, 1000, 3000, 3000)),
    ],
)
def test_crop_stays_inside_and_keeps_the_face(
    size: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    width, height = size
    left, top, right, bottom = np.clip(box, 0, [width, height, width, height])
    scene: Picture = np.zeros((height, width, 3), dtype=np.uint8)
    scene[top:bottom, left:right] = 255
    image = opened(portrait.cropped(scene, box))
    assert max(image.size) <= portrait.PICTURE_SIDE
    if min(size) == 1000:
        assert image.width / image.height == pytest.approx(portrait.ASPECT, abs=0.02)
    white = (np.asarray(image.convert("L")) > 128).sum()
    scale = image.height / min(portrait.FRAME * (box[3] - box[1]), height)
    assert white == pytest.approx((right - left) * (bottom - top) * scale**2, rel=0.1)
