"""Pictures as an enemy, a broken phone or an odd program would send them.

Each function gives files by name. What is small is made of `MOTIF`, so that a decoder has work.
"""

import struct
import zipfile
import zlib
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

from tests.conftest import PHOTOS, encoded

MOTIF = ImageOps.fit(Image.open(PHOTOS / "Grace Hopper.jpg"), (24, 20))

MODES = (
    *("1", "L", "P", "LA", "PA", "RGB", "RGBA", "RGBX"),
    *("CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16", "I;16B"),
)

_BY_GREY = ("LA", "PA", "I", "F", "I;16", "I;16B")
"""What Pillow converts grey to, but not colours."""

OURS: dict[str, list[dict[str, Any]]] = {
    "JPEG": [{}, {"progressive": True}, {"subsampling": 0, "quality": 100}, {"restart": 1}],
    "MPO": [{"save_all": True, "append_images": [MOTIF.rotate(90)]}],
    "PNG": [{}, {"save_all": True, "append_images": [MOTIF.rotate(90), MOTIF.rotate(180)]}],
    "WEBP": [{}, {"lossless": True}, {"save_all": True, "append_images": [MOTIF.rotate(90)]}],
    "GIF": [{}, {"save_all": True, "append_images": [MOTIF.rotate(90)], "disposal": 2}],
    "BMP": [{}],
    "TIFF": [
        *({"compression": packing} for packing in ("raw", "packbits", "tiff_lzw", "jpeg")),
        *({"compression": packing} for packing in ("tiff_adobe_deflate", "lzma", "zstd")),
        *({"compression": packing} for packing in ("group3", "group4", "tiff_ccitt")),
        {"save_all": True, "append_images": [MOTIF.rotate(90)]},
    ],
}
"""The accepted formats, with options in which their files differ."""

OTHERS = (
    *("AVIF", "BLP", "DDS", "DIB", "EPS", "ICNS", "ICO", "JPEG2000", "MSP"),
    *("PCX", "PDF", "PPM", "QOI", "SGI", "SPIDER", "TGA", "XBM"),
)
"""Formats that Pillow writes and we do not accept."""

MB = 1_000_000


@cache
def accepted() -> dict[str, bytes]:
    """Every mode and option of the accepted formats that Pillow can write."""
    files = {}
    for form, variants in OURS.items():
        for mode in MODES:
            for number, options in enumerate(variants):
                image = MOTIF.convert("L").convert(mode) if mode in _BY_GREY else MOTIF
                try:
                    file = encoded(image.convert(mode), form, **options)
                except (OSError, ValueError, RuntimeError, KeyError):
                    continue  # the format has no such mode
                files[f"{form} {mode} {number}"] = file
    return files


def turned() -> dict[str, bytes]:
    """EXIF orientations, those that there are and those that there are not."""
    files = {}
    for orientation in (*range(10), 255, 65535):
        exif = Image.Exif()
        exif[274] = orientation
        for form in ("JPEG", "PNG", "WEBP", "TIFF"):
            files[f"{form} orientation {orientation}"] = encoded(MOTIF, form, exif=exif)
    return files


def foreign() -> dict[str, bytes]:
    """Pictures in formats that are not accepted, and files that are none."""
    files = {}
    for form in OTHERS:
        for mode in ("RGB", "RGBA", "L", "1"):
            try:
                files[f"{form} {mode}"] = encoded(MOTIF.convert(mode), form)
            except (OSError, ValueError, RuntimeError, KeyError):
                continue
    for brand in ("heic", "heix", "mif1", "msf1", "avif", "avis", "mp42", "qt  "):
        files[f"ftyp {brand}"] = b"\0\0\0\x18ftyp" + brand.encode() + bytes(400)
    files |= {
        "SVG": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "HTML": b"<!doctype html><img src=x onerror=alert(1)>",
        "zip": _zip(),
        "ELF": b"\x7fELF" + bytes(300),
        "PSD": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 2**31 - 1, 2**31 - 1, 8, 3),
        "JPEG XL": b"\xff\x0a" + bytes(100),
        "nothing but a signature, PNG": b"\x89PNG\r\n\x1a\n",
        "nothing but a signature, GIF": b"GIF89a",
        "nothing but a signature, JPEG": b"\xff\xd8\xff",
        "nothing but a signature, TIFF": b"II*\0",
        "nothing but a signature, BMP": b"BM",
        "nothing but a signature, WEBP": b"RIFF\0\0\0\0WEBPVP8 ",
    }
    return files


def polyglots() -> dict[str, bytes]:
    """Whole pictures that are something else as well."""
    gif, jpeg, png = (encoded(MOTIF, form) for form in ("GIF", "JPEG", "PNG"))
    html = b"<script>alert(1)</script>"
    comment = b"\xff\xfe" + struct.pack(">H", 2 + len(html)) + html
    return {
        "GIF and zip": gif + _zip(),
        "JPEG and HTML": jpeg[:2] + comment + jpeg[2:],
        "JPEG and PDF": jpeg + b"%PDF-1.7\n%%EOF",
        "JPEG and film": jpeg + b"\0\0\0\x18ftypmp42" + b"\xff\xda\0\2" * 5000,
        "PNG and PHP": png[:33] + png_chunk(b"tEXt", b"x\0<?php ?>") + png[33:],
        "PNG and JPEG": png + jpeg,
    }


def _zip() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "text")
    return file.getvalue()


def png_chunk(kind: bytes, data: bytes = b"") -> bytes:
    """One part of a PNG, with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunks(chunks: bytes) -> bytes:
    """A PNG with further parts before its pixels."""
    png = encoded(MOTIF)
    return png[:33] + chunks + png[33:]


def with_segments(segments: bytes) -> bytes:
    """A JPEG with further parts before all others."""
    jpeg = encoded(MOTIF, "JPEG")
    return jpeg[:2] + segments + jpeg[2:]


def with_blocks(blocks: bytes) -> bytes:
    """A GIF with further parts before its first frame."""
    gif = encoded(MOTIF, "GIF")
    frame = gif.index(struct.pack("<sHHHH", b",", 0, 0, *MOTIF.size))
    return gif[:frame] + blocks + gif[frame:]


def odd_jpegs() -> dict[str, bytes]:
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


def tiff_tags(
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


HERE = 2**32 - 1
"""The offset that `tiff` replaces by the pixels' own."""


def odd_tiffs() -> dict[str, bytes]:
    """Directories that no program writes."""
    tags, pixels = tiff_tags(24, 20), bytes(480)
    whole = {**tags, 273: longs(HERE), 278: longs(20), 279: longs(480)}
    packed = zlib.compress(pixels)
    zipped = {**tiff_tags(24, 20, 8), 273: longs(HERE), 278: longs(20), 279: longs(len(packed))}
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
            tags = {**tiff_tags(24, 20, bits=bits), 339: shorts(sample_format)}
            places = {273: longs(HERE), 278: longs(20), 279: longs(24 * 20 * bits // 8)}
            file = tiff({**tags, **places}, b"\x7f\xc0\xff\x80" * (24 * 20 * bits // 32))
            files[f"sample format {sample_format}, {bits} bits"] = file
    for packing in (2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34712, 34887, 34925, 50000, 50001, 9999):
        files[f"packing {packing}"] = tiff({**whole, 259: shorts(packing)}, pixels)
    return files


def bmp(width: int, height: int, packing: int, bits: int, data: bytes, colours: int = 256) -> bytes:
    """A BMP by hand, with a palette of 256 greys."""
    palette = b"".join(bytes([grey, grey, grey, 0]) for grey in range(256))
    head = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, bits, packing, len(data), 1, 1, colours, 0
    )
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + 1024) + head + palette + data


def odd_bmps() -> dict[str, bytes]:
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
