"""What a photo shows, seen with one of its faces in mind: all that an answer needs of it."""

from dataclasses import dataclass

import numpy as np

from startwin.errors import NoFace
from startwin.face.engine import FaceEngine
from startwin.face.frame import eyes_of, framed
from startwin.face.photo import Picture, decode
from startwin.face.resnet import Embedding


@dataclass(frozen=True, eq=False)
class Sight:
    """A photo's faces, and one of them.

    Attributes:
        places: of each face, the main one first: how many there are from the left up to it, 1 on.
        face: which one is looked at, 0 for the main one.
        embedding: (128,) float32, its.
        frame: the picture around it; see `startwin.face.frame`.
    """

    places: tuple[int, ...]
    face: int
    embedding: Embedding
    frame: Picture


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
    picture = decode(photo, engine.max_pixels)
    faces = engine.detect(picture)
    if not 0 <= face < len(faces):
        raise NoFace("no face found")
    landmarks = engine.landmarks(picture, faces[face])
    from_left = np.argsort([found.box[0] + found.box[2] for found in faces], kind="stable")
    places = np.argsort(from_left) + 1
    return Sight(
        tuple(int(place) for place in places),
        face,
        engine.embed(picture, landmarks),
        framed(picture, eyes_of(landmarks)),
    )
