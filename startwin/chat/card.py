"""The card: two faces, how alike they are and who the star is, as one picture."""

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from startwin.chat.fonts.lettering import Lettering, Measure
from startwin.errors import SettingsError
from startwin.face.frame import HEIGHT, WIDTH
from startwin.face.photo import Picture

MARGIN, GAP = 18, 12
"""Pixels around the faces and between them; the card's width is a multiple of JPEG's 16."""

CARD_WIDTH = 2 * (MARGIN + WIDTH) + GAP

CORNER = 30
"""Radius of the faces' corners; Telegram rounds those of the card a little less."""

LEFT, RIGHT = (MARGIN, MARGIN), (MARGIN + WIDTH + GAP, MARGIN)
"""Where the faces begin."""

NAME_HEIGHT, BRAND_HEIGHT = 148, 62
"""Pixels below the faces for the star's name, and below that for the brand if there is one."""

NAME = Measure(width=CARD_WIDTH - 2 * 40, sizes=(68, 48), smallest=38)
"""On a phone that shows the card 320 points wide, 68 pixels are a headline, 38 are its text."""

BRAND = Measure(width=560, sizes=(30, 24), smallest=24)

TOP, BOTTOM = (83, 80, 206), (52, 49, 150)
"""The card's colours: indigo, from its upper edge to its lower; white on it has 6:1 or more."""

NIGHT, TRACK, GOLD, WHITE = (27, 25, 80), (70, 67, 160), (255, 201, 77), (255, 255, 255)
"""Of the badge: its disc, the ring's empty part and its full one, the number."""

RIM_COLOUR, LAVENDER = (66, 64, 176), (214, 213, 250)
"""Of the badge's rim: the card's own where the badge is, as if it were cut out of the faces; and of
the brand's name, which keeps in the background."""

BADGE_AT = (CARD_WIDTH // 2, MARGIN + 388)
"""The badge's middle: level with the chins, where faces are narrow and the ears are above it."""

BADGE_RADIUS = 110
"""Of the disc with its rim, in pixels; from chin to chin there are 490."""

RIM, RING, RING_INSET = 7, 12, 6
"""The breadths of the badge's rim, of its ring, and of what is between them."""

SPARKLE, SPARKLE_CURVE = 22, 0.6
"""Of the star at the ring's end: half of its height, and the exponent of the superellipse that it
is (1 is a square on its tip, 0 a cross)."""

BADGES = 32
"""Badges that are kept: most answers' percents are within fewer, and each takes 0.2 MB."""

NUMBER_SIZES = {1: (84, 44), 2: (80, 42), 3: (66, 34)}
"""Sizes of the number and of its percent sign, by the number of digits."""

LOGO_SIZE, SIGN_GAP, PLATE_INSET = (220, 42), 14, 6
"""The most that a logo takes, what is between it and the brand's name, what a plate adds to it."""

LOGO_LIGHT = 130
"""A logo whose mean luma, 0 to 255, is less gets a white plate: the card's is 61."""

QUALITY = 88
"""Of the JPEG. Telegram makes its own of it, at about the same."""


@dataclass(frozen=True)
class Brand:
    """Whose cards these are.

    Attributes:
        name: the operator's.
        logo: a picture file, with or without transparency.
    """

    name: str | None = None
    logo: Path | None = None


class CardPainter:
    """Paints cards. Safe to use from many threads.

    Raises:
        SettingsError: the logo is no picture.
    """

    def __init__(self, brand: Brand) -> None:
        self._lettering = Lettering()
        self._badge = _Badge(self._lettering)
        window = _rounded((WIDTH, HEIGHT), CORNER)
        head, foot = (0, CORNER), (HEIGHT - CORNER, HEIGHT)
        round_parts = [(*part, window.crop((0, part[0], WIDTH, part[1]))) for part in (head, foot)]
        # Most of a face is only copied: a mask takes several times as long.
        self._parts = [*round_parts, (CORNER, HEIGHT - CORNER, None)]
        sign = _sign(brand, self._lettering)
        self._named = _blank(MARGIN + HEIGHT + NAME_HEIGHT, sign)
        self._unnamed = _blank(MARGIN + HEIGHT + MARGIN, sign)

    def paint(self, user: Picture, star: Picture, percent: int, name: str) -> bytes:
        """A card.

        Args:
            user: the face on the left, a frame.
            star: the face on the right, likewise.
            percent: how alike they are, 0 to 100.
            name: the star's; it is left off if our fonts cannot write it.

        Returns:
            JPEG bytes.
        """
        letters = self._lettering.block(name, NAME)
        card = (self._named if letters else self._unnamed).copy()
        self._lay(card, user, LEFT)
        self._lay(card, star, RIGHT)
        if letters:
            y = MARGIN + HEIGHT + (NAME_HEIGHT - letters.height) // 2
            card.paste(WHITE, ((CARD_WIDTH - letters.width) // 2, y), letters)
        corner = (BADGE_AT[0] - BADGE_RADIUS, BADGE_AT[1] - BADGE_RADIUS)
        card.paste(self._badge.painted(percent), corner, self._badge.shape)
        file = io.BytesIO()
        card.save(file, "JPEG", quality=QUALITY)
        return file.getvalue()

    def _lay(self, card: Image.Image, face: Picture, corner: tuple[int, int]) -> None:
        x, y = corner
        for top, bottom, mask in self._parts:
            card.paste(Image.fromarray(face[top:bottom]), (x, y + top), mask)


class _Badge:
    """The disc with the number, in a ring that is full at 100 percent.

    Attributes:
        shape: what the badge covers of its square, ("L").
        painted: by percent, the badge's square, of which `shape` is to be seen.
    """

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering
        self._sparkle = _sparkle(SPARKLE)
        middle = BADGE_RADIUS - 0.5
        self._y, self._x = np.mgrid[: 2 * BADGE_RADIUS, : 2 * BADGE_RADIUS] - middle
        away = np.hypot(self._x, self._y)
        self._turned = np.arctan2(self._x, -self._y) % (2 * np.pi)
        self._radius = BADGE_RADIUS - RIM - RING_INSET - RING / 2
        self._ring = _covered(RING / 2 - abs(away - self._radius))
        self.shape = _mask(_covered(BADGE_RADIUS - 0.5 - away))
        self._empty = Image.new("RGB", self.shape.size, RIM_COLOUR)
        self._empty.paste(NIGHT, (0, 0), _mask(_covered(BADGE_RADIUS - RIM - away)))
        self._empty.paste(TRACK, (0, 0), _mask(self._ring))
        self.painted = lru_cache(BADGES)(self._painted)

    def _painted(self, percent: int) -> Image.Image:
        badge = self._empty.copy()
        end = 2 * np.pi * percent / 100
        if percent:
            badge.paste(GOLD, (0, 0), _mask(self._arc(end)))
        x = BADGE_RADIUS + self._radius * np.sin(end) - SPARKLE
        y = BADGE_RADIUS - self._radius * np.cos(end) - SPARKLE
        badge.paste(WHITE, (round(x), round(y)), self._sparkle)
        digits, sign = NUMBER_SIZES[len(str(percent))]
        if number := self._lettering.line([(str(percent), digits), ("%", sign)]):
            corner = (BADGE_RADIUS - number.width // 2, BADGE_RADIUS - number.height // 2)
            badge.paste(WHITE, corner, number)
        return badge

    def _arc(self, end: float) -> NDArray[np.float64]:
        """What the ring covers from the top to an angle, clockwise, with round ends."""
        arc = np.minimum(self._ring, _covered((end - self._turned) * self._radius))
        for angle in (0.0, end):
            x, y = self._radius * np.sin(angle), -self._radius * np.cos(angle)
            arc = np.maximum(arc, _covered(RING / 2 - np.hypot(self._x - x, self._y - y)))
        return arc


def _sparkle(radius: int) -> Image.Image:
    """A star with four points: what of each pixel it covers, ("L")."""
    fine = 8
    line = abs((np.arange(2 * radius * fine) + 0.5) / (radius * fine) - 1) ** SPARKLE_CURVE
    inside = (line[:, None] + line <= 1).reshape(2 * radius, fine, 2 * radius, fine)
    return _mask(inside.mean(axis=(1, 3)))


def _covered(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """What of pixels is covered, 0 to 1, whose middles lie so deep inside of an edge."""
    return np.clip(depth + 0.5, 0, 1)


def _mask(covered: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.rint(255 * covered).astype(np.uint8))


def _rounded(size: tuple[int, int], radius: float) -> Image.Image:
    """A rectangle with round corners, ("L")."""
    width, height = size
    x = np.maximum(abs(np.arange(width) + 0.5 - width / 2) - width / 2 + radius, 0)
    y = np.maximum(abs(np.arange(height) + 0.5 - height / 2) - height / 2 + radius, 0)
    return _mask(_covered(radius - np.hypot(x, y[:, None])))


def _blank(height: int, sign: Image.Image | None) -> Image.Image:
    """A card without faces and name; the brand's sign adds to its height."""
    shares = np.linspace(0, 1, height + (BRAND_HEIGHT if sign else 0))[:, None]
    column = np.rint((1 - shares) * TOP + shares * BOTTOM).astype(np.uint8)
    card = Image.fromarray(np.repeat(column[:, None], CARD_WIDTH, axis=1))
    if sign:
        y = height + (BRAND_HEIGHT - MARGIN - sign.height) // 2
        card.paste(sign, ((CARD_WIDTH - sign.width) // 2, y), sign)
    return card


def _sign(brand: Brand, lettering: Lettering) -> Image.Image | None:
    """The brand's logo, or a sparkle, and its name, ("RGBA"); None if there is nothing to show."""
    letters = lettering.block(brand.name or "", BRAND)
    parts = [_logo(brand.logo)] if brand.logo else []
    if letters:
        parts += [] if parts else [_tinted(_sparkle(BRAND.smallest // 2), GOLD)]
        parts += [_tinted(letters, LAVENDER)]
    if not parts:
        return None
    height = max(part.height for part in parts)
    width = sum(part.width for part in parts) + SIGN_GAP * (len(parts) - 1)
    sign = Image.new("RGBA", (width, height))
    x = 0
    for part in parts:
        sign.alpha_composite(part, (x, (height - part.height) // 2))
        x += part.width + SIGN_GAP
    return sign


def _tinted(covered: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    tinted = Image.new("RGBA", covered.size, colour)
    tinted.putalpha(covered)
    return tinted


def _logo(path: Path) -> Image.Image:
    """A logo, at most `LOGO_SIZE` large, on a white plate if it would not be seen without.

    Raises:
        SettingsError: it is no picture.
    """
    try:
        with Image.open(path) as file:
            logo = ImageOps.exif_transpose(file).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise SettingsError(f"BRAND_LOGO: {path} is no picture that can be read") from None
    logo = ImageOps.contain(logo, LOGO_SIZE, Image.Resampling.LANCZOS)
    pixels = np.asarray(logo.convert("LA"))
    ink = pixels[..., 0][pixels[..., 1] > 127]  # noqa: PLR2004 - more opaque than not
    if len(ink) and ink.mean() >= LOGO_LIGHT:
        return logo
    plate = (logo.width + 2 * PLATE_INSET, logo.height + 2 * PLATE_INSET)
    plated = _tinted(_rounded(plate, 2 * PLATE_INSET), WHITE)
    plated.alpha_composite(logo, (PLATE_INSET, PLATE_INSET))
    return plated
