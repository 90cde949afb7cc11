"""Pictures that lie on their side, and where things are in them when they stand."""

import numpy as np
from numpy.typing import NDArray

from startwin.face.photo import Picture

Turn = int
"""Quarter turns counter-clockwise: 0 to 3."""


Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; may reach beyond the picture's edges."""


def turned(picture: Picture, turn: Turn) -> Picture:
    """A picture after so many quarter turns."""
    return np.ascontiguousarray(np.rot90(picture, turn))


def turned_back(
    points: NDArray[np.float32], turn: Turn, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Where points of a turned picture are in the picture as it was.

    Args:
        points: (n, 2), x and y in the turned picture; whole numbers are the pixels' middles.
        turn: how it was turned.
        shape: height, width (and more) of the picture as it was.
    """
    height, width = shape[:2]
    x, y = points[:, 0], points[:, 1]
    last_x, last_y = width - 1, height - 1
    back = {0: (x, y), 1: (last_x - y, x), 2: (last_x - x, last_y - y), 3: (y, last_y - x)}
    return np.stack(back[turn % 4], axis=1)


def box_turned_back(box: Box, turn: Turn, shape: tuple[int, ...]) -> Box:
    """Where a box in a turned picture is in the picture as it was; see `turned_back`."""
    edges = np.array([box[:2], box[2:]], dtype=np.float32) - 0.5  # lie between two pixels
    corners = turned_back(edges, turn, shape) + 0.5
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return int(left), int(top), int(right), int(bottom)
