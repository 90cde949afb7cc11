"""Eyes and nose of a face, and the upright chip that they make of it."""

import dlib
import numpy as np
from numpy.typing import NDArray

from startwin.face import models
from startwin.face.photo import Picture
from startwin.face.turn import Box, Turn, box_turned_back, turned, turned_back

Landmarks = NDArray[np.float32]
"""(5, 2), x and y in pixels: the outer and inner corner of the eye on the picture's right, the same
of the one on its left, and the point below the nose."""

Chip = NDArray[np.uint8]
"""(side, side, 3), RGB: an upright face with the eyes at their standard places."""

EYES_APART = (0.2, 0.6)
"""In widths of the detector's box. Measured on portraits that were made hard to read: 0.40 ± 0.04,
and where the detector was in doubt 0.35 ± 0.05."""

NOSE_BELOW_EYES = (0.5, 1.05)
"""In distances between the eyes, across the line through them. Measured likewise: 0.75 ± 0.07 and
0.77 ± 0.08."""


class Predictor:
    """dlib's 5-point shape predictor.

    Raises:
        ModelError: the model file is missing or damaged.
    """

    def __init__(self) -> None:
        self._predictor = dlib.shape_predictor(str(models.LANDMARKS.path()))

    def find(self, picture: Picture, box: Box, turn: Turn = 0) -> Landmarks:
        """The landmarks of the face in a box; of anything else there, something.

        Args:
            picture: where the face is.
            box: around it.
            turn: how the picture has to be turned for the face to stand upright.
        """
        standing = turned(picture, turn) if turn else picture
        box = box_turned_back(box, -turn, standing.shape)
        shape = self._predictor(standing, dlib.rectangle(*box))
        points = np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float32)
        return turned_back(points, turn, picture.shape)


def chip(picture: Picture, landmarks: Landmarks, side: int, padding: float) -> Chip:
    """Cut a face out, turned upright and scaled by its landmarks.

    Args:
        picture: where the face is.
        landmarks: of the face.
        side: of the chip, in pixels.
        padding: air around the face, as a share of its size.
    """
    points = [dlib.point(round(float(x)), round(float(y))) for x, y in landmarks]
    shape = dlib.full_object_detection(dlib.rectangle(), points)
    return np.asarray(dlib.get_face_chip(picture, shape, side, padding))


def are_plausible(landmarks: Landmarks, box: Box) -> bool:
    """Whether they lie as those of a face do: the nose below the eyes, the eyes apart."""
    right, left = landmarks[:2].mean(axis=0), landmarks[2:4].mean(axis=0)
    across = right - left
    apart = float(np.hypot(*across))
    if not EYES_APART[0] <= apart / (box[2] - box[0]) <= EYES_APART[1]:
        return False
    nose = landmarks[4] - (left + right) / 2
    below = float(across[0] * nose[1] - across[1] * nose[0]) / apart**2
    return NOSE_BELOW_EYES[0] <= below <= NOSE_BELOW_EYES[1]
