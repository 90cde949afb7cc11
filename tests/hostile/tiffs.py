"""TIFFs by hand."""

import struct
import zlib

from tests.conftest import encoded
from tests.hostile.motif import MOTIF

HERE = 2**32 - 1
"""The offset that `tiff` replaces by the pixels' own."""


def tiff(tags: dict[int, tuple[int, int, bytes]], pixels: bytes = b"") -> bytes:
    """A TIFF by hand.

    Args:
        tags: type, count and value of each. An offset of -1 (LONG) becomes that of the pixels.
        pixels: what lies behind the directory.
    """
    entries, values, at = b"", b"", 8 + 2 + 12 * len(tags) + 4
    end = at + sum(len(value) for _, _, value in tags.values() if len(value) > 4)
    for tag, (kind, count, value) in sorted(tags.items()):
        here = value.replace(b"\xff\xff\xff\xff", struct.pack("<I", end)) if kind == 4 else value
        if len(here) > 4:
            entries += struct.pack("<HHII", tag, kind, count, at + len(values))
            values += here
        else:
            entries += struct.pack("<HHI", tag, kind, count) + here.ljust(4, b"\0")
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 8)  # its own next one
    return b"II*\0" + struct.pack("<I", 8) + directory + values + pixels


def longs(*numbers: int) -> tuple[int, int, bytes]:
    """Unsigned 32-bit values of a TIFF's tag."""
    return 4, len(numbers), struct.pack(f"<{len(numbers)}I", *numbers)


def shorts(*numbers: int) -> tuple[int, int, bytes]:
    """Unsigned 16-bit values of a TIFF's tag."""
    return 3, len(numbers), struct.pack(f"<{len(numbers)}H", *numbers)


def common(
    width: int, height: int, packing: int = 1, bits: int = 8, samples: int = 1
) -> dict[int, tuple[int, int, bytes]]:
    """The tags that every TIFF has, without the pixels' places."""
    return {
        256: longs(width),
        257: longs(height),
        258: shorts(*[bits] * samples),
        259: shorts(packing),
        262: shorts(2 if samples == 3 else 1),
        277: shorts(samples),
    }


def odd() -> dict[str, bytes]:
    """Directories that no program writes."""
    tags, pixels = common(24, 20), bytes(480)
    whole = {**tags, 273: longs(HERE), 278: longs(20), 279: longs(480)}
    packed = zlib.compress(pixels)
    zipped = {**common(24, 20, 8), 273: longs(HERE), 278: longs(20), 279: longs(len(packed))}
    files = {
        "its own next directory": tiff(whole, pixels),
        "its own EXIF": tiff({**whole, 34665: longs(8), 34853: longs(8)}, pixels),
        "beyond the file": tiff({**whole, 273: longs(HERE - 1)}, pixels),
        "no place": tiff(tags, pixels),
        "no size": tiff({tag: value for tag, value in whole.items() if tag > 257}, pixels),
        "no rows in a strip": tiff({**zipped, 278: longs(0)}, packed),
        "4 billion rows in a strip": tiff({**zipped, 278: longs(HERE - 1)}, packed),
        "strips of 4 GB": tiff({**zipped, 279: longs(HERE - 1)}, packed),
        "a row a strip": tiff(
            {**tags, 273: longs(*[HERE] * 20), 278: longs(1), 279: longs(*[24] * 20)}, pixels
        ),
        "a tile of nothing": tiff({**tags, 322: longs(0), 323: longs(0), 324: longs(HERE)}, pixels),
        "big endian's number": b"MM" + tiff(whole, pixels)[2:],
        "BigTIFF": encoded(MOTIF.copy(), "TIFF", big_tiff=True),
        "65535 tags": tiff(whole, pixels).replace(struct.pack("<H", len(whole)), b"\xff\xff", 1),
    }
    for planar in (0, 2, 3):
        files[f"planar {planar}"] = tiff({**whole, 284: shorts(planar)}, pixels)
    for sample_format in range(8):
        for bits in (1, 2, 4, 8, 12, 16, 32, 64):
            tags = {**common(24, 20, bits=bits), 339: shorts(sample_format)}
            places = {273: longs(HERE), 278: longs(20), 279: longs(24 * 20 * bits // 8)}
            file = tiff({**tags, **places}, b"\x7f\xc0\xff\x80" * (24 * 20 * bits // 32))
            files[f"sample format {sample_format}, {bits} bits"] = file
    for packing in (2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34712, 34887, 34925, 50000, 50001, 9999):
        files[f"packing {packing}"] = tiff({**whole, 259: shorts(packing)}, pixels)
    return files
