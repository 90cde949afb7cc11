"""A picture becomes the photo that Telegram would offer: upright JPEGs in several sizes."""

import io
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageOps

# Longest sides of the sizes s, m, x and y (https://core.telegram.org/api/files#image-thumbnail-types).
_LONGEST_SIDES = (90, 320, 800, 1280)
# Those of profile photos, which are squares: a, b and c.
_PROFILE_SIDES = (160, 320, 640)
_JPEG_QUALITY = 87
_MAX_PIXELS = 120_000_000  # phones' largest photos; their apps shrink them before sending
_MAX_RATIO = 20
# What Telegram's apps send as a photo. Theirs turn a GIF into an animation, and HEIC is decoded
# by the phone: here both go as files.
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")

# What Pillow raises for data that is no picture; with warnings as errors the warning, too.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    ArithmeticError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class NotAPhoto(ValueError):
    """The data cannot be decoded as a picture."""


class BadDimensions(NotAPhoto):
    """The picture has too many pixels, or one side is over 20 times the other."""


@dataclass(frozen=True)
class Size:
    """One size of a photo.

    Attributes:
        width: in pixels.
        height: in pixels.
        data: the JPEG, RGB and without metadata.
    """

    width: int
    height: int
    data: bytes


def dimensions(data: bytes) -> tuple[int, int]:
    """Width and height in pixels as stored, read from the header alone.

    Raises:
        NotAPhoto: the header is no picture's.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            return image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadDimensions(str(error)) from error
    except _DECODER_ERRORS as error:
        raise NotAPhoto(str(error)) from error


# A benchmark sends the same few photos again and again: resize each once and share its bytes.
@lru_cache(maxsize=128)
def sizes_of(data: bytes) -> tuple[Size, ...]:
    """The sizes that Telegram would offer, ascending; the last is the picture up to 1280 px.

    EXIF rotation is applied, metadata dropped, transparency put on white, every mode made RGB.

    Raises:
        BadDimensions: over 120 megapixels, or a ratio of sides over 20.
        NotAPhoto: the data is damaged or of another format.
    """
    image = _opened(data)
    sizes = [_size(image)]
    for side in reversed([side for side in _LONGEST_SIDES if side < max(image.size)]):
        # Each from the next larger one, and without Lanczos, whose filter is three times as wide.
        image = _shrunk(image, side, Image.Resampling.HAMMING)
        sizes.append(_size(image))
    return tuple(reversed(sizes))


def profile_sizes_of(data: bytes) -> tuple[Size, ...]:
    """The square sizes of a profile photo, ascending: 160, 320 and 640 px, cut from the middle.

    Raises:
        NotAPhoto: as for `sizes_of`.
    """
    whole = _opened(data)
    return tuple(
        _size(ImageOps.fit(whole, (side, side), Image.Resampling.LANCZOS))
        for side in _PROFILE_SIDES
    )


def _opened(data: bytes) -> Image.Image:
    width, height = dimensions(data)
    if width * height > _MAX_PIXELS or max(width, height) > _MAX_RATIO * min(width, height):
        raise BadDimensions(f"{width}×{height} pixels")
    try:
        return _upright_rgb(data)
    except _DECODER_ERRORS as error:
        raise NotAPhoto(str(error)) from error


def _upright_rgb(data: bytes) -> Image.Image:
    largest = _LONGEST_SIDES[-1]
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        # A phone's JPEG decodes several times faster at the reduced size that its format offers.
        image.draft("RGB", (largest, largest))
        image.load()
        upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith(("I", "F")):
        upright = _eight_bits(upright)
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
    # Pasting onto a new picture leaves comments, EXIF and colour profiles behind.
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    return _shrunk(flat, largest)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits to 8: Pillow's own conversion clips some of these modes instead."""
    wide = image.convert("F")
    top = 65535 if image.mode.startswith("I") else 1
    return wide.point(lambda value: value * (255 / top) + 0).convert("L")


def _shrunk(
    image: Image.Image, longest_side: int, resampling: Image.Resampling = Image.Resampling.LANCZOS
) -> Image.Image:
    small = image.copy()
    small.thumbnail((longest_side, longest_side), resampling)
    return small


def _size(image: Image.Image) -> Size:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_JPEG_QUALITY)
    return Size(image.width, image.height, file.getvalue())
