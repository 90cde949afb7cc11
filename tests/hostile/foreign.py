"""Pictures in formats that are not accepted, files that are none, and pictures that are more."""

import struct
import zipfile
from io import BytesIO

from tests.conftest import encoded
from tests.hostile import pngs
from tests.hostile.motif import MOTIF

OTHERS = (
    *("AVIF", "BLP", "DDS", "DIB", "EPS", "ICNS", "ICO", "JPEG2000", "MSP"),
    *("PCX", "PDF", "PPM", "QOI", "SGI", "SPIDER", "TGA", "XBM"),
)
"""Formats that Pillow writes and we do not accept."""


def pictures() -> dict[str, bytes]:
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
        "PNG and PHP": png[:33] + pngs.chunk(b"tEXt", b"x\0<?php ?>") + png[33:],
        "PNG and JPEG": png + jpeg,
    }


def _zip() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "text")
    return file.getvalue()
