"""One font of ours: what it has, and its sizes."""

import struct
from functools import cache
from pathlib import Path

import numpy as np
from PIL import ImageFont


class Font:
    """A font in any size, loaded when it is first used; not safe to use from two threads.

    Args:
        name: of its file.
        shapes: whether letters are shaped, see `Lettering`.

    Attributes:
        characters: those that it has glyphs for.
    """

    def __init__(self, name: str, shapes: bool) -> None:
        self._path = Path(__file__).with_name(name)
        self._engine = ImageFont.Layout.RAQM if shapes else ImageFont.Layout.BASIC
        self.characters = _characters(self._path.read_bytes())
        self.sized = cache(self._sized)

    def _sized(self, size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(self._path, size, layout_engine=self._engine)


def _characters(data: bytes) -> frozenset[str]:
    """What a font has glyphs for, by its table "cmap", which is of format 12 in ours."""
    tables = [struct.unpack_from(">4sIII", data, 12 + 16 * i) for i in range(data[5])]
    start = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
    start += int(struct.unpack_from(">I", data, start + 8)[0])
    (groups,) = struct.unpack_from(">I", data, start + 12)
    ranges = np.frombuffer(data, ">u4", 3 * groups, start + 16).reshape(-1, 3).tolist()
    return frozenset(chr(code) for first, last, _ in ranges for code in range(first, last + 1))
