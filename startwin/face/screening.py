"""Files that would cost a decoder far more than their bytes promise, told by their structure.

Pillow makes an object of every small part of a file before it can be asked how large the picture
is: 20 MB of blocks of three bytes took 1.2 GB, of a TIFF's offsets more than 100 s. And libjpeg
does all scans of a JPEG, one after the other: a thousand empty ones, in 140 kB, took 45 s. The
walks here read little more than the parts' lengths; what does not look like its format is left to
the decoder.
"""

import re
import struct

from startwin.errors import DamagedPicture, TooManyPixels, UnsupportedFormat

MAX_PARTS = 20_000
"""Segments of a JPEG, chunks of a PNG, blocks before a GIF's first frame. Cameras write tens;
encoders that cut a PNG into pieces of a kilobyte fill 20 MB with as many."""

MAX_SCANS = 50
"""Scans of a JPEG. Usual progressive files have 10; each takes 0.15 s for the largest picture."""

MAX_EXIF = 1_000_000
"""Bytes of EXIF; a segment of a JPEG holds 65,533, and thumbnails are made to fit in. Of other
formats `startwin.face.photo` keeps it."""

MAX_VALUES = 100_000
"""Numbers in a TIFF's directories, offsets of strips among them; each becomes an object."""

MAX_TILE = 4_200_000
"""Pixels of a TIFF's tile, whose buffer is made whole however small the picture is. Common tiles
have 256² to 1024²; this is 2048²."""

MAX_RUN_LENGTHS = 4_000_000
"""Bytes of a BMP packed in run lengths, which Pillow unpacks in Python, a microsecond a byte."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOI, _EOI, _SOS, _APP1, _TEM = 0xD8, 0xD9, 0xDA, 0xE1, 0x01

_TIFF_BYTES = (1, 2, 7)
"""Types whose values stay one string of bytes."""

_TIFF_NUMBERS = {3: "H", 4: "I"}
_TIFF_DIRECTORIES = (34665, 34853, 40965)
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_TIFF_PLACES = (273, 279, 324, 325)
"""Offsets and lengths of strips and tiles: an object each, whatever their type."""


def screen(photo: bytes) -> None:
    """Look for what a decoder must not be given.

    Args:
        photo: the bytes of a file.

    Raises:
        DamagedPicture: more parts than a picture has.
        TooManyPixels: a tile of a TIFF is larger than any picture needs.
        UnsupportedFormat: a BigTIFF, made for files beyond 4 GB; a large BMP in run lengths.
    """
    if photo.startswith(b"\xff\xd8"):
        _screen_jpeg(photo)
    elif photo.startswith(_PNG):
        _screen_png(photo)
    elif photo.startswith((b"GIF87a", b"GIF89a")):
        _screen_gif(photo)
    elif photo.startswith(b"BM"):
        _screen_bmp(photo)
    elif photo.startswith((b"II", b"MM")) and {42, 43} & set(photo[2:4]):
        _TiffWalk(photo).run()


def _screen_jpeg(photo: bytes) -> None:
    """Up to the end of the first image: behind it, phones append films and second pictures."""
    at, parts, scans, exif = 2, 0, 0, 0
    while found := _JPEG_MARKER.search(photo, at):
        marker = photo[found.end() - 1]
        # Pillow steps over what lies between two parts byte by byte.
        parts += 1 if scans else found.end() - at - 1
        at = found.end()
        if marker == _EOI and scans:
            return
        if marker in (_SOI, _EOI, _TEM):
            continue
        length = int.from_bytes(photo[at : at + 2])
        scans += marker == _SOS
        exif += length if marker == _APP1 and photo.startswith(b"Exif\0\0", at + 2) else 0
        at += max(length, 2)
        if parts > MAX_PARTS:
            raise DamagedPicture("damaged: too many segments")
        if scans > MAX_SCANS:
            raise DamagedPicture("damaged: too many scans")
        if exif > MAX_EXIF:
            raise DamagedPicture("damaged: too much EXIF")
    if not scans and len(photo) - at > MAX_PARTS:
        raise DamagedPicture("damaged: no picture behind the JPEG's header")


def _screen_png(photo: bytes) -> None:
    at = len(_PNG)
    for _ in range(MAX_PARTS):
        if at + 8 > len(photo):
            return
        length, kind = struct.unpack_from(">I4s", photo, at)
        if kind == b"IEND":
            return
        at += length + 12
    raise DamagedPicture("damaged: too many chunks")


def _screen_gif(photo: bytes) -> None:
    """Up to the first frame, the only one that is decoded."""
    at = 13
    if len(photo) >= at and photo[10] & 0x80:
        at += 3 << (photo[10] & 7) + 1
    blocks = 0
    while at < len(photo) and photo[at : at + 1] not in (b",", b";"):
        if blocks > MAX_PARTS:
            raise DamagedPicture("damaged: too many blocks")
        blocks += 1
        if photo[at : at + 1] != b"!":  # which the decoder passes over
            at += 1
            continue
        at += 2
        while at < len(photo) and photo[at] and blocks <= MAX_PARTS:
            at += 1 + photo[at]
            blocks += 1
        at += 1


def _screen_bmp(photo: bytes) -> None:
    packed = int.from_bytes(photo[30:34], "little")  # in all headers but OS/2's first
    if len(photo) > MAX_RUN_LENGTHS and packed in (1, 2) and photo[14:18] != b"\x0c\0\0\0":
        raise UnsupportedFormat("so large a BMP is not accepted in run lengths")


class _TiffWalk:
    """Over the first directory and those it names."""

    def __init__(self, photo: bytes) -> None:
        self._photo = photo
        self._order = "<" if photo.startswith(b"II") else ">"
        self._values = 0
        self._tile = {_TILE_WIDTH: 0, _TILE_LENGTH: 0}

    def run(self) -> None:
        if 43 in self._photo[2:4]:  # noqa: PLR2004 - the number that marks it
            raise UnsupportedFormat("BigTIFF is not accepted")
        if len(self._photo) >= 8:  # noqa: PLR2004 - the header
            (first,) = struct.unpack_from(self._order + "I", self._photo, 4)
            self._directory(first, deeper=2)
        if self._tile[_TILE_WIDTH] * self._tile[_TILE_LENGTH] > MAX_TILE:
            raise TooManyPixels("too large: a tile of the TIFF")

    def _directory(self, at: int, deeper: int) -> None:
        if at + 2 > len(self._photo):
            return
        (entries,) = struct.unpack_from(self._order + "H", self._photo, at)
        for entry in range(at + 2, min(at + 2 + 12 * entries, len(self._photo) - 11), 12):
            tag, kind, count, value = struct.unpack_from(self._order + "HHII", self._photo, entry)
            if kind not in _TIFF_BYTES or tag in _TIFF_PLACES:
                self._values += count
                if self._values > MAX_VALUES:
                    raise DamagedPicture("damaged: too many values in the TIFF's directories")
            if tag in self._tile:
                number = _TIFF_NUMBERS.get(kind, "I")
                (side,) = struct.unpack_from(self._order + number, self._photo, entry + 8)
                self._tile[tag] = max(self._tile[tag], side)
            elif tag in _TIFF_DIRECTORIES and deeper:
                self._directory(value, deeper - 1)
