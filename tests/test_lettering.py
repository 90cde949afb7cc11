"""startwin.chat.fonts: text becomes letters, or is left off."""

import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import features

from startwin.chat.card import (
    NAME,
)
from startwin.chat.fonts.font import Font
from startwin.chat.fonts.lettering import ELLIPSIS, IDEOGRAPHS, LETTERS, Lettering

NAMES = {
    "Latin": "Zoë Łuczak-Ñúñez",
    "Vietnamese": "Nguyễn Thị Ánh Ngọc",
    "Cyrillic": "Дмитрий Ёжиков",
    "Ukrainian": "Іван Ґалаґан",
    "Greek": "Ελένη Φουρέιρα",
    "simplified Chinese": "周杰伦",
    "traditional Chinese": "周杰倫",
    "Japanese": "宮崎あおい・きゃりー",
    "Korean": "방탄소년단",
    "Arabic": "محمد صلاح",
    "Persian": "گلشیفته فراهانی",
    "Hebrew": "גל גדות",
    "both directions": "محمد (Mo) صلاح",
    "two fonts": "Jackie Chan 成龍",
}
SHAPED = features.check("raqm") and features.check("fribidi")
# `make test` has to pass with Python and its packages alone; CI installs libfribidi.
needs_shaping = pytest.mark.skipif(
    not (SHAPED or os.environ.get("CI")), reason="this machine cannot shape Arabic"
)


@pytest.fixture(scope="module")
def lettering() -> Lettering:
    return Lettering()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_letter_is_a_box(name: str) -> None:
    """Each letter looks different from what the fonts draw for a character they do not have."""
    fonts = [Font(file, shapes=False) for file in (LETTERS, IDEOGRAPHS)]
    for letter in unicodedata.normalize("NFC", name).replace(" ", ""):
        font = next(font for font in fonts if letter in font.characters)
        sized = font.sized(40)
        assert bytes(sized.getmask(letter)) != bytes(sized.getmask("\U0001f4a9")), letter


def test_common_letters_are_there() -> None:
    has = Font(LETTERS, shapes=False).characters | Font(IDEOGRAPHS, shapes=False).characters
    bytes_of = [range(0xA1, 0xFF)] * 2
    squares = [bytes([high, low]) for high in bytes_of[0] for low in bytes_of[1]]
    for codec, first, last in (
        ("gb2312", 0xB0, 0xD7),
        ("euc_jp", 0xB0, 0xCF),
        ("euc_kr", 0xB0, 0xC8),
    ):
        letters = {
            letter
            for square in squares
            if first <= square[0] <= last
            for letter in square.decode(codec, "ignore")
        }
        assert len(letters) >= 2350
        assert letters <= has
    for codec in ("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "cp1258"):
        letters = set(bytes(range(256)).decode(codec, "ignore"))
        assert {letter for letter in letters if letter.isalpha()} <= has


def test_two_directions_in_two_fonts_are_left_off(lettering: Lettering) -> None:
    assert lettering.block("محمد 成龍", NAME) is None


@pytest.mark.parametrize("name", ["محمد صلاح", "גל גדות", "Z̃oë"])
def test_without_shaping_nothing_is_written_wrongly(name: str) -> None:
    unshaped = Lettering(shapes=False)
    assert unshaped.block(name, NAME) is None
    assert unshaped.block("Łukasz 成龍", NAME) is not None


@needs_shaping
def test_arabic_letters_join(lettering: Lettering) -> None:
    joined = lettering.block("سلسل", NAME)
    apart = lettering.block("س ل س ل", NAME)
    assert joined is not None
    assert apart is not None
    covered = np.asarray(joined).max(axis=0) > 0
    assert covered.all()  # no column between the letters is empty
    assert not (np.asarray(apart).max(axis=0) > 0).all()


@needs_shaping
def test_a_mark_that_no_letter_contains_is_put_on_its_letter(lettering: Lettering) -> None:
    bare, marked = lettering.block("xxx", NAME), lettering.block("xx̌x", NAME)
    assert bare
    assert marked
    assert abs(marked.width - bare.width) <= 2
    assert marked.height > bare.height


@needs_shaping
def test_japanese_has_its_own_shapes(lettering: Lettering) -> None:
    def first(name: str, width: int) -> bytes:
        letters = lettering.block(name, NAME)
        assert letters
        letter = letters.crop((0, 0, width, letters.height))
        return letter.crop(letter.getbbox()).tobytes()

    alone = lettering.block("直", NAME)
    assert alone
    assert first("直龍", alone.width) == alone.tobytes()
    assert first("直の", alone.width) != alone.tobytes()


def test_names_shrink_then_wrap_then_end_in_an_ellipsis(lettering: Lettering) -> None:
    def height(name: str) -> int:
        letters = lettering.block(name, NAME)
        assert letters
        return letters.height

    assert height("HHHHHHHHHHHHHHHHHHHHHH") < height("HHHHH")
    assert height("HHHHHHHHHHHHHHHH HHHHHHHHHHHHHHH") > height("HHHHH") * 1.5
    lines, size = lettering._broken("Grandmother " * 8, NAME)
    assert (len(lines), size) == (2, NAME.smallest)
    assert lines[1].endswith(ELLIPSIS)
    lines, size = lettering._broken("Ada Lovelace", NAME)
    assert (lines, size) == (["Ada Lovelace"], NAME.sizes[0])


def test_the_fonts_have_their_licence() -> None:
    folder = Path(__file__).parents[1] / "startwin" / "chat" / "fonts"
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text()
    assert sum(path.stat().st_size for path in folder.glob("*.[ot]tf")) < 5_000_000
