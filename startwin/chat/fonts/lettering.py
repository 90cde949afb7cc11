"""Text becomes letters on a picture: in every script the fonts have, or not at all."""

import threading
import unicodedata
from math import ceil
from typing import NamedTuple

from PIL import Image, ImageDraw, features

from startwin.chat.fonts.font import Font

LETTERS, IDEOGRAPHS = "letters.ttf", "ideographs.otf"
"""Latin, Greek, Cyrillic, Arabic and Hebrew are in one font: the shaper orders them among
themselves, where they are written in opposite directions. Chinese, Japanese and Korean are in the
other."""

LONGEST = 100
"""Characters of a text that are looked at; nobody is called more, and it bounds the work."""

STEP = 2
"""Pixels between two sizes of a font: each is loaded once and kept."""

LEADING = 1.2
"""The distance between two lines, in sizes of the font."""

BASELINE = 0.9
"""The first baseline below the top, in sizes of the font: Å, Ệ and marks on Arabic fit above it."""

DEPTH = 0.4
"""Below the last baseline, in sizes of the font: Arabic's bowls reach lowest."""

ELLIPSIS = "…"

NON_JOINER = "\u200c"
"""Persian names are spelled with it; it is the one invisible character that is kept."""

RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))
"""Bidirectional classes, by the Unicode Character Database."""

MARKS = frozenset(("Mn", "Mc", "Me"))
"""Categories of what is written on, under or around the letter before it."""

PICTOGRAPHS = frozenset(("So", "Sk", "Cf", "Cc", "Co", "Cn", "Cs"))
"""Categories of emoji and of what holds them together."""


class Measure(NamedTuple):
    """How much room a text has.

    Attributes:
        width: pixels.
        sizes: of the font in pixels, the largest and the smallest for one line.
        smallest: the smallest for two lines; the same as above where there is only one.
    """

    width: int
    sizes: tuple[int, int]
    smallest: int


class Run(NamedTuple):
    """A stretch of a text that one font has."""

    font: Font
    text: str


class Lettering:
    """Writes text. Safe to use from many threads.

    Args:
        shapes: whether scripts may be written whose letters change shape, order or place with their
            neighbours; whether this machine can, by default.
    """

    def __init__(self, shapes: bool | None = None) -> None:
        can_shape = features.check("raqm") and features.check("fribidi")
        self._shapes = bool(can_shape) if shapes is None else shapes
        self._fonts = [Font(name, self._shapes) for name in (LETTERS, IDEOGRAPHS)]
        self._lock = threading.Lock()

    def block(self, text: str, measure: Measure) -> Image.Image | None:
        """A text, centred, on one line or two.

        It is shrunk if it is too long, then wrapped, and in the end cut off with an ellipsis.

        Returns:
            What of each pixel is covered, ("L", cropped to the ink); None if there is nothing to
            write or if some of it cannot be written.
        """
        text = self.writable(text)
        if not text:
            return None
        with self._lock:
            lines, size = self._broken(text, measure)
            height = round(size * (BASELINE + LEADING * (len(lines) - 1) + DEPTH))
            covered = Image.new("L", (measure.width, height))
            draw = ImageDraw.Draw(covered)
            for number, line in enumerate(lines):
                x = (measure.width - self._width(line, size)) / 2
                self._write(draw, (x, (BASELINE + LEADING * number) * size), line, size)
        return _inked(covered)

    def line(self, parts: list[tuple[str, int]]) -> Image.Image | None:
        """Texts of different sizes on one baseline; see `block` for what is returned.

        Args:
            parts: texts that can be written, and their sizes.
        """
        with self._lock:
            widths = [self._width(text, size) for text, size in parts]
            tallest = max(size for _, size in parts)
            covered = Image.new("L", (ceil(sum(widths)), round(tallest * (BASELINE + DEPTH))))
            draw = ImageDraw.Draw(covered)
            for number, (text, size) in enumerate(parts):
                self._write(draw, (sum(widths[:number]), tallest * BASELINE), text, size)
        return _inked(covered)

    def writable(self, text: str) -> str:
        """What of a text is written: all but emoji, or nothing if a letter is missing."""
        text = unicodedata.normalize("NFC", text)[:LONGEST]
        text = "".join(character for character in text if self._is_kept(character))
        text = " ".join(text.split()).strip(NON_JOINER)
        return text if self._runs(text) else ""

    def _is_kept(self, character: str) -> bool:
        if character == NON_JOINER:
            return self._shapes
        if "\ufe00" <= character <= "\ufe0f":  # chooses between emoji and text
            return False
        return character.isspace() or unicodedata.category(character) not in PICTOGRAPHS

    def _runs(self, text: str) -> list[Run]:
        """A text by fonts, or nothing if it cannot be written."""
        letters = self._fonts[0]
        if text and self._shapes and letters.characters.issuperset(text):
            return [Run(letters, text)]
        runs: list[Run] = []
        for character in text:
            is_mark = unicodedata.category(character) in MARKS
            if not self._shapes and (is_mark or _is_right_to_left(character)):
                return []
            font = self._font(character, runs[-1].font if runs else None)
            if font is None or (is_mark and runs and font is not runs[-1].font):
                return []
            if runs and font is runs[-1].font:
                runs[-1] = Run(font, runs[-1].text + character)
            else:
                runs.append(Run(font, character))
        # The shaper orders what is in one font; it does not see two.
        if len(runs) > 1 and any(map(_is_right_to_left, text)):
            return []
        return runs

    def _font(self, character: str, last: Font | None) -> Font | None:
        """The font for a character: the last one's for what is no letter, if that has it."""
        if last and character in last.characters and not character.isalpha():
            return last
        return next((font for font in self._fonts if character in font.characters), None)

    def _broken(self, text: str, measure: Measure) -> tuple[list[str], int]:
        """The lines of a text, and their size."""
        largest, smallest = measure.sizes
        size = self._fitting([text], largest, measure.width)
        if size >= smallest:
            return [text], size
        pairs = [(text[:i].strip(), text[i:].strip()) for i in _breaks(text)]
        if measure.smallest < smallest and pairs:
            pair = min(pairs, key=lambda lines: max(map(len, lines)))
            size = self._fitting(list(pair), smallest, measure.width)
            if size >= measure.smallest:
                return list(pair), size
            for first, rest in reversed(pairs):
                if self._width(first, measure.smallest) <= measure.width:
                    return [first, self._cut(rest, measure)], measure.smallest
        return [self._cut(text, measure)], measure.smallest

    def _fitting(self, lines: list[str], largest: int, width: int) -> int:
        """The size at which lines fit, at most the largest; a multiple of `STEP`, at least one."""
        widest = max(self._width(line, largest) for line in lines)
        size = min(largest, int(largest * width / max(widest, 1)))
        size = max(size // STEP * STEP, STEP)
        while size > STEP and max(self._width(line, size) for line in lines) > width:
            size -= STEP
        return size

    def _cut(self, text: str, measure: Measure) -> str:
        """The beginning of a text that fits at the smallest size, and an ellipsis."""
        ends = [i for i in range(1, len(text)) if unicodedata.category(text[i]) not in MARKS]
        cuts = [text[:end].rstrip() + ELLIPSIS for end in ends]
        if self._width(text, measure.smallest) <= measure.width or not cuts:
            return text
        short, long = 0, len(cuts)
        while long - short > 1:
            middle = (short + long) // 2
            if self._width(cuts[middle], measure.smallest) <= measure.width:
                short = middle
            else:
                long = middle
        return cuts[short]

    def _width(self, text: str, size: int) -> float:
        language = self._language(text)
        return sum(
            run.font.sized(size).getlength(run.text, language=language) for run in self._runs(text)
        )

    def _write(
        self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int
    ) -> None:
        x, y = at
        language = self._language(text)
        for run in self._runs(text):
            font = run.font.sized(size)
            draw.text((x, y), run.text, fill=255, font=font, anchor="ls", language=language)
            x += font.getlength(run.text, language=language)

    def _language(self, text: str) -> str | None:
        """Kana tell that the ideographs are to have their Japanese shapes, not their Chinese."""
        has_kana = any("\u3041" <= character <= "\u30fa" for character in text)
        return "ja" if has_kana and self._shapes else None


def _inked(covered: Image.Image) -> Image.Image | None:
    box = covered.getbbox()
    return covered.crop(box) if box else None


def _is_right_to_left(character: str) -> bool:
    return unicodedata.bidirectional(character) in RIGHT_TO_LEFT


def _breaks(text: str) -> list[int]:
    """Where a line may end: at spaces, or if there are none, between ideographs."""
    spaces = [i for i, character in enumerate(text) if character == " "]
    wide = [unicodedata.east_asian_width(character) == "W" for character in text]
    return spaces or [i for i in range(1, len(text)) if wide[i - 1] and wide[i]]
