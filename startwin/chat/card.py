"""The card: two faces, how alike they are and who the star is, as one picture."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from startwin.chat.badge import GOLD, RADIUS, WHITE, Badge
from startwin.chat.fonts.lettering import Lettering, Measure
from startwin.chat.shapes import rounded, sparkle
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

LAVENDER = (214, 213, 250)
"""Of the brand's name, which keeps in the background."""

BADGE_AT = (CARD_WIDTH // 2, MARGIN + 388)
"""The badge's middle: level with the chins, where faces are narrow and the ears are above it."""

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
        self._badge = Badge(self._lettering)
        window = rounded((WIDTH, HEIGHT), CORNER)
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
        corner = (BADGE_AT[0] - RADIUS, BADGE_AT[1] - RADIUS)
        card.paste(self._badge.painted(percent), corner, self._badge.shape)
        file = io.BytesIO()
        card.save(file, "JPEG", quality=QUALITY)
        return file.getvalue()

    def _lay(self, card: Image.Image, face: Picture, corner: tuple[int, int]) -> None:
        x, y = corner
        for top, bottom, mask in self._parts:
            card.paste(Image.fromarray(face[top:bottom]), (x, y + top), mask)


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
        parts += [] if parts else [_tinted(sparkle(BRAND.smallest // 2), GOLD)]
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
    plated = _tinted(rounded(plate, 2 * PLATE_INSET), WHITE)
    plated.alpha_composite(logo, (PLATE_INSET, PLATE_INSET))
    return plated
