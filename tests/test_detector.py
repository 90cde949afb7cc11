"""startwin.face.detector: coarse to fine, and no finer than need be."""

import dlib
import numpy as np
import pytest
from PIL import Image

from startwin.face import detector as detectors
from startwin.face.detector import LAST_ATTEMPTS, LEVELS, Detector
from startwin.face.landmarks import Predictor
from startwin.face.photo import Picture
from startwin.face.turn import box_turned_back
from tests.conftest import PHOTOS

FACE = (180, 139, 366, 325)
"""Grace Hopper's, in her photo of 512×600."""


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor()


class Counting(Detector):
    """Notes which levels are searched."""

    def __init__(self) -> None:
        super().__init__(Predictor())
        self.searched: list[tuple[int, int]] = []

    def _search(self, grey, side, upsample):  # type: ignore[no-untyped-def]
        self.searched.append((side, upsample))
        return super()._search(grey, side, upsample)


def hopper_in_a_scene(size: tuple[int, int], height: int, at: tuple[int, int]) -> Picture:
    portrait = Image.open(PHOTOS / "Grace Hopper.jpg").convert("RGB")
    scene = Image.new("RGB", size, "grey")
    scene.paste(portrait.resize((round(512 * height / 600), height)), at)
    return np.asarray(scene)


@pytest.mark.parametrize("height", [160, 250, 400, 700, 950])
def test_faces_of_all_sizes_are_found_where_they_are(height: int, predictor: Predictor) -> None:
    (face,) = Detector(predictor).find(hopper_in_a_scene((1280, 960), height, (200, 5)))
    expected = np.array(FACE) * height / 600 + [200, 5, 200, 5]
    assert np.abs(np.array(face.box) - expected).max() < 0.25 * face.side
    assert face.score > 0


def test_large_face_ends_the_search_at_the_first_level() -> None:
    detector = Counting()
    assert detector.find(hopper_in_a_scene((1280, 960), 1500, (-50, -250)))
    assert detector.searched == [LEVELS[0]]


def test_small_face_takes_finer_levels() -> None:
    detector = Counting()
    assert detector.find(hopper_in_a_scene((1280, 960), 200, (0, 0)))
    assert len(detector.searched) > 2


def test_doubtful_face_that_stands_a_second_look_ends_the_search_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(detectors, "CONVINCING", 2.0)
    detector = Counting()
    (face,) = detector.find(hopper_in_a_scene((1280, 960), 950, (0, 0)))
    assert face.score < 2 < face.confidence
    assert detector.searched == [LEVELS[0]]


def test_what_is_no_face_does_not_stand_a_second_look(predictor: Predictor) -> None:
    """A patch of the astronaut's suit looks a little like a face to the detector."""
    astronaut = Image.open(PHOTOS / "Eileen Collins.jpg")
    assert len(dlib.get_frontal_face_detector()(np.asarray(astronaut), 1)) == 2
    (face,) = Detector(predictor).find(np.asarray(astronaut))
    assert face.box[1] < 150


def test_faint_face_is_found_by_a_second_look(predictor: Predictor) -> None:
    """So strongly tilted that the detector by itself sees nothing."""
    hopper = Image.open(PHOTOS / "Grace Hopper.jpg").convert("RGB")
    tilted = hopper.rotate(-53, Image.Resampling.BICUBIC, expand=True, fillcolor="grey")
    assert not dlib.get_frontal_face_detector()(np.asarray(tilted), 1)
    (face,) = Detector(predictor).find(np.asarray(tilted))
    assert face.score < 0 <= face.confidence
    assert face.turn == 0


@pytest.mark.parametrize("turn", [1, 2, 3])
@pytest.mark.parametrize("height", [300, 700])
def test_face_on_its_side_is_found_where_it_is(
    turn: int, height: int, predictor: Predictor
) -> None:
    upright = hopper_in_a_scene((1280, 960), height, (200, 5))
    lying = np.ascontiguousarray(np.rot90(upright, turn))
    (face,) = Detector(predictor).find(lying)
    assert face.turn == 4 - turn
    (standing,) = Detector(predictor).find(upright)
    expected = box_turned_back(standing.box, 4 - turn, lying.shape)
    assert np.abs(np.subtract(face.box, expected)).max() < 0.3 * face.side


def test_dark_and_noisy_face_is_found_when_the_picture_is_calmed(predictor: Predictor) -> None:
    noise = np.random.default_rng(4).normal(0, 22, (960, 1280, 3))
    scene = hopper_in_a_scene((1280, 960), 500, (300, 100)) * 0.12 + 40 + noise
    dark = scene.clip(0, 255).astype(np.uint8)
    assert not dlib.get_frontal_face_detector()(dark, 1)
    (face,) = Detector(predictor).find(dark)
    assert np.abs(np.array(face.box) - np.array(FACE) * 500 / 600 - [300, 100, 300, 100]).max() < 60


def test_more_faces_than_second_looks(predictor: Predictor) -> None:
    hopper = Image.open(PHOTOS / "Grace Hopper.jpg").convert("RGB").resize((205, 240))
    group = Image.new("RGB", (1280, 960), "grey")
    for n in range(12):
        group.paste(hopper, (50 + 300 * (n % 4), 60 + 300 * (n // 4)))
    assert len(Detector(predictor).find(np.asarray(group))) == 12


def test_without_a_face_each_level_and_attempt_is_searched_once() -> None:
    detector = Counting()
    assert detector.find(np.full((960, 1280, 3), 90, dtype=np.uint8)) == []
    assert detector.searched == [*LEVELS, *((side, 0) for _, side in LAST_ATTEMPTS)]


@pytest.mark.parametrize(("side", "levels"), [(200, 2), (640, 3), (16, 2)])
def test_small_picture_is_not_searched_twice_at_its_own_size(side: int, levels: int) -> None:
    detector = Counting()
    assert detector.find(np.full((side, side // 2, 3), 90, dtype=np.uint8)) == []
    upright = detector.searched[: -len(LAST_ATTEMPTS)]
    assert len(set(upright)) == len(upright) == levels


def test_company_of_nearly_the_same_size_is_seen(predictor: Predictor) -> None:
    """Obama's face is a little too small for the level at which Hopper's is found."""
    hopper = Image.open(PHOTOS / "Grace Hopper.jpg").convert("RGB")
    obama = Image.open(PHOTOS / "Barack Obama.jpg").resize((560, 700))
    scene = Image.new("RGB", (1072, 700), "grey")
    scene.paste(obama, (0, 0))
    scene.paste(hopper, (560, 0))
    faces = Detector(predictor).find(np.asarray(scene))
    assert len(faces) == 2
    assert faces[0].side > faces[1].side
