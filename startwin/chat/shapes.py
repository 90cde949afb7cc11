"""Shapes with smooth edges: what of each pixel they cover, as Pillow's masks."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CURVE = 0.6
"""The exponent of the superellipse that a sparkle is: 1 is a square on its tip, 0 a cross."""


def sparkle(radius: int) -> Image.Image:
    """A star with four points: what of each pixel it covers, ("L")."""
    fine = 8
    line = abs((np.arange(2 * radius * fine) + 0.5) / (radius * fine) - 1) ** CURVE
    inside = (line[:, None] + line <= 1).reshape(2 * radius, fine, 2 * radius, fine)
    return mask(inside.mean(axis=(1, 3)))


def covered(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """What of pixels is covered, 0 to 1, whose middles lie so deep inside of an edge."""
    return np.clip(depth + 0.5, 0, 1)


def mask(shares: NDArray[np.float64]) -> Image.Image:
    """What of pixels is covered, 0 to 1, as 0 to 255, ("L")."""
    return Image.fromarray(np.rint(255 * shares).astype(np.uint8))


def rounded(size: tuple[int, int], radius: float) -> Image.Image:
    """A rectangle with round corners, ("L")."""
    width, height = size
    x = np.maximum(abs(np.arange(width) + 0.5 - width / 2) - width / 2 + radius, 0)
    y = np.maximum(abs(np.arange(height) + 0.5 - height / 2) - height / 2 + radius, 0)
    return mask(covered(radius - np.hypot(x, y[:, None])))
