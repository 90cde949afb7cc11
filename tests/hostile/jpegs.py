"""JPEGs that no program writes."""

import struct

from PIL import Image

from tests.conftest import encoded
from tests.hostile.motif import MOTIF


def with_segments(segments: bytes) -> bytes:
    """A JPEG with further parts before all others."""
    jpeg = encoded(MOTIF, "JPEG")
    return jpeg[:2] + segments + jpeg[2:]


def odd() -> dict[str, bytes]:
    """What Pillow does not write, by changing what it does."""
    plain = encoded(MOTIF, "JPEG")
    frame = plain.index(b"\xff\xc0")
    files = {
        f"SOF{kind:x}": plain[: frame + 1] + bytes([kind]) + plain[frame + 2 :]
        for kind in (0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
    }
    files["12 bits"] = plain[: frame + 4] + b"\x0c" + plain[frame + 5 :]
    files["two frames"] = plain[:frame] + plain[frame:].replace(b"\xff\xda", plain[frame:], 1)
    for sampling in (0x00, 0x44, 0x14, 0xFF):
        files[f"sampling {sampling:x}"] = (
            plain[: frame + 11] + bytes([sampling]) + plain[frame + 12 :]
        )
    for size in ((0, 0), (0, 20), (20, 0), (65_500, 65_500), (65_535, 20)):
        files[f"size {size}"] = plain[: frame + 5] + struct.pack(">HH", *size) + plain[frame + 9 :]
    cmyk = encoded(MOTIF.convert("CMYK"), "JPEG")
    files["YCCK"] = cmyk.replace(b"Adobe\0d\0\0\0\0\0", b"Adobe\0d\0\0\0\0\2")
    return files


def with_scans(width: int, height: int, scans: int) -> bytes:
    """A progressive grey JPEG with so many more scans, all empty, in few bytes."""
    plain = encoded(Image.new("L", (width, height)), "JPEG", progressive=True)
    # Two codes for table 1: 0 begins a run of 16,384 blocks and more without news, 10 ends one.
    codes = b"\xff\xc4\0\x15\x11" + bytes([1, 1, *([0] * 14), 0xE0, 0x00])
    blocks, bits = (width + 7) // 8 * ((height + 7) // 8), ""
    while blocks >= 16_384:
        run = min(blocks, 32_767)
        bits += f"0{run - 16_384:014b}"
        blocks -= run
    bits += "10" * blocks
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")
    scan = b"\xff\xda\0\x08\1\1\1\1\x3f\x10" + data
    return plain[:-2] + codes + scan * scans + plain[-2:]


def hardly_begun(width: int, height: int, mode: str) -> bytes:
    """A grey progressive JPEG of one scan, in which libjpeg holds all coefficients nevertheless."""
    small = encoded(Image.new(mode, (16, 16)), "JPEG", progressive=True, subsampling=0)
    frame = small.index(b"\xff\xc2")
    count = small[frame + 9]
    components = small[frame + 10 : frame + 10 + 3 * count : 3]
    head = small[: frame + 5] + struct.pack(">HH", height, width)
    head += small[frame + 9 : frame + 10 + 3 * count]
    code = b"\xff\xc4\0\x14\0\1" + bytes(15) + b"\0"  # one: a bit of 0 says no difference
    scan = struct.pack(">HHB", 0xFFDA, 6 + 2 * count, count)
    scan += b"".join(bytes([component, 0]) for component in components) + b"\0\0\1"
    blocks = (width + 7) // 8 * ((height + 7) // 8) * count
    return head + code + scan + bytes(blocks // 8 + 1) + b"\xff\xd9"
