"""Bytes become an upright RGB picture, or an error that says why not."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from startwin.errors import (
    DamagedPicture,
    NotAPicture,
    TooFewPixels,
    TooManyPixels,
    UnsupportedFormat,
)
from startwin.face.screening import MAX_EXIF, screen

Picture = NDArray[np.uint8]
"""(height, width, 3), RGB, 0–255, upright; not to be written to."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
"""What is decoded; for Pillow, JPEG includes MPO, the JPEG with a second picture in it."""

MAX_PIXELS = 25_000_000
"""Cameras give 12 to 24 Mpx; some formats take 25 bytes a pixel while they are decoded."""

JPEG_FACTOR = 2.6
"""So many times `MAX_PIXELS` a JPEG may have, because it is decoded at half of its size or less:
phones give 50 and 64 Mpx. A progressive one takes 7.6 bytes a pixel even so, as measured; one of
four colours takes a third more, and may have as many pixels less."""

LARGE_ENOUGH = 2560
"""The longer side that a large JPEG is decoded to at least, by libjpeg's halving. It is the finest
copy that the detector searches; in it, the smallest faces it finds fill a chip."""

SMALLEST_SIDE = 16
"""Thinner pictures hold no face, and dlib's image pyramid wants some pixels to stand on."""

BACKGROUND = (255, 255, 255)
"""What shows through transparent pixels."""

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation that EXIF knows; 1 is upright."""

_DECODER_ERRORS = (
    OSError,  # UnidentifiedImageError and "image file is truncated" among them
    SyntaxError,  # Pillow's word for a broken header
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    ArithmeticError,
    AttributeError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise on foreign bytes, by its own fuzzers' list and ours."""


def decode(photo: bytes, max_pixels: int = MAX_PIXELS) -> Picture:
    """Decode a photo.

    The EXIF orientation is applied, transparency is laid on white, 16-bit and floating-point
    samples are scaled to 8 bits, and of an animation the first frame is taken.

    JPEGs are decoded at a half, a quarter or an eighth of their size if `LARGE_ENOUGH` remains;
    see `reduction`.

    Args:
        photo: the bytes of a file in one of `FORMATS`.
        max_pixels: pictures with more pixels are refused from their header; see `JPEG_FACTOR`.

    Raises:
        BadPhoto: one of its leaves says what is wrong.
    """
    screen(photo)
    with warnings.catch_warnings():
        # Pillow warns of large pictures and odd metadata; we decide by errors alone.
        warnings.simplefilter("ignore")
        image = _opened(photo)
        width, height = image.size
        if min(width, height) < SMALLEST_SIDE:
            raise TooFewPixels(f"too small: {width}×{height} pixels")
        _halve(image)
        whole = width * height * max(1.0, len(image.getbands()) / 3)
        if image.width * image.height > max_pixels or whole > JPEG_FACTOR * max_pixels:
            raise TooManyPixels(f"too large: {width}×{height} pixels")
        try:
            # One name for all of them, so that each is gone before the next one needs its memory.
            image.load()
            image = _upright(image)
            image = _rgb(image)
            return np.asarray(image)
        except _DECODER_ERRORS as error:
            raise _damaged(error) from None


def reduction(photo: bytes, picture: Picture) -> float:
    """How many times as long as a decoded picture's sides the photo's own are: 1, 2, 4 or 8.

    Args:
        photo: the bytes of a file.
        picture: what `decode` made of it.
    """
    longer = max(picture.shape[:2])
    return 1.0 if longer < LARGE_ENOUGH else round(max(_opened(photo).size) / longer)


def _opened(photo: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(photo), formats=FORMATS)
    except UnidentifiedImageError:
        if photo[4:8] == b"ftyp" and photo[8:12] in _HEIF_BRANDS:
            raise UnsupportedFormat("HEIF or AVIF is not accepted") from None
        if _known_to_pillow(photo):
            raise UnsupportedFormat("this picture format is not accepted") from None
        raise NotAPicture("not a picture") from None
    except Image.DecompressionBombError:
        raise TooManyPixels("too large") from None
    except _DECODER_ERRORS as error:
        raise _damaged(error) from None


def _halve(image: Image.Image) -> None:
    """Have a large JPEG decoded at a fraction of its size; other formats cannot do that."""
    longer = max(image.size)
    if longer >= 2 * LARGE_ENOUGH:
        width, height = (max(1, side * LARGE_ENOUGH // longer) for side in image.size)
        image.draft(None, (width, height))


def _known_to_pillow(photo: bytes) -> bool:
    """By the first bytes alone: forty more decoders need not be let near foreign bytes."""
    Image.init()
    others = (accept for name, (_, accept) in Image.OPEN.items() if name not in FORMATS)
    return any(accept is not None and _accepts(accept, photo[:16]) for accept in others)


def _accepts(accept: Callable[[bytes], bool | str], prefix: bytes) -> bool:
    try:
        return accept(prefix) is True
    except (IndexError, TypeError, struct.error):  # as Pillow itself does: too short for this one
        return False


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF says. Pillow's own function would also write the EXIF anew."""
    if len(image.info.get("exif", b"")) > MAX_EXIF:
        raise DamagedPicture("damaged: too much EXIF")
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return image if turn is None else image.transpose(turn)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return _scaled(np.asarray(image), 65535)
    if image.mode in ("I", "F"):
        samples = np.nan_to_num(np.asarray(image, dtype=np.float32))
        return _scaled(samples, float(samples.max()) or 1.0)
    if image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        background = Image.new("RGB", image.size, BACKGROUND)
        background.paste(image, mask=image)
        return background
    return image if image.mode == "RGB" else image.convert("RGB")  # which would copy


def _scaled(samples: NDArray[Any], white: float) -> Image.Image:
    """Grey samples of any depth as RGB; `white` becomes 255."""
    grey = np.clip(samples * np.float32(255.0 / white), 0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _damaged(error: BaseException) -> DamagedPicture:
    # Some decoders repeat a buffer's address; it would only puzzle.
    told = str(error).partition(" <")[0] or type(error).__name__
    return DamagedPicture(f"damaged: {told}")
