"""A celebrity's photo becomes what the gallery needs of it."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from startwin.face.engine import FaceEngine
from startwin.face.frame import Eyes, eyes_of
from startwin.face.landmarks import chip
from startwin.face.photo import Picture, decode
from startwin.face.resnet import CHIP_PADDING, CHIP_SIDE
from startwin.face.turn import Box
from startwin.gallery.building.quality import Quality, measured, rejection
from startwin.gates import Gates

PICTURE_SIDE = 640
"""The longer side of a stored picture at most: a phone shows no more of it."""

FRAME = 3.2
"""The stored picture's height in heights of the detector's box: hair, shoulders, some air."""

ASPECT = 4 / 5
"""The stored picture's width by its height, as portraits are, where the photo has room for it."""


THUMBNAIL_SIDE = 160
"""The longer side of what is kept of a rejected photo."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """One photo of a celebrity.

    Attributes:
        quality: what it is like.
        vectors: (2, 128) float32, the embedding that is searched, averaged over jitters, and the
            probe, embedded as a user's photo is; None of a photo that is rejected.
        picture: JPEG bytes: cropped around the main face, or a rejected photo's thumbnail.
        eyes: where the main face's are in that picture; None of a photo that is rejected.
    """

    quality: Quality
    vectors: NDArray[np.float32] | None
    picture: bytes
    eyes: Eyes | None = None


def take(engine: FaceEngine, photo: bytes, jitters: int, gates: Gates) -> Portrait:
    """Make a portrait of the main face of a photo; runs in a worker.

    Args:
        engine: the worker's.
        photo: the bytes of a picture file.
        jitters: how many jittered copies the embedding is averaged over; 0 or 1 for none.
        gates: what is rejected, for which the embeddings are spared.

    Raises:
        BadPhoto: the bytes are no usable picture.
    """
    picture = decode(photo, engine.max_pixels)
    side = min(picture.shape[:2])
    faces = engine.detect(picture)
    if not faces:
        return Portrait(Quality(side), None, _thumbnail(picture))
    landmarks = engine.landmarks(picture, faces[0])
    face = chip(picture, landmarks, CHIP_SIDE, CHIP_PADDING)
    quality = Quality(side, measured(faces, landmarks, face))
    if rejection(quality, gates) is not None:
        return Portrait(quality, None, _thumbnail(picture))
    probe = engine.embed(picture, landmarks)
    embedding = engine.embed(picture, landmarks, jitters) if jitters > 1 else probe
    cropped, eyes = crop(picture, faces[0].box, eyes_of(landmarks))
    return Portrait(quality, np.stack([embedding, probe]), cropped, eyes)


def crop(picture: Picture, box: Box, eyes: Eyes) -> tuple[bytes, Eyes]:
    """The part of a picture around a face, at most `PICTURE_SIDE` large, as JPEG.

    Returns:
        It, and where the eyes are in it.
    """
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    frame_height = min(FRAME * (bottom - top), height)
    frame_width = min(FRAME * (bottom - top) * ASPECT, width)
    x = min(max((left + right - frame_width) / 2, 0), width - frame_width)
    y = min(max((top + bottom - frame_height) / 2, 0), height - frame_height)
    edges = (round(x), round(y), round(x + frame_width), round(y + frame_height))
    image = Image.fromarray(picture).crop(edges)
    longer = max(image.size)
    return _jpeg(image, PICTURE_SIDE), eyes.moved(
        edges[0], edges[1], min(1.0, PICTURE_SIDE / longer)
    )


def _thumbnail(picture: Picture) -> bytes:
    return _jpeg(Image.fromarray(picture), THUMBNAIL_SIDE)


def _jpeg(image: Image.Image, side: int) -> bytes:
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88, optimize=True)
    return file.getvalue()
