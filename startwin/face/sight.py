"""What a photo shows, seen with one of its faces in mind: all that an answer needs of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from startwin.errors import NoFace
from startwin.face.engine import FaceEngine
from startwin.face.frame import eyes_of, framed
from startwin.face.photo import Picture, decode
from startwin.face.resnet import Embedding
from startwin.journal.stopwatch import Stopwatch


@dataclass(frozen=True, eq=False)
class Sight:
    """A photo's faces, and one of them.

    Attributes:
        places: of each face, the main one first: how many there are from the left up to it, 1 on.
        face: which one is looked at, 0 for the main one.
        embedding: (128,) float32, its.
        frame: the picture around it; see `startwin.face.frame`.
        seconds: what each stage of looking took.
    """

    places: tuple[int, ...]
    face: int
    embedding: Embedding
    frame: Picture
    seconds: Mapping[str, float] = field(default_factory=dict)


def see(engine: FaceEngine, photo: bytes, face: int = 0) -> Sight:
    """Look at one face of a photo; runs in a worker.

    Args:
        engine: the worker's.
        photo: the bytes of a picture file.
        face: which one, 0 for the main one.

    Raises:
        BadPhoto: the bytes are no usable picture.
        NoFace: there are not as many faces in it.
    """
    watch = Stopwatch()
    with watch.stage("decode"):
        picture = decode(photo, engine.max_pixels)
    with watch.stage("detect"):
        faces = engine.detect(picture)
    if not 0 <= face < len(faces):
        raise NoFace("no face found")
    with watch.stage("embed"):
        landmarks = engine.landmarks(picture, faces[face])
        embedding = engine.embed(picture, landmarks)
    with watch.stage("frame"):
        frame = framed(picture, eyes_of(landmarks))
    from_left = np.argsort([found.box[0] + found.box[2] for found in faces], kind="stable")
    places = np.argsort(from_left) + 1
    return Sight(tuple(int(place) for place in places), face, embedding, frame, watch.seconds)
