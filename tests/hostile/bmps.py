"""BMPs by hand."""

import struct

from tests.conftest import encoded
from tests.hostile.motif import MOTIF


def bmp(width: int, height: int, packing: int, bits: int, data: bytes, colours: int = 256) -> bytes:
    """A BMP by hand, with a palette of 256 greys."""
    palette = b"".join(bytes([grey, grey, grey, 0]) for grey in range(256))
    head = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, bits, packing, len(data), 1, 1, colours, 0
    )
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + 1024) + head + palette + data


def odd() -> dict[str, bytes]:
    """Run lengths, OS/2's header, rows from the top, and sizes that are none."""
    rows = b"\x18\x50\0\0" * 20 + b"\0\1"
    return {
        "run lengths": bmp(24, 20, 1, 8, rows),
        "run lengths of 4 bits": bmp(24, 20, 2, 4, rows),
        "run lengths and jumps": bmp(24, 20, 1, 8, b"\0\2\xff\xff" * 50),
        "run lengths cut off": bmp(24, 20, 1, 8, rows[:31]),
        "OS/2": b"BM"
        + struct.pack("<IHHIIHHHH", 0, 0, 0, 26, 12, 24, 20, 1, 24)
        + bytes(range(240)) * 6,
        "from the top": bmp(24, -20, 0, 8, bytes(480)),
        "from the top of nothing": bmp(24, -(2**31), 0, 8, bytes(480)),
        "negative width": bmp(-24, 20, 0, 8, bytes(480)),
        "no size": bmp(0, 0, 0, 8, bytes(480)),
        "huge": bmp(2**31 - 1, 2**31 - 1, 0, 8, bytes(480)),
        "no such packing": bmp(24, 20, 77, 8, bytes(480)),
        "a JPEG within": bmp(24, 20, 4, 0, encoded(MOTIF, "JPEG")),
        "2 billion colours": bmp(24, 20, 0, 8, bytes(480), colours=2**31 - 1),
        **{f"{bits} bits": bmp(24, 20, 0, bits, bytes(1920)) for bits in (0, 1, 2, 3, 4, 16, 32)},
    }
