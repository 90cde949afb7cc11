"""GIFs with parts of our own."""

import struct

from tests.conftest import encoded
from tests.hostile.motif import MOTIF


def with_blocks(blocks: bytes) -> bytes:
    """A GIF with further parts before its first frame."""
    gif = encoded(MOTIF, "GIF")
    frame = gif.index(struct.pack("<sHHHH", b",", 0, 0, *MOTIF.size))
    return gif[:frame] + blocks + gif[frame:]
