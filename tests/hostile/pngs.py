"""PNGs with parts of our own."""

import struct
import zlib

from tests.conftest import encoded
from tests.hostile.motif import MOTIF


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """One part of a PNG, with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunks(chunks: bytes) -> bytes:
    """A PNG with further parts before its pixels."""
    png = encoded(MOTIF)
    return png[:33] + chunks + png[33:]
