"""startwin.face.screening: honest files pass, with room to spare; the crowded ones are named."""

import struct
from collections.abc import Callable

import pytest
from PIL import Image

from startwin.errors import BadPhoto, DamagedPicture, TooManyPixels, UnsupportedFormat
from startwin.face.screening import MAX_PARTS, MAX_SCANS, MAX_TILE, MAX_VALUES, screen
from tests.conftest import PHOTOS, encoded
from tests.hostile import bmps, foreign, gifs, jpegs, ordinary, pngs, tiffs

XMP_END = b"\1" + bytes(range(255, -1, -1)) + b"\0"
"""Behind XMP in a GIF, so that each way through its text, taken for blocks, ends here."""


def refused(photo: bytes) -> str:
    """Why a file is refused."""
    with pytest.raises(BadPhoto) as caught:
        screen(photo)
    return str(caught.value)


@pytest.mark.parametrize(
    "photo",
    [
        *(file.read_bytes() for file in sorted(PHOTOS.glob("*.jpg"))),
        pngs.with_chunks(pngs.chunk(b"IDAT", bytes(1000)) * (MAX_PARTS - 10)),
        jpegs.with_segments(
            (b"\xff\xe2\xff\xff" + bytes(65_533)) * 255
        ),  # a colour profile of 16 MB
        jpegs.with_scans(64, 64, MAX_SCANS - 20),
        gifs.with_blocks(b"!\xff\x0bXMP DataXMP" + b"x" * 1_000_000 + XMP_END),
        tiffs.tiff({**tiffs.common(24, 20), 273: tiffs.longs(*range(MAX_VALUES - 10))}),
        tiffs.tiff({322: tiffs.longs(1024), 323: tiffs.longs(1024)}),
        tiffs.tiff({700: (1, 3_000_000, bytes(3_000_000))}),
        bmps.bmp(5000, 4000, 0, 8, bytes(20_000_000)),
        foreign.polyglots()["JPEG and film"],
    ],
)
def test_honest_files_pass(photo: bytes) -> None:
    screen(photo)


@pytest.mark.parametrize(
    "make", [ordinary.accepted, ordinary.turned, foreign.pictures, foreign.polyglots]
)
def test_nothing_that_programs_write_is_refused(make: Callable[[], dict[str, bytes]]) -> None:
    for photo in make().values():
        screen(photo)


def test_one_too_many() -> None:
    scans = jpegs.with_scans(64, 64, MAX_SCANS)
    tags = {**tiffs.common(24, 20), 273: tiffs.longs(*range(MAX_VALUES))}
    assert "scans" in refused(scans)
    assert "values" in refused(tiffs.tiff(tags))
    assert "chunks" in refused(pngs.with_chunks(pngs.chunk(b"tEXt") * MAX_PARTS))
    assert "segments" in refused(jpegs.with_segments(b"\xff\xfe\0\2" * MAX_PARTS))
    assert "blocks" in refused(gifs.with_blocks(b"!\xfe\0" * MAX_PARTS))
    assert "EXIF" in refused(
        jpegs.with_segments((b"\xff\xe1\xff\xffExif\0\0" + bytes(65_527)) * 16)
    )


def test_values_count_in_directories_within_directories() -> None:
    fractions = (5, MAX_VALUES + 1, b"")
    inner = struct.pack("<HHHI", 1, 282, *fractions[:2]) + bytes(8)
    tags = {**tiffs.common(24, 20), 34665: tiffs.longs(tiffs.HERE)}
    with pytest.raises(DamagedPicture):
        screen(tiffs.tiff(tags, inner))


@pytest.mark.parametrize("order", ["<", ">"])
def test_tile_of_either_byte_order(order: str) -> None:
    tags = [(322, 3, 1, MAX_TILE // 1000, 0), (323, 3, 1, 1001, 0)]
    body = b"".join(struct.pack(f"{order}HHIHH", *tag) for tag in tags)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    with pytest.raises(TooManyPixels):
        screen(mark + struct.pack(f"{order}IH", 8, 2) + body + bytes(4))


def test_big_tiff() -> None:
    with pytest.raises(UnsupportedFormat, match="BigTIFF"):
        screen(encoded(Image.new("L", (24, 20)), "TIFF", big_tiff=True))


@pytest.mark.parametrize(
    "start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\0"]
)
@pytest.mark.parametrize("rest", [b"", b"\xff", b"\xff" * 40, bytes(range(256)), bytes(40)])
def test_what_makes_no_sense_is_left_to_the_decoder(start: bytes, rest: bytes) -> None:
    screen(start + rest)
