"""startwin.face.landmarks: where eyes and nose are, and whether they can be."""

import numpy as np
import pytest
from PIL import Image

from startwin.face.landmarks import Landmarks, Predictor, are_plausible, chip
from startwin.face.photo import Picture
from startwin.face.turn import box_turned_back, turned
from tests.conftest import PHOTOS

BOX = (180, 139, 366, 325)
"""Grace Hopper's."""


@pytest.fixture(scope="module")
def hopper() -> Picture:
    return np.asarray(Image.open(PHOTOS / "Grace Hopper.jpg").convert("RGB"))


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor()


@pytest.fixture(scope="module")
def landmarks(predictor: Predictor, hopper: Picture) -> Landmarks:
    return predictor.find(hopper, BOX)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_the_same_points_in_a_picture_that_lies(
    turn: int,
    predictor: Predictor,
    landmarks: Landmarks,
    hopper: Picture,
) -> None:
    lying = turned(hopper, turn)
    box = box_turned_back(BOX, -turn, lying.shape)
    found = predictor.find(lying, box, turn=(4 - turn) % 4)
    assert are_plausible(found, box)
    upright = chip(hopper, landmarks, 150, 0.25).astype(float)
    assert np.abs(chip(lying, found, 150, 0.25) - upright).mean() < 5


def test_a_chip_is_of_the_size_asked_for(landmarks: Landmarks, hopper: Picture) -> None:
    assert chip(hopper, landmarks, 200, 0.6).shape == (200, 200, 3)


def test_a_face_is_plausible(landmarks: Landmarks) -> None:
    assert are_plausible(landmarks, BOX)


@pytest.mark.parametrize(
    ("nose", "box"),
    [
        (-1, BOX),  # the nose above the eyes
        (3, BOX),  # far below
        (0.2, BOX),  # between them
        (1, (0, 0, 600, 600)),  # the eyes too close together
        (1, (0, 0, 90, 90)),  # too far apart
    ],
)
def test_what_no_face_looks_like_is_not(
    nose: float, box: tuple[int, int, int, int], landmarks: Landmarks
) -> None:
    moved = landmarks.copy()
    eyes = landmarks[:4].mean(axis=0)
    moved[4, 1] = eyes[1] + (landmarks[4, 1] - eyes[1]) * nose
    assert not are_plausible(moved, box)
