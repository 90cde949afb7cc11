"""startwin.gallery.building.portrait: what the gallery keeps of a celebrity's photo."""

import io

import numpy as np
import pytest
from PIL import Image

from startwin.face import FaceEngine
from startwin.face.frame import Eyes, eyes_of
from startwin.face.photo import Picture
from startwin.face.resnet import Embedding
from startwin.gallery.building import portrait
from startwin.gates import Gates
from tests.conftest import PHOTOS, encoded


def opened(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.load()
    return image


def vectors(engine: FaceEngine, photo: bytes, jitters: int) -> list[Embedding]:
    taken = portrait.take(engine, photo, jitters, Gates())
    assert taken.vectors is not None
    return list(taken.vectors)


@pytest.mark.parametrize("name", sorted(path.name for path in PHOTOS.iterdir()))
def test_picture_shows_the_face_and_is_small(name: str, engine: FaceEngine) -> None:
    taken = portrait.take(engine, (PHOTOS / name).read_bytes(), 0, Gates())
    assert taken.vectors is not None
    image = opened(taken.picture)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert max(image.size) <= portrait.PICTURE_SIDE
    face = engine.read(taken.picture)[0]
    assert np.linalg.norm(face.embedding - taken.vectors[1]) < 0.35
    assert taken.eyes is not None
    found = eyes_of(face.landmarks)
    apart = found.right[0] - found.left[0]
    assert taken.eyes.left == pytest.approx(found.left, abs=0.15 * apart)
    assert taken.eyes.right == pytest.approx(found.right, abs=0.15 * apart)


def test_probe_is_plain_and_embedding_jittered(engine: FaceEngine, hopper: bytes) -> None:
    plain_embedding, plain_probe = vectors(engine, hopper, 0)
    embedding, probe = vectors(engine, hopper, 3)
    assert (plain_embedding == plain_probe).all()
    assert (probe == plain_probe).all()
    assert 0 < np.linalg.norm(embedding - probe) < 0.3
    (face,) = engine.read(hopper)
    assert (probe == face.embedding).all()


def test_of_a_rejected_photo_a_thumbnail_is_kept(engine: FaceEngine, hopper: bytes) -> None:
    narrow = Gates(gate_min_eyes=1000)
    for photo in (encoded(Image.new("RGB", (300, 300))), hopper):
        taken = portrait.take(engine, photo, 0, narrow)
        assert taken.vectors is None
        assert max(opened(taken.picture).size) == portrait.THUMBNAIL_SIDE


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
    eyes = Eyes((float(left), float(top)), (float(right), float(bottom)))
    picture, moved = portrait.crop(scene, box, eyes)
    image = opened(picture)
    assert max(image.size) <= portrait.PICTURE_SIDE
    if min(size) == 1000:
        assert image.width / image.height == pytest.approx(portrait.ASPECT, abs=0.02)
    white = (np.asarray(image.convert("L")) > 128).sum()
    scale = image.height / min(portrait.FRAME * (box[3] - box[1]), height)
    assert np.subtract(moved.right, moved.left) == pytest.approx(
        np.subtract(eyes.right, eyes.left) * scale, rel=0.02
    )
    assert white == pytest.approx((right - left) * (bottom - top) * scale**2, rel=0.1)
