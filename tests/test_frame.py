"""startwin.face.frame: faces upright, the eyes at their place."""

import io

import numpy as np
import pytest
from PIL import Image

from startwin.face import FaceEngine
from startwin.face.frame import EYES_APART, EYES_AT, HEIGHT, SEAM, WIDTH, Eyes, eyes_of, framed
from startwin.face.photo import Picture, decode
from tests.conftest import PHOTOS, encoded

LEFT = (WIDTH * (EYES_AT[0] - EYES_APART / 2), HEIGHT * EYES_AT[1])
RIGHT = (WIDTH * (EYES_AT[0] + EYES_APART / 2), HEIGHT * EYES_AT[1])


def marked(size: int, eyes: Eyes) -> Picture:
    """A grey picture with a red left and a green right eye."""
    picture = np.full((size, size, 3), 128, dtype=np.uint8)
    for (x, y), colour in zip(eyes, ((255, 0, 0), (0, 255, 0)), strict=True):
        radius = max(2, size // 60)
        picture[int(y) - radius : int(y) + radius, int(x) - radius : int(x) + radius] = colour
    return picture


def centre(frame: Picture, channel: int) -> tuple[float, float]:
    other = frame[..., 1 - channel].astype(int)
    rows, columns = np.nonzero(frame[..., channel].astype(int) - other > 100)
    return float(columns.mean()), float(rows.mean())


@pytest.mark.parametrize("size", [120, 600, 4000])
@pytest.mark.parametrize("turn", [0, 25, 90, 180, -100])
def test_eyes_come_to_their_place_whatever_the_size_and_the_tilt(size: int, turn: float) -> None:
    way = np.radians(turn)
    across = np.array([np.cos(way), np.sin(way)]) * size / 8
    middle = np.array([0.5, 0.45]) * size
    left, right = middle - across, middle + across
    eyes = Eyes((float(left[0]), float(left[1])), (float(right[0]), float(right[1])))
    frame = framed(marked(size, eyes), eyes)
    assert frame.shape == (HEIGHT, WIDTH, 3)
    assert frame.dtype == np.uint8
    assert centre(frame, 0) == pytest.approx(LEFT, abs=4)
    assert centre(frame, 1) == pytest.approx(RIGHT, abs=4)


@pytest.mark.parametrize("turn", [0, 30, 90])
def test_real_face_stands_upright(turn: int, engine: FaceEngine) -> None:
    image = Image.open(PHOTOS / "Barack Obama.jpg").rotate(turn, expand=True)
    picture = decode(encoded(image))
    frame = framed(picture, eyes_of(engine.landmarks(picture, engine.detect(picture)[0])))
    again = engine.detect(frame)[0]
    eyes = eyes_of(engine.landmarks(frame, again))
    assert eyes.left == pytest.approx(LEFT, abs=12)
    assert eyes.right == pytest.approx(RIGHT, abs=12)


def test_beyond_the_edge_there_is_haze_of_what_is_next_to_it() -> None:
    picture = np.zeros((200, 200, 3), dtype=np.uint8)
    picture[:, :100] = (200, 40, 40)
    picture[:, 100:] = (40, 40, 200)
    frame = framed(picture, Eyes((30, 20), (90, 20))).astype(int)
    assert abs(frame[5, 5] - (200, 40, 40)).max() < 20
    assert abs(frame[5, -5] - (40, 40, 200)).max() < 20
    assert len(np.unique(frame[5].reshape(-1, 3), axis=0)) > 20  # no hard edge in the haze


def test_seam_is_where_the_picture_ends_within_the_frame_alone() -> None:
    columns = np.where(np.arange(WIDTH) // 4 % 2, 200, 120).astype(np.uint8)
    picture = np.repeat(np.tile(columns, (HEIGHT, 1))[..., None], 3, axis=2)
    missing = 100  # of the frame's columns; above and below, picture and frame end together
    middle = WIDTH / 2 - missing
    half = EYES_APART * WIDTH / 2
    eyes = Eyes((middle - half, HEIGHT * EYES_AT[1]), (middle + half, HEIGHT * EYES_AT[1]))
    frame = framed(picture, eyes).astype(int)
    sharp = picture[:, 2 * SEAM : -missing].astype(int)
    assert abs(frame[:, missing + 2 * SEAM :] - sharp).max() <= 1
    assert frame.min() >= 119  # nothing black is mixed in at the edge
    assert np.ptp(frame[:, : missing + SEAM // 2], axis=0).max() <= 1
    assert np.ptp(frame[0, : missing + SEAM // 2]) < 40  # stripes that have become haze


@pytest.mark.parametrize(
    "eyes", [Eyes((-500, -500), (-400, -500)), Eyes((10, 10), (11, 10)), Eyes((0, 0), (9e5, 3))]
)
def test_odd_eyes_make_some_frame(eyes: Eyes) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (90, 70, 3), dtype=np.uint8)
    assert framed(picture, eyes).shape == (HEIGHT, WIDTH, 3)


def test_eyes_move_with_the_part_of_the_picture() -> None:
    assert Eyes((10, 20), (30, 20)).moved(5, 10, 2) == Eyes((10, 20), (50, 20))


def test_frame_is_a_picture_that_can_be_written() -> None:
    frame = framed(np.zeros((300, 300, 3), dtype=np.uint8), Eyes((100, 100), (200, 100)))
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "JPEG")
    assert file.getvalue()


@pytest.mark.parametrize(("grey", "shown"), [(200, 200), (150, 150), (70, 140), (10, 50), (0, 0)])
def test_dark_pictures_are_lightened_within_reason(grey: int, shown: int) -> None:
    picture = np.full((300, 300, 3), grey, dtype=np.uint8)
    frame = framed(picture, Eyes((100, 100), (200, 100)))
    assert abs(frame.astype(int) - shown).max() <= 1
