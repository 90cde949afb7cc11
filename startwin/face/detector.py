"""Where the faces are in a picture, the main one first.

dlib's frontal face detector is run over copies of the picture, coarse to fine, until the main face
is beyond doubt. If there is none at the end, the faint sightings get a second look; then the
picture is calmed, against darkness and noise, and laid on its sides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import hypot, inf

import dlib
import numpy as np
from PIL import Image, ImageFilter, ImageOps

from startwin.face import models
from startwin.face.landmarks import Predictor, are_plausible, chip
from startwin.face.photo import Picture
from startwin.face.turn import Box, Turn, box_turned_back

LEVELS = ((400, 0), (640, 0), (1280, 0), (1280, 1))
"""Coarse to fine: the longer side of the copy that is searched, and how often it is doubled.

The detector finds faces of 80 pixels and more; the finer the copy, the smaller the faces, and the
longer it takes: by the square of the side. Most photos end at the first level."""

LAST_ATTEMPTS = ((0, 960), (1, 960), (3, 960), (2, 960))
"""Where no face was found: quarter turns of the calmed picture, and the copy's longer side."""

CALM = 1.5
"""Standard deviation of the blur, in pixels of a copy of 1280, against noise."""

FAINT = -0.5
"""The detector's score from which on a sighting is worth a second look."""

CONVINCING = 0.5
"""From this confidence on a face is beyond doubt; false alarms do not score as much."""

BESIDE = 0.4
"""The confidence that a face beside the main one must have; 0 is enough for the main one."""

LOOKS = 8
"""Second looks at one level's sightings at most; each takes two thirds of the first level."""

COMFORTABLE = 80
"""Pixels of a copy. A smaller main face may have company that is too small for this level."""

SECOND_LOOK_SIDE, SECOND_LOOK_PADDING = 200, 0.6
"""The chip of a second look, in pixels, with air as the detector is used to."""

SAME_PLACE = 0.5
"""The share of the smaller of two boxes of one face that lies within the other."""


@dataclass(frozen=True)
class Detection:
    """A face that was found.

    Attributes:
        box: left, top, right, bottom in pixels of the picture; may reach beyond its edges.
        score: the detector's; 0 and more is a face by its own lights, about 1 to 3 a clear one.
        turn: how the picture had to be turned for it to stand upright.
        confidence: the score, and where that leaves doubts the second look's added to it.
    """

    box: Box
    score: float
    turn: Turn = 0
    confidence: float = -inf

    @property
    def side(self) -> int:
        """The box's width in pixels; boxes are square."""
        return self.box[2] - self.box[0]


class Detector:
    """Finds faces by histograms of oriented gradients in a sliding window.

    Raises:
        ModelError: the model file is missing or damaged.
    """

    def __init__(self, predictor: Predictor) -> None:
        # get_frontal_face_detector() has the same one, and takes 0.7 s to unpack it.
        self._detector = dlib.fhog_object_detector(str(models.DETECTOR.path()))
        self._predictor = predictor

    def find(self, picture: Picture) -> list[Detection]:
        """The faces of a picture, the main one first; empty if there are none.

        Where the main face is large, faces less than about 0.8 times its size may be left out.
        """
        grey = Image.fromarray(picture).convert("L")
        faces, faint = self._coarse_to_fine(picture, grey)
        if not faces:
            faces = self._believed(picture, faint)
        if not faces:
            faces = self._last_attempts(picture, grey)
        faces = _main_first(faces, picture.shape)
        return faces[:1] + [face for face in faces[1:] if face.confidence >= BESIDE]

    def _coarse_to_fine(
        self, picture: Picture, grey: Image.Image
    ) -> tuple[list[Detection], list[Detection]]:
        """The faces, and the sightings that may be faces as well."""
        faces: list[Detection] = []
        faint: list[Detection] = []
        for side, upsample in _levels(max(grey.size)):
            sightings = self._search(grey, side, upsample)
            faces = _apart(
                [*faces, *self._believed(picture, [s for s in sightings if s.score >= 0])]
            )
            faint += [sighting for sighting in sightings if sighting.score < 0]
            if faces:
                main = _main_first(faces, picture.shape)[0]
                enlargement = side / max(grey.size) * 2**upsample
                if main.confidence >= CONVINCING and main.side * enlargement >= COMFORTABLE:
                    break
        return faces, faint

    def _last_attempts(self, picture: Picture, grey: Image.Image) -> list[Detection]:
        radius = CALM * max(grey.size) / LEVELS[-1][0]
        calm = ImageOps.autocontrast(grey.filter(ImageFilter.GaussianBlur(radius)), cutoff=1)
        calm_picture = np.asarray(calm.convert("RGB"))
        for turn, side in LAST_ATTEMPTS:
            standing = calm.rotate(90 * turn, expand=True)
            found = self._search(standing, min(side, max(grey.size)), 0)
            sightings = [
                replace(each, box=box_turned_back(each.box, turn, picture.shape), turn=turn)
                for each in found
            ]
            if faces := self._believed(calm_picture, sightings):
                return faces
        return []

    def _search(self, grey: Image.Image, side: int, upsample: int) -> list[Detection]:
        scale = max(grey.size) / side
        if scale > 1:
            size = (max(1, round(grey.width / scale)), max(1, round(grey.height / scale)))
            grey = grey.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0)
        boxes, scores, _ = self._detector.run(np.asarray(grey), upsample, FAINT)
        edges = [(box.left(), box.top(), box.right(), box.bottom()) for box in boxes]
        return [
            Detection((round(a * scale), round(b * scale), round(c * scale), round(d * scale)), s)
            for (a, b, c, d), s in zip(edges, scores, strict=True)
        ]

    def _believed(self, picture: Picture, sightings: Iterable[Detection]) -> list[Detection]:
        """Those that are faces, after a second look where the first one leaves doubts."""
        surest = sorted(sightings, key=lambda sighting: sighting.score, reverse=True)
        sure = [replace(each, confidence=each.score) for each in surest if each.score >= CONVINCING]
        doubtful = [each for each in surest if each.score < CONVINCING][:LOOKS]
        looked = [
            replace(each, confidence=each.score + self._second_look(picture, each))
            for each in doubtful
        ]
        return _apart([*sure, *(each for each in looked if each.confidence >= 0)])

    def _second_look(self, picture: Picture, sighting: Detection) -> float:
        """The detector's score for the face when it is turned upright by its landmarks.

        A face gains by that. What is none has landmarks as chance has it, and the chip that they
        make shows even less of a face.
        """
        landmarks = self._predictor.find(picture, sighting.box, sighting.turn)
        if not are_plausible(landmarks, sighting.box):
            return -inf
        upright = chip(picture, landmarks, SECOND_LOOK_SIDE, SECOND_LOOK_PADDING)
        grey = np.asarray(Image.fromarray(upright).convert("L"))
        boxes, scores, _ = self._detector.run(grey, 0, 2 * FAINT)
        centres = [dlib.center(box) for box in boxes]
        middle = SECOND_LOOK_SIDE / 2
        off = [hypot(centre.x - middle, centre.y - middle) for centre in centres]
        centred = [score for score, away in zip(scores, off, strict=True) if away < middle * 0.4]
        return float(max(centred, default=-inf))


def _levels(longer_side: int) -> list[tuple[int, int]]:
    """The levels for a picture; those that a small one has no pixels for fall together."""
    return list(dict.fromkeys((min(side, longer_side), upsample) for side, upsample in LEVELS))


def _apart(faces: Iterable[Detection]) -> list[Detection]:
    """Each face once, by its surest sighting."""
    kept: list[Detection] = []
    for face in sorted(faces, key=lambda face: face.confidence, reverse=True):
        if all(_shared(face.box, other.box) < SAME_PLACE for other in kept):
            kept.append(face)
    return kept


def _shared(one: Box, other: Box) -> float:
    """The share of the smaller box that lies within the other."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(width, 0) * max(height, 0) / smaller


def _main_first(faces: list[Detection], shape: tuple[int, ...]) -> list[Detection]:
    return sorted(faces, key=lambda face: _prominence(face, shape), reverse=True)


def _prominence(face: Detection, shape: tuple[int, ...]) -> float:
    """How much a face is the one that the photo is about: large, central, and surely a face.

    The area counts up to half less towards the corners, and less for a confidence below 1, among
    which the detector's false alarms are.
    """
    height, width = shape[:2]
    left, top, right, bottom = face.box
    off_centre = hypot((left + right) / 2 / width - 0.5, (top + bottom) / 2 / height - 0.5)
    area = (right - left) * (bottom - top)
    return area * (1 - 0.5 * off_centre / hypot(0.5, 0.5)) * min(max(face.confidence, 0.1), 1.0)
