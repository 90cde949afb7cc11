"""Where the faces are in a picture, the main one first."""

from dataclasses import dataclass
from math import hypot

import dlib
import numpy as np
from PIL import Image

from startwin.face.photo import Picture

LEVELS = ((400, 0), (640, 0), (1280, 0), (1280, 1))
"""Coarse to fine: the longer side of the copy that is searched, and how often it is doubled.

The detector finds faces of 80 pixels and more; the finer the copy, the smaller the faces, and the
longer it takes: by the square of the side. Most photos end at the first level."""

CONVINCING = 0.5
"""False alarms seldom score as much. A face that is seen twice in a row convinces as well."""

DOUBTFUL = 0.2
"""Below this score a face beside the main one is taken for a false alarm."""

COMFORTABLE = 80
"""Pixels of a copy. A smaller main face may have company that is too small for this level."""


SAME_PLACE = 0.5
"""Intersection over union of two boxes of one face."""


@dataclass(frozen=True)
class Detection:
    """A face that was found.

    Attributes:
        box: left, top, right, bottom in pixels of the picture; may reach beyond its edges.
        score: the detector's confidence; above 0, and about 1 to 3 for clear faces.
    """

    box: tuple[int, int, int, int]
    score: float

    @property
    def side(self) -> int:
        """The box's width in pixels; boxes are square."""
        return self.box[2] - self.box[0]

    def is_among(self, others: list["Detection"]) -> bool:
        """Whether one of the others is in much the same place: shares half of the joint area."""
        return any(_overlap(self.box, other.box) > SAME_PLACE for other in others)


class Detector:
    """dlib's frontal face detector: histograms of oriented gradients in a sliding window."""

    def __init__(self) -> None:
        self._detector = dlib.get_frontal_face_detector()

    def find(self, picture: Picture) -> list[Detection]:
        """The faces of a picture, the main one first; empty if there are none.

        Where the main face is large, faces less than about 0.8 times its size may be left out.
        """
        grey = Image.fromarray(picture).convert("L")
        best: list[Detection] = []
        before: list[Detection] = []
        for side, upsample in _levels(max(grey.size)):
            found = self._search(grey, side, upsample)
            best = _main_first(max(best, found, key=_yield), picture.shape)
            enlargement = side / max(grey.size) * 2**upsample
            if best and best[0].side * enlargement >= COMFORTABLE:
                again = best[0].is_among(found) and best[0].is_among(before)
                if again or best[0].score >= CONVINCING:
                    break
            before = found
        return best[:1] + [face for face in best[1:] if face.score >= DOUBTFUL]

    def _search(self, grey: Image.Image, side: int, upsample: int) -> list[Detection]:
        scale = max(grey.size) / side
        if scale > 1:
            size = (max(1, round(grey.width / scale)), max(1, round(grey.height / scale)))
            grey = grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        boxes, scores, _ = self._detector.run(np.asarray(grey), upsample, 0.0)
        return [
            Detection(
                (
                    round(box.left() * scale),
                    round(box.top() * scale),
                    round(box.right() * scale),
                    round(box.bottom() * scale),
                ),
                float(score),
            )
            for box, score in zip(boxes, scores, strict=True)
        ]


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / (areas - shared)


def _levels(longer_side: int) -> list[tuple[int, int]]:
    """The levels for a picture; those that a small one has no pixels for fall together."""
    return list(dict.fromkeys((min(side, longer_side), upsample) for side, upsample in LEVELS))


def _yield(found: list[Detection]) -> tuple[int, float]:
    """By which the better of two levels is known: convincing faces, then the surest one."""
    scores = [face.score for face in found]
    return sum(score >= CONVINCING for score in scores), max(scores, default=-1.0)


def _main_first(faces: list[Detection], shape: tuple[int, ...]) -> list[Detection]:
    return sorted(faces, key=lambda face: _prominence(face, shape), reverse=True)


def _prominence(face: Detection, shape: tuple[int, ...]) -> float:
    """How much a face is the one that the photo is about: large, central, and surely a face.

    The area counts up to half less towards the corners, and less for scores below 1, among which
    the detector's false alarms are.
    """
    height, width = shape[:2]
    left, top, right, bottom = face.box
    off_centre = hypot((left + right) / 2 / width - 0.5, (top + bottom) / 2 / height - 0.5)
    area = (right - left) * (bottom - top)
    return area * (1 - 0.5 * off_centre / hypot(0.5, 0.5)) * min(max(face.score, 0.1), 1.0)
