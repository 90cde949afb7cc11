"""Which photos are good enough for the gallery, and why the others are not."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image, ImageFilter

from startwin.face.detector import Detection
from startwin.face.landmarks import Chip, Landmarks
from startwin.gates import Gates

FACE = slice(30, 130), slice(25, 125)
"""The rows and columns of a chip of 150 pixels that show skin, whatever the hair is like."""

FINEST = 1.0
"""Standard deviation in pixels of the blur that takes the finest detail off a chip."""


class Reason(StrEnum):
    """Why a photo is rejected, in the order in which it is asked."""

    UNREADABLE = "not readable"
    TOO_SMALL = "too small"
    NO_FACE = "no face"
    SEVERAL_FACES = "several faces"
    EYES_TOO_CLOSE = "face too small"
    TILTED = "head tilted"
    TURNED = "head turned"
    TOO_DARK = "too dark"
    TOO_BRIGHT = "too bright"
    FLAT = "too little contrast"
    BLURRED = "blurred"


@dataclass(frozen=True)
class Rejection:
    """Why a photo will not be used.

    Attributes:
        reason: the first one.
        detail: the measure, or what the decoder said.
    """

    reason: Reason
    detail: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


@dataclass(frozen=True)
class FaceQuality:
    """How well a face can be seen.

    Attributes:
        rival: the second face's width in widths of this one; 0 if it is alone.
        eyes: the distance between the eyes' middles, in pixels.
        roll: 0 to 180 degrees by which the line of the eyes is off the horizontal.
        yaw: how far the nose is off the middle between the eyes, along their line and in distances
            between them: 0 from in front. Not an angle: the landmarks know no depth.
        brightness: the chip's mean grey, 0 to 255.
        contrast: the range of the chip's greys without the 5% at either end.
        sharpness: the standard deviation of the chip's finest detail by that of its greys.
    """

    rival: float
    eyes: float
    roll: float
    yaw: float
    brightness: float
    contrast: float
    sharpness: float


@dataclass(frozen=True)
class Quality:
    """What a photo is like.

    Attributes:
        side: its shorter side in pixels.
        face: the main one, if there is any.
    """

    side: int
    face: FaceQuality | None = None


def measured(faces: list[Detection], landmarks: Landmarks, chip: Chip) -> FaceQuality:
    """How well the main face of a photo can be seen.

    Args:
        faces: the main one first.
        landmarks: of the main one.
        chip: (150, 150, 3), of the main one.
    """
    right, left = landmarks[:2].mean(axis=0), landmarks[2:4].mean(axis=0)
    across = right - left
    apart = float(np.hypot(*across))
    nose = landmarks[4] - (left + right) / 2
    image = Image.fromarray(chip).convert("L")
    grey = np.asarray(image, dtype=np.float32)[FACE]
    blurred = image.filter(ImageFilter.GaussianBlur(FINEST))
    detail = grey - np.asarray(blurred, dtype=np.float32)[FACE]
    darkest, brightest = np.percentile(grey, [5, 95])
    return FaceQuality(
        rival=max((face.side / faces[0].side for face in faces[1:]), default=0.0),
        eyes=apart,
        roll=abs(float(np.degrees(np.arctan2(across[1], across[0])))),
        yaw=abs(float(nose @ across)) / apart**2,
        brightness=float(grey.mean()),
        contrast=float(brightest - darkest),
        sharpness=float(detail.std() / max(float(grey.std()), 1.0)),
    )


_LIMITS = (
    (Reason.SEVERAL_FACES, "rival", "gate_max_rival"),
    (Reason.EYES_TOO_CLOSE, "eyes", "gate_min_eyes"),
    (Reason.TILTED, "roll", "gate_max_roll"),
    (Reason.TURNED, "yaw", "gate_max_yaw"),
    (Reason.TOO_DARK, "brightness", "gate_min_brightness"),
    (Reason.TOO_BRIGHT, "brightness", "gate_max_brightness"),
    (Reason.FLAT, "contrast", "gate_min_contrast"),
    (Reason.BLURRED, "sharpness", "gate_min_sharpness"),
)
"""What is asked of a face, in this order: the measure, and the gate that it has to pass."""


def rejection(quality: Quality, gates: Gates) -> Rejection | None:
    """The first reason why a photo is not good enough; None if it is."""
    if quality.side < gates.gate_min_side:
        return Rejection(Reason.TOO_SMALL, _told("side", quality.side, "gate_min_side", gates))
    if quality.face is None:
        return Rejection(Reason.NO_FACE, "")
    for reason, measure, gate in _LIMITS:
        value, limit = getattr(quality.face, measure), getattr(gates, gate)
        if value > limit if gate.startswith("gate_max") else value < limit:
            return Rejection(reason, _told(measure, value, gate, gates))
    return None


def _told(measure: str, value: float, gate: str, gates: Gates) -> str:
    """Such as "yaw 0.33 (GATE_MAX_YAW 0.25)"."""
    return f"{measure} {value:.3g} ({gate.upper()} {getattr(gates, gate):g})"
