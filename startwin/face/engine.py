"""A photo's faces: detector, landmarks, chip, embedding."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from startwin.face import models, resnet
from startwin.face.detector import CONVINCING, LAST_ATTEMPTS, LEVELS, Detection, Detector
from startwin.face.embedder import SMOOTHING, Embedder
from startwin.face.landmarks import Landmarks, Predictor, chip
from startwin.face.photo import LARGE_ENOUGH, MAX_PIXELS, Picture, decode, reduction
from startwin.face.resnet import CHIP_PADDING, CHIP_SIDE, Embedding

RECIPE = {
    "photo": f"JPEG no smaller than {LARGE_ENOUGH}",
    "detector": f"dlib HOG, grey, levels {LEVELS}, {LAST_ATTEMPTS}, convincing {CONVINCING}",
    "embedder": f"{models.RESNET.name} {models.RESNET.sha256[:8]}",
    "landmarks": f"{models.LANDMARKS.name} {models.LANDMARKS.sha256[:8]}",
    "chip": f"{CHIP_SIDE} px, padding {CHIP_PADDING}",
    "views": f"blurred by {SMOOTHING}, with the mirror image",
}
"""What an embedding depends on: embeddings are comparable when their recipes are equal."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face in a photo.

    Attributes:
        box: left, top, right, bottom in pixels of the upright photo; may reach beyond its edges.
        score: the detector's; about 1 to 3 for clear faces, below 0.5 for doubtful ones, which a
            second look has confirmed.
        landmarks: (5, 2) float32; see `startwin.face.landmarks.Landmarks`.
        embedding: (128,) float32.
    """

    box: tuple[int, int, int, int]
    score: float
    landmarks: Landmarks
    embedding: Embedding

    def enlarged(self, factor: float) -> "Face":
        """The same face in the same picture at so many times its size."""
        if factor == 1:
            return self
        left, top, right, bottom = (round(factor * edge) for edge in self.box)
        return replace(
            self, box=(left, top, right, bottom), landmarks=self.landmarks * np.float32(factor)
        )


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
        self._predictor = Predictor()
        self._detector = Detector(self._predictor)
        self._embedder = Embedder(resnet.load(embedder, data_dir))

    def read(self, photo: bytes, jitters: int = 0) -> list[Face]:
        """The faces of a photo, the main one first; empty if there is none.

        Args:
            photo: the bytes of a picture file.
            jitters: see `Embedder.embed`.

        Raises:
            BadPhoto: the bytes are no usable picture.
        """
        picture = decode(photo, self.max_pixels)
        factor = reduction(photo, picture)
        return [face.enlarged(factor) for face in self.faces(picture, jitters)]

    def faces(self, picture: Picture, jitters: int = 0) -> list[Face]:
        """As `read`, for a picture that is decoded already."""
        faces = []
        for found in self.detect(picture):
            landmarks = self.landmarks(picture, found)
            embedding = self.embed(picture, landmarks, jitters)
            faces.append(Face(found.box, found.score, landmarks, embedding))
        return faces

    def detect(self, picture: Picture) -> list[Detection]:
        """Where the faces are, the main one first."""
        return self._detector.find(picture)

    def landmarks(self, picture: Picture, found: Detection) -> Landmarks:
        """The landmarks of one face."""
        return self._predictor.find(picture, found.box, found.turn)

    def embed(self, picture: Picture, landmarks: Landmarks, jitters: int = 0) -> Embedding:
        """The embedding of one face, by its landmarks; (128,) float32."""
        face = chip(picture, landmarks, CHIP_SIDE, CHIP_PADDING)
        return self._embedder.embed(face, jitters)
