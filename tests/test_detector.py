"""startwin.face.detector: coarse to fine, and no finer than need be."""

import numpy as np
import pytest
from PIL import Image

from startwin.face.detector import LEVELS, Detector
from startwin.face.photo import Picture
from tests.conftest import PHOTOS

FACE = (180, 139, 366, 325)
"""Grace Hopper's, in her photo of 512×600."""


class Counting(Detector):
    """Notes which levels are searched."""

    def __init__(self) -> None:
        super().__init__()
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
def test_faces_of_all_sizes_are_found_where_they_are(height: int) -> None:
    (face,) = Detector().find(hopper_in_a_scene((1280, 960), height, (200, 5)))
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


def test_weak_face_that_is_seen_twice_in_a_row_is_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("startwin.face.detector.CONVINCING", 99)
    detector = Counting()
    assert detector.find(hopper_in_a_scene((1280, 960), 950, (0, 0)))
    assert detector.searched == list(LEVELS[:2])


def test_doubtful_company_is_left_out() -> None:
    """A patch of the astronaut's suit looks a little like a face."""
    (face,) = Detector().find(np.asarray(Image.open(PHOTOS / "Eileen Collins.jpg")))
    assert face.box[1] < 150


def test_without_a_face_each_level_is_searched_once() -> None:
    detector = Counting()
    assert detector.find(np.full((960, 1280, 3), 90, dtype=np.uint8)) == []
    assert detector.searched == list(LEVELS)


@pytest.mark.parametrize(("side", "levels"), [(200, 2), (640, 3), (16, 2)])
def test_small_picture_is_not_searched_twice_at_its_own_size(side: int, levels: int) -> None:
    detector = Counting()
    assert detector.find(np.full((side, side // 2, 3), 90, dtype=np.uint8)) == []
    assert len(set(detector.searched)) == len(detector.searched) == levels


def test_company_of_nearly_the_same_size_is_seen() -> None:
    """Obama's face is a little too small for the level at which Hopper's is found."""
    hopper = Image.open(PHOTOS / "Grace Hopper.jpg").convert("RGB")
    obama = Image.open(PHOTOS / "Barack Obama.jpg").resize((560, 700))
    scene = Image.new("RGB", (1072, 700), "grey")
    scene.paste(obama, (0, 0))
    scene.paste(hopper, (560, 0))
    faces = Detector().find(np.asarray(scene))
    assert len(faces) == 2
    assert faces[0].side > faces[1].side
