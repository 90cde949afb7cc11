"""Pictures as Pillow writes them, in every mode and option of the accepted formats."""

from functools import cache
from typing import Any

from PIL import Image

from tests.conftest import encoded
from tests.hostile.motif import MOTIF

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
