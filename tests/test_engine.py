"""startwin.face.engine: faces of real photos."""

import io

import dlib
import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from startwin.errors import BadPhoto
from startwin.face import Face, FaceEngine, models
from startwin.face.embedder import SMOOTHING
from startwin.face.photo import decode
from tests.conftest import PHOTOS, encoded

PEOPLE = sorted(path.name for path in PHOTOS.iterdir())


def picture_of(name: str, height: int = 400) -> Image.Image:
    image = Image.open(PHOTOS / name).convert("RGB")
    return image.resize((round(image.width * height / image.height), height))


def side_by_side(*images: Image.Image) -> bytes:
    scene = Image.new("RGB", (sum(i.width for i in images), max(i.height for i in images)), "grey")
    left = 0
    for image in images:
        scene.paste(image, (left, 0))
        left += image.width
    return encoded(scene, "JPEG", quality=92)


def distance(one: Face, other: Face) -> float:
    return float(np.linalg.norm(one.embedding - other.embedding))


@pytest.mark.parametrize("name", PEOPLE)
def test_finds_the_face_of_each_shipped_photo(name: str, engine: FaceEngine) -> None:
    photo = (PHOTOS / name).read_bytes()
    face = engine.read(photo)[0]
    height, width = decode(photo).shape[:2]
    left, top, right, bottom = face.box
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert face.score > 0
    assert face.embedding.shape == (128,)
    assert face.embedding.dtype == np.float32
    assert face.landmarks.shape == (5, 2)


def test_landmarks_are_eyes_above_the_nose(engine: FaceEngine, hopper: bytes) -> None:
    (face,) = engine.read(hopper)
    outer_right, inner_right, outer_left, inner_left, nose = face.landmarks
    assert outer_left[0] < inner_left[0] < inner_right[0] < outer_right[0]
    assert inner_left[0] < nose[0] < inner_right[0]
    assert nose[1] > max(inner_left[1], inner_right[1])


def test_embedding_is_the_mean_of_dlibs_own_for_the_face_and_its_mirror_image(
    engine: FaceEngine, hopper: bytes
) -> None:
    """By dlib's calls, as its own example makes them, on a chip that Pillow has blurred."""
    picture = decode(hopper)
    (face,) = engine.read(hopper)
    shape = dlib.shape_predictor(str(models.LANDMARKS.path()))(picture, dlib.rectangle(*face.box))
    chip = Image.fromarray(dlib.get_face_chip(picture, shape, 150, 0.25))
    smooth = chip.filter(ImageFilter.GaussianBlur(SMOOTHING))
    network = dlib.face_recognition_model_v1(str(models.RESNET.path()))
    views = [np.asarray(smooth), np.asarray(ImageOps.mirror(smooth))]
    expected = np.mean([network.compute_face_descriptor(view) for view in views], axis=0)
    assert np.linalg.norm(expected - face.embedding) < 1e-5


def test_mirrored_photo_has_nearly_the_same_embedding(engine: FaceEngine, hopper: bytes) -> None:
    mirrored = ImageOps.mirror(Image.open(io.BytesIO(hopper)).convert("RGB"))
    (face,), (image,) = engine.read(hopper), engine.read(encoded(mirrored))
    assert distance(face, image) < 0.15


def test_no_face(engine: FaceEngine) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert engine.read(encoded(Image.fromarray(noise))) == []


def test_bad_photo(engine: FaceEngine) -> None:
    with pytest.raises(BadPhoto):
        engine.read(b"a text")


def test_larger_photo_than_allowed() -> None:
    strict = FaceEngine(max_pixels=1000)
    with pytest.raises(BadPhoto):
        strict.read(encoded(Image.new("L", (100, 100))))


@pytest.mark.parametrize("small_first", [True, False])
def test_main_face_is_the_larger_one(small_first: bool, engine: FaceEngine) -> None:
    large, small = picture_of("Grace Hopper.jpg", 600), picture_of("Barack Obama.jpg", 700)
    faces = engine.read(side_by_side(*((small, large) if small_first else (large, small))))
    assert len(faces) == 2
    (hopper,) = engine.read(encoded(large))
    assert distance(faces[0], hopper) < 0.4 < distance(faces[1], hopper)


def test_main_face_is_the_central_one_of_equals(engine: FaceEngine) -> None:
    """Obama's detections score higher than Hopper's: confidence does not decide."""
    aside, central = picture_of("Barack Obama.jpg"), picture_of("Grace Hopper.jpg")
    faces = engine.read(side_by_side(aside, central, aside))
    assert len(faces) == 3
    assert faces[0].score < max(face.score for face in faces)
    (hopper,) = engine.read(encoded(central))
    assert distance(faces[0], hopper) < 0.4


def test_phone_photo_on_its_side(engine: FaceEngine, hopper: bytes) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = Image.open(io.BytesIO(hopper)).transpose(Image.Transpose.ROTATE_90)
    (turned,) = engine.read(encoded(lying, "JPEG", exif=exif, quality=95))
    (upright,) = engine.read(hopper)
    assert distance(turned, upright) < 0.2
    assert np.abs(np.subtract(turned.box, upright.box)).max() < 20


@pytest.mark.parametrize("factor", [5, 10])
def test_box_is_in_pixels_of_the_photo_however_large(factor: int, engine: FaceEngine) -> None:
    (small,) = engine.read(encoded(picture_of("Grace Hopper.jpg", 600)))
    photo = picture_of("Grace Hopper.jpg", 600 * factor)
    (large,) = engine.read(encoded(photo, "JPEG", quality=90))
    assert np.abs(np.array(large.box) / factor - small.box).max() < 20
    assert np.abs(large.landmarks / factor - small.landmarks).max() < 10
    assert distance(small, large) < 0.3


def test_jitters_move_the_embedding_a_little(engine: FaceEngine, hopper: bytes) -> None:
    plain, jittered = engine.read(hopper)[0], engine.read(hopper, jitters=3)[0]
    assert 0 < distance(plain, jittered) < 0.3


def test_two_photos_of_one_person_are_closer_than_two_people(engine: FaceEngine) -> None:
    faces = [engine.read((PHOTOS / name).read_bytes())[0] for name in PEOPLE]
    softer = [engine.read(encoded(picture_of(name, 320), "JPEG", quality=50)) for name in PEOPLE]
    for number, seen_again in enumerate(softer):
        distances = [distance(seen_again[0], face) for face in faces]
        assert int(np.argmin(distances)) == number
        assert distances[number] < 0.6


def test_dlibs_own_network_gives_the_same_embedding(engine: FaceEngine, hopper: bytes) -> None:
    (by_dlib,) = FaceEngine(embedder="dlib").read(hopper)
    (by_onnx,) = engine.read(hopper)
    assert np.linalg.norm(by_dlib.embedding - by_onnx.embedding) < 1e-4
