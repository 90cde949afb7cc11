"""A photo's faces: detector, landmarks, chip, embedding."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from startwin.face import models, resnet
from startwin.face.photo import MAX_PIXELS, Picture, decode
from startwin.face.resnet import CHIP_PADDING, CHIP_SIDE, Embedding

DETECTION_SIDE = 1280
"""The detector sees the photo no larger than this: Telegram's own largest size."""

UPSAMPLE = 1
"""The detector finds faces of 80 px and more; doubling the picture halves that."""

RECIPE = {
    "detector": f"dlib HOG, grey, {DETECTION_SIDE} px, upsample {UPSAMPLE}",
    "embedder": f"{models.RESNET.name} {models.RESNET.sha256[:8]}",
    "landmarks": f"{models.LANDMARKS.name} {models.LANDMARKS.sha256[:8]}",
    "chip": f"{CHIP_SIDE} px, padding {CHIP_PADDING}",
}
"""What an embedding depends on: embeddings are comparable when their recipes are equal."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face in a photo.

    Attributes:
        box: left, top, right, bottom in pixels of the upright photo; may reach beyond its edges.
        score: the detector's confidence; above 0, and about 1 to 3 for clear faces.
        landmarks: (5, 2) float32, x and y in pixels: the outer and inner corner of the eye on
            the picture's right, the same of the one on its left, and the point below the nose.
        embedding: (128,) float32.
    """

    box: tuple[int, int, int, int]
    score: float
    landmarks: NDArray[np.float32]
    embedding: Embedding


class FaceEngine:
    """Reads faces in photos. Loads its models when made.

    Args:
        max_pixels: larger photos are refused.
        embedder: which engine computes the embeddings; see `resnet.load`.
        data_dir: where converted models are kept.

    Raises:
        ModelError: a model file is missing or damaged.
    """

    def __init__(
        self,
        max_pixels: int = MAX_PIXELS,
        embedder: resnet.EngineName = "onnx",
        data_dir: Path = Path("data"),
    ) -> None:
        self.max_pixels = max_pixels
        self._detector = dlib.get_frontal_face_detector()
        self._predictor = dlib.shape_predictor(str(models.LANDMARKS.path()))
        self._resnet = resnet.load(embedder, data_dir)

    def read(self, photo: bytes, jitters: int = 0) -> list[Face]:
        """The faces of a photo, the main one first; empty if there is none.

        Args:
            photo: the bytes of a picture file.
            jitters: see `ResNet.embed`.

        Raises:
            BadPhoto: the bytes are no usable picture.
        """
        return self.faces(decode(photo, self.max_pixels), jitters)

    def faces(self, picture: Picture, jitters: int = 0) -> list[Face]:
        """As `read`, for a picture that is decoded already."""
        found = list(self._detections(picture))
        found.sort(key=lambda hit: _prominence(hit[0], hit[1], picture.shape), reverse=True)
        faces = []
        for box, score in found:
            landmarks = _points(self._predictor(picture, box))
            embedding = self.embed(picture, landmarks, jitters)
            faces.append(Face(_corners(box), score, landmarks, embedding))
        return faces

    def embed(
        self, picture: Picture, landmarks: NDArray[np.float32], jitters: int = 0
    ) -> Embedding:
        """The embedding of one face, by its landmarks; (128,) float32."""
        points = [dlib.point(round(float(x)), round(float(y))) for x, y in landmarks]
        shape = dlib.full_object_detection(dlib.rectangle(), points)
        chip = dlib.get_face_chip(picture, shape, CHIP_SIDE, CHIP_PADDING)
        return self._resnet.embed([chip], jitters)[0]

    def _detections(self, picture: Picture) -> Iterable[tuple[Any, float]]:
        height, width = picture.shape[:2]
        scale = max(1.0, max(height, width) / DETECTION_SIDE)
        grey = Image.fromarray(picture).convert("L")
        if scale > 1:
            grey = grey.resize(
                (max(1, round(width / scale)), max(1, round(height / scale))),
                Image.Resampling.BILINEAR,
                reducing_gap=2.0,
            )
        boxes, scores, _ = self._detector.run(np.asarray(grey), UPSAMPLE, 0.0)
        for box, score in zip(boxes, scores, strict=True):
            yield dlib.rectangle(*(round(edge * scale) for edge in _corners(box))), float(score)


def _prominence(box: Any, score: float, shape: tuple[int, ...]) -> float:
    """How much a face is the one that the photo is about: large, central, and surely a face.

    The area counts up to half less towards the corners, and less for detections whose score
    is below 1, among which the detector's false alarms are.
    """
    height, width = shape[:2]
    centre = box.center()
    off_centre = np.hypot(centre.x / width - 0.5, centre.y / height - 0.5) / np.hypot(0.5, 0.5)
    return float(box.area() * (1 - 0.5 * off_centre) * np.clip(score, 0.1, 1.0))


def _corners(box: Any) -> tuple[int, int, int, int]:
    return box.left(), box.top(), box.right(), box.bottom()


def _points(shape: Any) -> NDArray[np.float32]:
    return np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float32)
