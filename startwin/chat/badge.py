"""The badge in the middle of a card: how alike two faces are."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from startwin.chat.fonts.lettering import Lettering
from startwin.chat.shapes import covered, mask, sparkle

RADIUS = 110
"""Of the disc with its rim, in pixels; from chin to chin there are 490."""

RIM, RING, RING_INSET = 7, 12, 6
"""The breadths of the badge's rim, of its ring, and of what is between them."""

SPARKLE = 22
"""Half of the height of the star at the ring's end."""

NIGHT, TRACK, GOLD, WHITE = (27, 25, 80), (70, 67, 160), (255, 201, 77), (255, 255, 255)
"""Of the badge: its disc, the ring's empty part and its full one, the number."""

RIM_COLOUR = (66, 64, 176)
"""The card's own where the badge is, as if it were cut out of the faces."""

NUMBER_SIZES = {1: (84, 44), 2: (80, 42), 3: (66, 34)}
"""Sizes of the number and of its percent sign, by the number of digits."""

BADGES = 32
"""Badges that are kept: most answers' percents are within fewer, and each takes 0.2 MB."""


class Badge:
    """The disc with the number, in a ring that is full at 100 percent.

    Attributes:
        shape: what the badge covers of its square, ("L").
        painted: by percent, the badge's square, of which `shape` is to be seen.
    """

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering
        self._sparkle = sparkle(SPARKLE)
        middle = RADIUS - 0.5
        self._y, self._x = np.mgrid[: 2 * RADIUS, : 2 * RADIUS] - middle
        away = np.hypot(self._x, self._y)
        self._turned = np.arctan2(self._x, -self._y) % (2 * np.pi)
        self._radius = RADIUS - RIM - RING_INSET - RING / 2
        self._ring = covered(RING / 2 - abs(away - self._radius))
        self.shape = mask(covered(RADIUS - 0.5 - away))
        self._empty = Image.new("RGB", self.shape.size, RIM_COLOUR)
        self._empty.paste(NIGHT, (0, 0), mask(covered(RADIUS - RIM - away)))
        self._empty.paste(TRACK, (0, 0), mask(self._ring))
        self.painted = lru_cache(BADGES)(self._painted)

    def _painted(self, percent: int) -> Image.Image:
        badge = self._empty.copy()
        end = 2 * np.pi * percent / 100
        if percent:
            badge.paste(GOLD, (0, 0), mask(self._arc(end)))
        x = RADIUS + self._radius * np.sin(end) - SPARKLE
        y = RADIUS - self._radius * np.cos(end) - SPARKLE
        badge.paste(WHITE, (round(x), round(y)), self._sparkle)
        digits, sign = NUMBER_SIZES[len(str(percent))]
        if number := self._lettering.line([(str(percent), digits), ("%", sign)]):
            corner = (RADIUS - number.width // 2, RADIUS - number.height // 2)
            badge.paste(WHITE, corner, number)
        return badge

    def _arc(self, end: float) -> NDArray[np.float64]:
        """What the ring covers from the top to an angle, clockwise, with round ends."""
        arc = np.minimum(self._ring, covered((end - self._turned) * self._radius))
        for angle in (0.0, end):
            x, y = self._radius * np.sin(angle), -self._radius * np.cos(angle)
            arc = np.maximum(arc, covered(RING / 2 - np.hypot(self._x - x, self._y - y)))
        return arc
