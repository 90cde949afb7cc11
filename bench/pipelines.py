"""Three ways from a photo to its faces' embeddings, timed stage by stage.

Each runs in a process of its own, so that its peak memory is its own, and reads one photo at a
time, so that the three can take turns.
"""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import dlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from startwin.face import FaceEngine, models
from startwin.face.landmarks import chip
from startwin.face.photo import decode
from startwin.face.resnet import CHIP_PADDING, CHIP_SIDE

DATA = Path("data")


@dataclass
class Reading:
    """What a pipeline made of a photo.

    Attributes:
        boxes: (left, top, right, bottom) of each face, main face first where there is an order.
        embeddings: (128,) each.
        views: chips that went into an embedding.
        seconds: by stage.
    """

    boxes: list[tuple[int, int, int, int]] = field(default_factory=list)
    embeddings: list[NDArray[np.float32]] = field(default_factory=list)
    views: int = 1
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Seconds from bytes to embeddings."""
        return sum(self.seconds.values())


class Pipeline(Protocol):
    """From a photo's bytes to its faces."""

    def read(self, photo: bytes, jitters: int = 0) -> Reading:
        """Read one photo, as a user's or, with jitters, as a celebrity's."""


class Clock:
    """Charges the time since the last call to a stage."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._last = time.perf_counter()

    def stage(self, name: str) -> None:
        """What was done since the last call was this."""
        now = time.perf_counter()
        self._reading.seconds[name] = self._reading.seconds.get(name, 0.0) + now - self._last
        self._last = now


class StarTwin:
    """This project's engine."""

    def __init__(self) -> None:
        self._engine = FaceEngine(data_dir=DATA)

    def read(self, photo: bytes, jitters: int = 0) -> Reading:
        """By the engine's own parts, in its own order."""
        reading = Reading(views=jitters if jitters > 1 else 2)  # the face and its mirror image
        clock = Clock(reading)
        picture = decode(photo)
        clock.stage("decode")
        found = self._engine.detect(picture)
        clock.stage("detect")
        for detection in found:
            landmarks = self._engine.landmarks(picture, detection)
            reading.boxes.append(detection.box)
            reading.embeddings.append(self._engine.embed(picture, landmarks, jitters))
        clock.stage("embed")
        return reading


class OwnDetector:
    """The first stage of the recipe: this project's detector, dlib's embedding of the bare chip."""

    def __init__(self) -> None:
        self._engine = FaceEngine(data_dir=DATA)
        self._network = dlib.face_recognition_model_v1(str(models.RESNET.path()))

    def read(self, photo: bytes, jitters: int = 0) -> Reading:
        """Not timed."""
        reading = Reading()
        picture = decode(photo)
        for detection in self._engine.detect(picture):
            landmarks = self._engine.landmarks(picture, detection)
            bare = chip(picture, landmarks, CHIP_SIDE, CHIP_PADDING)
            vector = self._network.compute_face_descriptor(bare, jitters)
            reading.boxes.append(detection.box)
            reading.embeddings.append(np.asarray(vector, dtype=np.float32))
        return reading


class Article:
    """The article's calls, from its description: HOG in colour, doubled; dlib's own ResNet."""

    def __init__(self) -> None:
        self._detector = dlib.get_frontal_face_detector()
        self._predictor = dlib.shape_predictor(str(models.LANDMARKS.path()))
        self._network = dlib.face_recognition_model_v1(str(models.RESNET.path()))

    def read(self, photo: bytes, jitters: int = 0) -> Reading:
        """Three calls of dlib's."""
        reading = Reading()
        clock = Clock(reading)
        picture = np.array(Image.open(io.BytesIO(photo)).convert("RGB"))
        clock.stage("decode")
        boxes = self._detector(picture, 1)
        clock.stage("detect")
        for box in boxes:
            shape = self._predictor(picture, box)
            vector = self._network.compute_face_descriptor(picture, shape, jitters)
            reading.boxes.append((box.left(), box.top(), box.right(), box.bottom()))
            reading.embeddings.append(np.asarray(vector, dtype=np.float32))
        clock.stage("embed")
        return reading


class FaceRecognition:
    """The face_recognition package, as its documentation calls it."""

    def __init__(self) -> None:
        import face_recognition  # noqa: PLC0415 - a package of the measurements alone

        self._package: Any = face_recognition

    def read(self, photo: bytes, jitters: int = 0) -> Reading:
        """Its three verbs."""
        reading = Reading()
        clock = Clock(reading)
        picture = self._package.load_image_file(io.BytesIO(photo))
        clock.stage("decode")
        boxes = self._package.face_locations(picture)
        clock.stage("detect")
        vectors = self._package.face_encodings(picture, boxes, max(jitters, 1), "small")
        reading.boxes = [(left, top, right, bottom) for top, right, bottom, left in boxes]
        reading.embeddings = [np.asarray(vector, dtype=np.float32) for vector in vectors]
        clock.stage("embed")
        return reading


BASELINE = "article"

OWN_DETECTOR = "our detector alone"

PIPELINES: dict[str, Callable[[], Pipeline]] = {
    "StarTwin": StarTwin,
    OWN_DETECTOR: OwnDetector,
    BASELINE: Article,
    "face_recognition": FaceRecognition,
}

COMPARED = ("StarTwin", BASELINE, "face_recognition")
"""Those that are timed."""
