"""Generated pictures: every mode, size and damage that the tests need."""

import io
from typing import Any

from PIL import Image

RED, GREEN = (220, 30, 30), (30, 160, 60)
ORIENTATION = 0x0112


def picture(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Red on the left, green on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height))
    # Converting to a palette would dither the two colours away.
    return image.quantize(8) if mode == "P" else image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(width: int = 640, height: int = 480) -> bytes:
    return encoded(picture(width, height))


def rotated_phone_photo() -> bytes:
    """Stored lying, 400×200; upright it is 200×400 with red on top."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "Phone maker"
    return encoded(picture(400, 200), exif=exif, comment=b"a secret place")


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
