"""startwin.face.photo: every kind of picture becomes upright RGB, every other thing an error."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from startwin.errors import (
    BadPhoto,
    DamagedPicture,
    NotAPicture,
    TooFewPixels,
    TooManyPixels,
    UnsupportedFormat,
)
from startwin.face.photo import decode, reduction
from tests.conftest import PHOTOS, encoded

RAMP = np.tile(np.linspace(0, 1, 64), (48, 1))
"""(48, 64): black on the left, white on the right."""


def grey(scale: float, kind: type[np.generic]) -> Image.Image:
    return Image.fromarray((RAMP * scale).astype(kind))


@pytest.mark.parametrize(
    "photo",
    [
        encoded(grey(255, np.uint8)),
        encoded(grey(255, np.uint8), "JPEG", quality=95),
        encoded(grey(255, np.uint8).convert("RGB"), "WEBP", lossless=True),
        encoded(grey(255, np.uint8), "GIF"),
        encoded(grey(255, np.uint8), "BMP"),
        encoded(grey(255, np.uint8).convert("P")),
        encoded(grey(255, np.uint8).convert("LA")),
        encoded(grey(255, np.uint8).convert("RGBA")),
        encoded(grey(255, np.uint8).convert("RGB").convert("CMYK"), "JPEG", quality=95),
        encoded(grey(65535, np.uint16)),
        encoded(grey(65535, np.uint16), "TIFF"),
        encoded(grey(65535, np.int32), "TIFF"),
        encoded(grey(1, np.float32), "TIFF"),
    ],
    ids=[
        "L",
        "JPEG",
        "WEBP",
        "GIF",
        "BMP",
        "palette",
        "LA",
        "RGBA",
        "CMYK",
        "16-bit",
        "16-bit-TIFF",
        "32-bit-TIFF",
        "float",
    ],
)
def test_every_kind_of_grey_ramp_is_the_same_ramp(photo: bytes) -> None:
    picture = decode(photo)
    assert picture.shape == (48, 64, 3)
    assert picture.dtype == np.uint8
    expected = np.repeat((RAMP * 255)[:, :, None], 3, axis=2)
    assert np.abs(picture - expected).mean() < 3


def test_colours_stay_in_order() -> None:
    assert decode(encoded(Image.new("RGB", (20, 20), (200, 100, 50))))[0, 0].tolist() == [
        200,
        100,
        50,
    ]


def test_transparency_is_laid_on_white() -> None:
    hidden_red = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert (decode(encoded(hidden_red)) == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation: int) -> None:
    upright = Image.new("RGB", (60, 40), "white")
    upright.paste("red", (0, 0, 30, 20))  # top left
    turned_by = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(turned_by[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(encoded(stored, "JPEG", exif=exif, quality=95))
    assert picture.shape == (40, 60, 3)
    assert picture[5:15, 5:25, 1].max() < 60
    assert picture[25:, 35:, 1].min() > 200


def test_first_frame_of_an_animation() -> None:
    frames = [Image.new("L", (20, 20), 10), Image.new("L", (20, 20), 200)]
    file = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode(file).max() == 10


def png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is and then holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [13_000, 60_000, 2**31 - 1])
def test_bomb_is_refused_from_its_header(side: int) -> None:
    with pytest.raises(TooManyPixels):
        decode(png_header(side, side))


def test_20_kb_png_of_13000_pixels_square() -> None:
    bomb = encoded(Image.new("1", (13_000, 13_000)))
    assert len(bomb) < 25_000
    with pytest.raises(TooManyPixels, match="13000×13000"):
        decode(bomb)


@pytest.mark.parametrize(
    ("size", "decoded"),
    [
        ((2560, 100), (2560, 100)),
        ((5119, 100), (5119, 100)),
        ((5120, 100), (2560, 50)),
        ((101, 5121), (51, 2561)),
        ((20_481, 160), (2561, 20)),
    ],
)
@pytest.mark.parametrize("progressive", [False, True])
def test_large_jpeg_is_decoded_as_large_as_is_needed(
    size: tuple[int, int], decoded: tuple[int, int], progressive: bool
) -> None:
    photo = encoded(Image.new("RGB", size, "green"), "JPEG", progressive=progressive)
    picture = decode(photo)
    assert picture.shape == (decoded[1], decoded[0], 3)
    assert reduction(photo, picture) == pytest.approx(max(size) / max(decoded), rel=1e-3)


def test_large_jpeg_on_its_side() -> None:
    exif = Image.Exif()
    exif[274] = 6
    photo = encoded(Image.new("RGB", (6000, 200), "green"), "JPEG", exif=exif)
    picture = decode(photo)
    assert picture.shape == (3000, 100, 3)
    assert reduction(photo, picture) == 2


def test_jpeg_may_be_larger_than_others_but_not_without_bound() -> None:
    cap = 1_000_000
    large, larger = (Image.new("L", (side, 500)) for side in (5120, 5220))
    assert decode(encoded(large, "JPEG"), max_pixels=cap).shape == (250, 2560, 3)
    for photo in (encoded(large), encoded(larger, "JPEG")):
        with pytest.raises(TooManyPixels, match=r"5\d\d0×500"):
            decode(photo, max_pixels=cap)


def test_pixel_cap_is_the_callers() -> None:
    photo = encoded(Image.new("L", (100, 100)))
    assert decode(photo, max_pixels=10_000).shape == (100, 100, 3)
    with pytest.raises(TooManyPixels):
        decode(photo, max_pixels=9_999)


@pytest.mark.parametrize("size", [(1, 1), (15, 300), (300, 15)])
def test_too_small_for_a_face(size: tuple[int, int]) -> None:
    with pytest.raises(TooFewPixels):
        decode(encoded(Image.new("L", size)))


@pytest.mark.parametrize(
    "photo",
    [
        b"",
        b"\n",
        b"name,alias\nGrace,grace\n" * 50,
        b"%PDF-1.4 \xff\xd8",
        bytes(1000),
    ],
)
def test_not_a_picture(photo: bytes) -> None:
    with pytest.raises(NotAPicture):
        decode(photo)


@pytest.mark.parametrize(
    "photo",
    [
        b"\x00\x00\x00\x18ftypheic" + bytes(500),
        encoded(Image.new("RGB", (64, 64)), "PCX"),
        encoded(Image.new("RGB", (64, 64)), "ICO"),
        # On these, Pillow's decoders would raise errors of their own kinds.
        b"\1\0\0\0" + bytes(36) + b" EMF" + bytes(60),
        b"DDS " + struct.pack("<I", 124) + bytes(4) + struct.pack("<II", 16, 16) + bytes(300),
    ],
    ids=["HEIC", "PCX", "ICO", "EMF", "DDS"],
)
def test_picture_of_a_format_that_is_not_taken(photo: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        decode(photo)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_truncated(form: str, share: float) -> None:
    whole = encoded(Image.open(PHOTOS / "Grace Hopper.jpg"), form)
    with pytest.raises(DamagedPicture):
        decode(whole[: int(len(whole) * share)])


SMALL = Image.open(io.BytesIO((PHOTOS / "Grace Hopper.jpg").read_bytes())).resize((64, 75))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    form=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=8),
)
def test_flipped_bytes_end_in_a_picture_or_a_named_error(
    form: str, flips: list[tuple[float, int]]
) -> None:
    broken = bytearray(encoded(SMALL, form))
    for where, mask in flips:
        broken[int(where * len(broken))] ^= mask
    try:
        picture = decode(bytes(broken), max_pixels=1_000_000)
    except BadPhoto:
        return
    assert picture.ndim == 3
    assert picture.shape[2] == 3
