"""startwin.face.turn: what is turned comes back to where it was."""

import numpy as np
import pytest

from startwin.face.turn import box_turned_back, turned, turned_back


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_points_and_boxes_come_back(turn: int) -> None:
    picture = np.zeros((40, 60, 3), dtype=np.uint8)
    picture[5:15, 20:24] = 255
    standing = turned(picture, turn)
    ys, xs = np.nonzero(standing[:, :, 0])
    box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    assert box_turned_back(box, turn, picture.shape) == (20, 5, 24, 15)
    corner = np.array([box[:2]], dtype=np.float32)
    back = turned_back(corner, turn, picture.shape)
    there = turned_back(back, -turn, standing.shape)
    np.testing.assert_array_equal(there, corner)


def test_a_quarter_turn_is_counter_clockwise() -> None:
    picture = np.zeros((2, 3, 3), dtype=np.uint8)
    picture[0, 2] = 255  # top right
    assert turned(picture, 1)[0, 0, 0] == 255  # top left
