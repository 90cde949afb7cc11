"""A celebrity's photo becomes what the gallery needs of it."""

import io
from dataclasses import dataclass

from PIL import Image

from startwin.errors import NoFace
from startwin.face.engine import FaceEngine
from startwin.face.photo import Picture, decode
from startwin.face.resnet import Embedding

PICTURE_SIDE = 640
"""The longer side of a stored picture at most: a phone shows no more of it."""

FRAME = 3.2
"""The stored picture's height in heights of the detector's box: hair, shoulders, some air."""

ASPECT = 4 / 5
"""The stored picture's width by its height, as portraits are, where the photo has room for it."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """One photo of a celebrity.

    Attributes:
        embedding: (128,) float32, averaged over jitters: what is searched.
        probe: (128,) float32, as a user's photo is embedded: for the percentages.
        picture: JPEG bytes, cropped around the main face.
    """

    embedding: Embedding
    probe: Embedding
    picture: bytes


def take(engine: FaceEngine, photo: bytes, jitters: int) -> Portrait:
    """Make a portrait of the main face of a photo; runs in a worker.

    Args:
        engine: the worker's.
        photo: the bytes of a picture file.
        jitters: how many jittered copies the embedding is averaged over; 0 or 1 for none.

    Raises:
        BadPhoto: the bytes are no usable picture.
        NoFace: there is nobody in it.
    """
    picture = decode(photo, engine.max_pixels)
    faces = engine.faces(picture)
    if not faces:
        raise NoFace("no face found")
    main = faces[0]
    embedding = engine.embed(picture, main.landmarks, jitters) if jitters > 1 else main.embedding
    return Portrait(embedding, main.embedding, cropped(picture, main.box))


def cropped(picture: Picture, box: tuple[int, int, int, int]) -> bytes:
    """The part of a picture around a face, at most `PICTURE_SIDE` large, as JPEG."""
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    frame_height = min(FRAME * (bottom - top), height)
    frame_width = min(FRAME * (bottom - top) * ASPECT, width)
    x = min(max((left + right - frame_width) / 2, 0), width - frame_width)
    y = min(max((top + bottom - frame_height) / 2, 0), height - frame_height)
    image = Image.fromarray(picture).crop(
        (round(x), round(y), round(x + frame_width), round(y + frame_height))
    )
    image.thumbnail((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88, optimize=True)
    return file.getvalue()
