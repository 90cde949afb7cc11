"""startwin.chat.card: what is on it, and where."""

import io
import itertools
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from startwin.chat.badge import GOLD, NIGHT, RADIUS
from startwin.chat.card import (
    BADGE_AT,
    BRAND_HEIGHT,
    CARD_WIDTH,
    LEFT,
    MARGIN,
    NAME,
    NAME_HEIGHT,
    RIGHT,
    Brand,
    CardPainter,
)
from startwin.chat.fonts.lettering import Lettering
from startwin.errors import SettingsError
from startwin.face.frame import HEIGHT, WIDTH
from startwin.face.photo import Picture
from tests.test_lettering import NAMES, needs_shaping


def plain(*colour: int) -> Picture:
    return np.full((HEIGHT, WIDTH, 3), colour, dtype=np.uint8)


GREEN, RED = plain(40, 160, 60), plain(190, 40, 40)
WHITE, BLACK = plain(255, 255, 255), plain(0, 0, 0)


@pytest.fixture(scope="module")
def painter() -> CardPainter:
    return CardPainter(Brand())


@pytest.fixture(scope="module")
def lettering() -> Lettering:
    return Lettering()


def pixels(card: bytes) -> NDArray[np.int_]:
    return np.asarray(Image.open(io.BytesIO(card)).convert("RGB")).astype(int)


def badge_of(card: bytes) -> NDArray[np.int_]:
    x, y = BADGE_AT
    r = RADIUS
    return pixels(card)[y - r : y + r, x - r : x + r]


def contrast(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """By the Web Content Accessibility Guidelines 2."""
    shares = np.array([one, other], dtype=float) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    dark, light = sorted((linear @ [0.2126, 0.7152, 0.0722]).tolist())
    return float((light + 0.05) / (dark + 0.05))


def test_is_a_jpeg_of_its_size(painter: CardPainter) -> None:
    image = Image.open(io.BytesIO(painter.paint(GREEN, RED, 50, "Ada")))
    assert image.format == "JPEG"
    assert image.mode == "RGB"
    assert image.size == (CARD_WIDTH, MARGIN + HEIGHT + NAME_HEIGHT)


@pytest.mark.parametrize("percent", [0, 7, 91, 100])
def test_the_faces_are_whole_but_for_corners_and_badge(painter: CardPainter, percent: int) -> None:
    """Where eyes, noses and mouths are, nothing but the face is to be seen."""
    x, y = np.meshgrid(np.linspace(0, 255, WIDTH), np.linspace(0, 255, HEIGHT))
    user = np.stack([x, y, 0 * x + 90], axis=2).astype(np.uint8)
    star = np.stack([255 - x, y, 0 * x + 160], axis=2).astype(np.uint8)
    card = pixels(painter.paint(user, star, percent, "Ada"))
    for face, (left, top) in ((user, LEFT), (star, RIGHT)):
        shown = card[top : top + HEIGHT, left : left + WIDTH]
        off = abs(shown - face).max(axis=2)
        assert off[40:-40, 120:-120].max() < 12
        assert off[8:250, 40:-40].max() < 12
        assert (off < 12).mean() > 0.92


def test_user_and_star_do_not_change_places(painter: CardPainter) -> None:
    one, other = painter.paint(GREEN, RED, 50, "Ada"), painter.paint(RED, GREEN, 50, "Ada")
    assert abs(pixels(one)[:, ::-1] - pixels(other))[:200].max() < 12
    assert abs(pixels(one)[100, 100] - GREEN[0, 0]).max() < 12


def test_every_percentage_has_a_badge_of_its_own(painter: CardPainter) -> None:
    badges = {badge_of(painter.paint(GREEN, RED, n, "Ada")).tobytes() for n in range(101)}
    assert len(badges) == 101


def test_the_ring_fills_with_the_percentage(painter: CardPainter) -> None:
    gold = [
        (abs(badge_of(painter.paint(BLACK, BLACK, n, "")) - GOLD).max(axis=2) < 40).sum()
        for n in (0, 10, 30, 50, 70, 90, 100)
    ]
    assert gold[0] == 0
    assert all(a < b for a, b in itertools.pairwise(gold))


@pytest.mark.parametrize("percent", [0, 8, 88, 100])
def test_the_number_stays_off_the_ring(painter: CardPainter, percent: int) -> None:
    """On a circle just inside of the ring there is nothing but the disc and the sparkle's tip."""
    badge = badge_of(painter.paint(GREEN, RED, percent, "Ada"))
    turns = np.linspace(0.06, 0.94, 400) * 2 * np.pi
    away = RADIUS - 31
    x = np.rint(RADIUS + away * np.sin(turns)).astype(int)
    y = np.rint(RADIUS - away * np.cos(turns)).astype(int)
    bright = badge[y, x].min(axis=1) > 150
    level = abs(np.cos(turns)) < 0.6  # left and right, where a wide number would come
    end = 2 * np.pi * percent / 100
    near_sparkle = abs((turns - end + np.pi) % (2 * np.pi) - np.pi) < 0.3
    assert not (bright & level & ~near_sparkle).any()


@pytest.mark.parametrize("photo", [WHITE, BLACK, plain(128, 128, 128), plain(255, 201, 77)])
@pytest.mark.parametrize("percent", [3, 64, 100])
def test_the_number_can_be_read_over_any_photo(
    painter: CardPainter, photo: Picture, percent: int
) -> None:
    badge = badge_of(painter.paint(photo, photo, percent, "Ada"))
    r = RADIUS
    number = badge[r - 35 : r + 35, r - 70 : r + 70].reshape(-1, 3)
    light = number[number.min(axis=1) > 240]
    dark = number[abs(number - NIGHT).max(axis=1) < 12]
    assert len(light) > 400
    assert len(dark) > 4000
    assert contrast(light.mean(axis=0), dark.mean(axis=0)) >= 4.5


@pytest.mark.parametrize("photo", [WHITE, BLACK])
def test_the_name_can_be_read(painter: CardPainter, photo: Picture) -> None:
    band = pixels(painter.paint(photo, photo, 50, "Ada Lovelace"))[MARGIN + HEIGHT + 8 :]
    flat = band.reshape(-1, 3)
    light = flat[flat.min(axis=1) > 240]
    assert len(light) > 2000
    assert contrast(light.mean(axis=0), band[:, :20].reshape(-1, 3).mean(axis=0)) >= 4.5


@needs_shaping
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_are_drawn_in_every_script(painter: CardPainter, name: str) -> None:
    card = painter.paint(GREEN, RED, 50, name)
    assert pixels(card).shape[0] == MARGIN + HEIGHT + NAME_HEIGHT
    band = pixels(card)[MARGIN + HEIGHT + 8 :]
    assert (band.min(axis=2) > 240).sum() > 1000


@pytest.mark.parametrize(
    "name",
    ["བོད་ཡིག", "शाहरुख़ ख़ान", "ทองดี", "Ada བོད", "🎉🎉", " ", "\u200f", "\u3164"],
    ids=["Tibetan", "Devanagari", "Thai", "some Tibetan", "emoji", "space", "control", "blank"],
)
def test_a_name_that_cannot_be_written_is_left_off(painter: CardPainter, name: str) -> None:
    assert painter.paint(GREEN, RED, 50, name) == painter.paint(GREEN, RED, 50, "")


def test_emoji_are_left_out(painter: CardPainter) -> None:
    with_emoji = painter.paint(GREEN, RED, 50, "⭐️ Ada 👩🏽‍🚀 Lovelace🇬🇧")
    assert with_emoji == painter.paint(GREEN, RED, 50, "Ada Lovelace")


def test_composed_and_decomposed_names_look_alike(painter: CardPainter) -> None:
    for name in (NAMES["Vietnamese"], NAMES["Korean"], NAMES["Japanese"]):
        apart = unicodedata.normalize("NFD", name)
        assert painter.paint(GREEN, RED, 5, apart) == painter.paint(GREEN, RED, 5, name)


@pytest.mark.parametrize(
    "name",
    [
        "Alexandra Wilhelmina Fitzgerald-Montgomery",
        "Maria " * 40,
        "W" * 150,
        "ẤỆ" * 60,
        "龍" * 150,
        "Александр Константинопольский-Преображенский",
        pytest.param("محمد صلاح " * 20, marks=needs_shaping),
    ],
)
def test_long_names_stay_inside(painter: CardPainter, lettering: Lettering, name: str) -> None:
    letters = lettering.block(name, NAME)
    assert letters
    assert letters.width <= NAME.width
    assert letters.height <= NAME_HEIGHT - 20
    assert letters.width > NAME.width / 2
    card = pixels(painter.paint(BLACK, BLACK, 50, name))
    bright = card[MARGIN + HEIGHT + 4 :].min(axis=2) > 150
    assert bright[:, 36:-36].any()
    assert not bright[:, :36].any()
    assert not bright[:, -36:].any()


def picture_file(path: Path, colour: tuple[int, ...], size: tuple[int, int] = (300, 100)) -> Path:
    logo = Image.new("RGBA", size)
    ImageDraw.Draw(logo).ellipse((0, 0, size[0] - 1, size[1] - 1), fill=colour)
    logo.save(path, "PNG")
    return path


def strip_of(painter: CardPainter) -> NDArray[np.int_]:
    """The card below the faces, where the brand is, of a card without a name."""
    return pixels(painter.paint(GREEN, RED, 50, ""))[MARGIN + HEIGHT + 4 :]


def test_the_brand_name_appears() -> None:
    bare, okko = strip_of(CardPainter(Brand())), strip_of(CardPainter(Brand("Okko")))
    assert len(okko) == len(bare) + BRAND_HEIGHT
    assert (bare.min(axis=2) > 180).sum() == 0
    assert (okko.min(axis=2) > 180).sum() > 200
    named = CardPainter(Brand("Okko")).paint(GREEN, RED, 50, "Ada")
    assert len(pixels(named)) == MARGIN + HEIGHT + NAME_HEIGHT + BRAND_HEIGHT


def test_the_logo_appears_with_its_colours(tmp_path: Path) -> None:
    logo = picture_file(tmp_path / "logo.png", (250, 120, 250, 255))
    strip = strip_of(CardPainter(Brand(logo=logo)))
    assert (abs(strip - (250, 120, 250)).max(axis=2) < 30).sum() > 1000
    assert (strip.min(axis=2) > 240).sum() == 0  # light enough for no plate


def test_a_dark_logo_gets_a_plate(tmp_path: Path) -> None:
    logo = picture_file(tmp_path / "logo.png", (20, 20, 20, 255))
    strip = strip_of(CardPainter(Brand("Okko", logo)))
    assert (strip.max(axis=2) < 50).sum() > 1000
    assert (strip.min(axis=2) > 240).sum() > 1000


@pytest.mark.parametrize("size", [(3000, 20), (20, 3000), (1, 1)])
def test_logos_of_odd_sizes_stay_in_the_strip(tmp_path: Path, size: tuple[int, int]) -> None:
    logo = picture_file(tmp_path / "logo.png", (255, 255, 255, 255), size)
    strip = strip_of(CardPainter(Brand("Okko", logo)))
    assert (strip[-4:].min(axis=2) > 150).sum() == 0


def test_a_broken_logo_is_a_wrong_setting(tmp_path: Path) -> None:
    whole = picture_file(tmp_path / "whole.png", (1, 2, 3, 255)).read_bytes()
    for name, data in (("text.png", b"no picture"), ("cut.png", whole[:200]), ("empty.png", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SettingsError, match=f"BRAND_LOGO.*{name}"):
            CardPainter(Brand(logo=tmp_path / name))
    with pytest.raises(SettingsError, match="BRAND_LOGO"):
        CardPainter(Brand(logo=tmp_path / "missing.png"))
    with pytest.raises(SettingsError, match="BRAND_LOGO"):
        CardPainter(Brand(logo=tmp_path))


def test_many_threads_paint_the_same() -> None:
    jobs = [(n, name) for n, name in enumerate(list(NAMES.values()) * 6)]
    alone = CardPainter(Brand("Okko"))
    expected = [alone.paint(GREEN, RED, *job) for job in jobs]
    shared = CardPainter(Brand("Okko"))  # its fonts are not loaded yet: the threads race for that
    with ThreadPoolExecutor(16) as threads:
        cards = list(threads.map(lambda job: shared.paint(GREEN, RED, *job), jobs))
    assert cards == expected
