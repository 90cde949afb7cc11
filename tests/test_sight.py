"""startwin.face.sight: all that an answer needs of a photo."""

import io

import numpy as np
import pytest
from PIL import Image

from startwin.errors import NoFace
from startwin.face import FaceEngine
from startwin.face.sight import see
from tests.conftest import PHOTOS, encoded


@pytest.fixture(scope="module")
def scene() -> bytes:
    """Grace Hopper, small, in the middle; Joe Biden left, Barack Obama, largest, right."""
    scene = Image.new("RGB", (1400, 800), "grey")
    for name, height, x in (
        ("Joe Biden", 420, 20),
        ("Grace Hopper", 400, 450),
        ("Barack Obama", 720, 850),
    ):
        photo = Image.open(PHOTOS / f"{name}.jpg").convert("RGB")
        scene.paste(photo.resize((photo.width * height // photo.height, height)), (x, 60))
    return encoded(scene, "JPEG", quality=92)


def test_faces_are_numbered_main_one_first_and_placed_from_the_left(
    scene: bytes, engine: FaceEngine
) -> None:
    places = see(engine, scene).places
    assert sorted(places) == [1, 2, 3]
    assert places[0] == 3  # the main one is the largest


def test_each_face_is_seen_by_its_number(scene: bytes, engine: FaceEngine) -> None:
    names = {1: "Joe Biden", 2: "Grace Hopper", 3: "Barack Obama"}
    for face, place in enumerate(see(engine, scene).places):
        sight = see(engine, scene, face)
        assert sight.face == face
        (alone,) = engine.read((PHOTOS / f"{names[place]}.jpg").read_bytes())
        assert np.linalg.norm(sight.embedding - alone.embedding) < 0.4
        framed = io.BytesIO()
        Image.fromarray(sight.frame).save(framed, "PNG")
        again = engine.read(framed.getvalue())[0]
        assert np.linalg.norm(again.embedding - alone.embedding) < 0.4


def test_embedding_is_that_of_the_engine(hopper: bytes, engine: FaceEngine) -> None:
    (face,) = engine.read(hopper)
    sight = see(engine, hopper)
    assert sight.places == (1,)
    np.testing.assert_array_equal(sight.embedding, face.embedding)


@pytest.mark.parametrize("face", [1, 6, -1])
def test_face_that_is_not_there(face: int, hopper: bytes, engine: FaceEngine) -> None:
    with pytest.raises(NoFace):
        see(engine, hopper, face)


def test_nobody_in_it(engine: FaceEngine) -> None:
    with pytest.raises(NoFace):
        see(engine, encoded(Image.new("RGB", (300, 300))))
