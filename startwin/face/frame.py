"""The picture around a face: upright, of one size, the eyes always at the same place."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from startwin.face.landmarks import Landmarks
from startwin.face.photo import Picture

WIDTH, HEIGHT = 480, 600
"""Pixels of a frame: two of them side by side fill a phone's screen."""

EYES_APART = 0.22
"""The distance between the eyes, in widths of a frame: hair and chin fit in, and some air."""

EYES_AT = (0.5, 0.42)
"""The middle between the eyes, in widths and heights of a frame."""

HAZE = 24
"""Standard deviation in pixels of the blur over what lies outside the picture."""

COARSE = 8
"""Pixels of the frame to one of the haze while it is made."""

SEAM = 9
"""Pixels of the frame in which the picture becomes haze; half as many before them are left out."""

COARSEST = 1.5
"""The picture's pixels from one sample to the next at most: more would be passed over, and flicker.
A frame has two samples in each direction for each of its pixels if the picture has as many."""


DARK, LIGHTER = 140, 5.0
"""A frame whose brightest 2% are below the one is made lighter up to it, by the other at most."""


class Eyes(NamedTuple):
    """The middles of the eyes, x and y in pixels.

    Attributes:
        left: of the one on the picture's left, when the face stands upright.
        right: of the other.
    """

    left: tuple[float, float]
    right: tuple[float, float]

    def moved(self, x: float, y: float, factor: float = 1.0) -> "Eyes":
        """Where they are in a part of the picture that begins at x, y and is scaled after that."""
        return Eyes(*(((a - x) * factor, (b - y) * factor) for a, b in self))


def eyes_of(landmarks: Landmarks) -> Eyes:
    """The eyes of a face by its landmarks."""
    left, right = landmarks[2:4].mean(axis=0), landmarks[:2].mean(axis=0)
    return Eyes((float(left[0]), float(left[1])), (float(right[0]), float(right[1])))


def framed(picture: Picture, eyes: Eyes) -> Picture:
    """The frame around a face, (`HEIGHT`, `WIDTH`, 3).

    What lies outside the picture is a haze of what lies next to it; a dark picture is lightened.

    Args:
        picture: where the face is.
        eyes: of the face, at least a pixel apart.
    """
    left, right = np.array(eyes.left), np.array(eyes.right)
    across = (right - left) / (EYES_APART * WIDTH)  # a step to the right, in the picture's pixels
    down = np.array([-across[1], across[0]])
    corner = (left + right) / 2 - EYES_AT[0] * WIDTH * across - EYES_AT[1] * HEIGHT * down
    corners = np.array([corner + x * across + y * down for x in (0, WIDTH) for y in (0, HEIGHT)])
    part, origin = _surroundings(picture, corners)
    times = max(1, int(np.hypot(*across) / COARSEST))
    start, across, down = (step / times for step in (corner - origin, across, down))
    steps = (across[0], down[0], start[0], across[1], down[1], start[1])
    return _lit(_hazy(part.reduce(times), tuple(float(step) for step in steps)))


def _surroundings(
    picture: Picture, corners: NDArray[np.float64]
) -> tuple[Image.Image, NDArray[np.int_]]:
    """The part of the picture that holds these points, and where it begins."""
    height, width = picture.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2, 0, [width - 1, height - 1])
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 2, low + 1, [width, height])
    return Image.fromarray(picture[low[1] : high[1], low[0] : high[0]]), low


def _hazy(part: Image.Image, steps: tuple[float, ...]) -> Picture:
    """A part of a picture, transformed into a frame."""
    sharp = _sampled(part, steps)
    within = _within(part.size, steps)
    if within is None:
        return np.asarray(sharp)
    haze = _haze(np.asarray(part), steps).resize(sharp.size, Image.Resampling.BICUBIC)
    # At the very edge the transformation mixes black in; and a hard seam would be seen.
    seen = ((within / SEAM - 0.5) * 255).clip(0, 255).astype(np.uint8)
    haze.paste(sharp, (0, 0), Image.fromarray(seen))
    return np.asarray(haze)


def _sampled(part: Image.Image, steps: tuple[float, ...]) -> Image.Image:
    """A part of a picture, transformed into a frame; beyond its edge there is black."""
    affine = Image.Transform.AFFINE
    if np.hypot(steps[0], steps[3]) < 1:
        return part.transform((WIDTH, HEIGHT), affine, steps, Image.Resampling.BILINEAR)
    # Four nearest pixels for each of the frame's: as good to the eye, in half of the time.
    a, b, c, d, e, f = steps
    samples = part.transform((2 * WIDTH, 2 * HEIGHT), affine, (a / 2, b / 2, c, d / 2, e / 2, f))
    return samples.reduce(2)


def _within(size: tuple[int, int], steps: tuple[float, ...]) -> NDArray[np.float32] | None:
    """How far each of the frame's pixels lies within the picture's edge, where that is to be seen.

    Args:
        size: of the picture.
        steps: from the frame's pixels to the picture's, as Pillow takes them.

    Returns:
        (`HEIGHT`, `WIDTH`), the frame's pixels, negative beyond the edge; or nothing if the whole
        frame lies within.
    """
    x = np.arange(WIDTH, dtype=np.float32) + 0.5
    y = np.arange(HEIGHT, dtype=np.float32)[:, None] + 0.5
    scale = float(np.hypot(steps[0], steps[3]))
    a, b, c, d, e, f = (step / scale for step in steps)
    across, down = a * x + b * y + c, d * x + e * y + f
    sides = across, size[0] / scale - across, down, size[1] / scale - down
    # An edge that only touches the frame has no seam.
    crossing = [side for side in sides if side[:: HEIGHT - 1, :: WIDTH - 1].min() < 0]
    return np.minimum.reduce(crossing) if crossing else None


def _lit(frame: Picture) -> Picture:
    """A frame in which something can be seen."""
    brightest = float(np.percentile(frame[::COARSE, ::COARSE].max(axis=2), 98))
    if brightest >= DARK:
        return frame
    factor = min(DARK / max(brightest, 1.0), LIGHTER)
    return (frame * np.float32(factor)).clip(0, 255).astype(np.uint8)


def _haze(part: Picture, steps: tuple[float, ...]) -> Image.Image:
    """The frame, coarse and blurred, with the picture's edge drawn on beyond it."""
    x = np.arange(COARSE / 2, WIDTH, COARSE)
    y = np.arange(COARSE / 2, HEIGHT, COARSE)[:, None]
    columns = (steps[0] * x + steps[1] * y + steps[2]).clip(0, part.shape[1] - 1).astype(int)
    rows = (steps[3] * x + steps[4] * y + steps[5]).clip(0, part.shape[0] - 1).astype(int)
    return Image.fromarray(part[rows, columns]).filter(ImageFilter.GaussianBlur(HAZE / COARSE))
