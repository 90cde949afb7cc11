"""Hostile pictures through real workers: a picture or a named error, no dead worker, little memory.

What a worker keeps is looked at after the largest; `startwin.settings` promises it to operators.
"""

import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from startwin.errors import BadPhoto
from startwin.face import FaceEngine, FacePool
from startwin.face.photo import JPEG_FACTOR, MAX_PIXELS, decode
from startwin.settings import Settings
from tests.conftest import DEADLINE, encoded
from tests.hostile import bmps, foreign, gifs, jpegs, ordinary, pngs, tiffs
from tests.hostile.motif import MOTIF

CAP = 800
"""MB that a worker may ever hold, as the setting `workers` says."""

KNOWN = {"a picture", *(leaf.__name__ for leaf in BadPhoto.__subclasses__())}

MB = 1_000_000


def decoded(_: FaceEngine, photos: Iterable[bytes]) -> list[str]:
    """What becomes of photos in the decoder; runs in a worker."""
    return [_outcome(decode, photo) for photo in photos]


def read(engine: FaceEngine, photos: Iterable[bytes]) -> list[str]:
    """What becomes of photos in the whole engine; runs in a worker."""
    return [_outcome(engine.read, photo) for photo in photos]


def _outcome(look: Callable[[bytes], object], photo: bytes) -> str:
    try:
        look(photo)
    except BadPhoto as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - what must not be, to be told with the file's name
        return f"{type(error).__name__}: {error}"
    return "a picture"


@pytest.fixture(scope="module")
def worker() -> Iterator[FacePool]:
    """One worker for all tests: it must be the same one at the end."""
    with FacePool(workers=1, time_limit=DEADLINE) as pool:
        before = pool.pids
        yield pool
        assert pool.pids == before


def outcomes(worker: FacePool, files: dict[str, bytes]) -> dict[str, str]:
    """What becomes of files in the whole engine, by their names."""
    told = worker.submit(read, list(files.values())).result(DEADLINE)
    named = dict(zip(files, told, strict=True))
    assert {name: what for name, what in named.items() if what not in KNOWN} == {}
    return named


def peak(worker: FacePool) -> float:
    """The most memory that the worker's process has ever held, in MB."""
    (pid,) = worker.pids
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024 / MB


def test_promise_is_the_one_made_to_operators() -> None:
    assert f"up to {CAP}" in str(Settings.model_fields["workers"].description)


def test_every_mode_of_every_accepted_format(worker: FacePool) -> None:
    files = ordinary.accepted()
    assert len(files) > 200
    assert set(outcomes(worker, files).values()) == {"a picture"}


def test_every_orientation(worker: FacePool) -> None:
    assert set(outcomes(worker, ordinary.turned()).values()) == {"a picture"}


def test_foreign_formats(worker: FacePool) -> None:
    told = outcomes(worker, foreign.pictures())
    assert "a picture" not in told.values()
    for form in ("AVIF", "ICNS", "ICO", "JPEG2000", "PCX", "PPM", "QOI", "DDS", "EPS", "SGI"):
        assert told[f"{form} L" if f"{form} L" in told else f"{form} RGB"] == "UnsupportedFormat"
    assert told["ftyp heic"] == told["ftyp mif1"] == told["PSD"] == "UnsupportedFormat"
    assert told["SVG"] == told["HTML"] == told["zip"] == told["PDF RGB"] == "NotAPicture"


def test_polyglots_are_the_pictures_they_begin_as(worker: FacePool) -> None:
    assert set(outcomes(worker, foreign.polyglots()).values()) == {"a picture"}


@pytest.mark.parametrize("make", [jpegs.odd, tiffs.odd, bmps.odd])
def test_what_no_program_writes(worker: FacePool, make: Callable[[], dict[str, bytes]]) -> None:
    told = Counter(outcomes(worker, make()).values())
    assert told["a picture"] >= 4
    assert told["DamagedPicture"] >= 4


SMALL = (
    *("JPEG RGB 0", "JPEG CMYK 1", "MPO RGB 0", "PNG P 0", "PNG RGB 1", "BMP RGB 0", "BMP 1 0"),
    *("WEBP RGB 0", "WEBP RGBA 1", "WEBP RGB 2", "GIF P 1"),
    *("TIFF RGB 0", "TIFF RGB 2", "TIFF L 3", "TIFF F 6", "TIFF 1 8"),
    *("run lengths", "JPEG orientation 6"),
)
"""Names of a file of each format, and of its odder forms."""


@pytest.fixture(scope="module")
def small() -> dict[str, bytes]:
    """What is to be damaged."""
    files = ordinary.accepted() | bmps.odd() | ordinary.turned()
    return {name: files[name] for name in SMALL}


def test_cut_off_anywhere(worker: FacePool, small: dict[str, bytes]) -> None:
    """At every byte of the first hundreds, where the headers are, and at some beyond."""
    for name, file in small.items():
        lengths = [*range(min(len(file), 400)), *range(400, len(file), 1 + len(file) // 100)]
        told = worker.submit(decoded, [file[:length] for length in lengths]).result(DEADLINE)
        assert set(told) <= KNOWN, name
        assert told[30] != "a picture", name


@settings(
    max_examples=100,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    name=st.sampled_from(SMALL),
    seed=st.integers(0, 2**32 - 1),
    header=st.booleans(),
    most=st.integers(1, 12),
)
def test_flipped_bytes(
    worker: FacePool, small: dict[str, bytes], name: str, seed: int, header: bool, most: int
) -> None:
    """Twenty variants of a file at once: hypothesis chooses where and how many bytes change."""
    file, dice, variants = small[name], np.random.default_rng(seed), []
    for _ in range(20):
        broken = bytearray(file)
        for at in dice.integers(0, min(len(file), 300) if header else len(file), most):
            broken[at] = dice.choice([broken[at] ^ 1 << dice.integers(8), 0, 255, 127, 128])
        variants.append(bytes(broken))
    told = worker.submit(decoded, variants).result(DEADLINE)
    assert set(told) <= KNOWN


@pytest.mark.parametrize(
    "size", [(0, 0), (0, 50), (1, 1), (2**31 - 1, 2**31 - 1), (13_000, 13_000), (2**32 - 1, 16)]
)
def test_sizes_that_no_picture_has(worker: FacePool, size: tuple[int, int]) -> None:
    pixels = zlib.compress(bytes(1000))
    head = pngs.chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    ends = pngs.chunk(b"IDAT", pixels) + pngs.chunk(b"IEND")
    files = {
        "PNG": b"\x89PNG\r\n\x1a\n" + head + ends,
        "GIF": gifs.with_blocks(b"")[:6] + struct.pack("<HH", *(side & 0xFFFF for side in size)),
        "TIFF": tiffs.tiff(
            {**tiffs.common(*size, packing=8), 273: tiffs.longs(tiffs.HERE), 279: tiffs.longs(9)},
            pixels,
        ),
        "BMP": bmps.bmp(min(size[0], 2**31 - 1), size[1] & 0x7FFFFFFF, 0, 8, bytes(480)),
    }
    assert "a picture" not in outcomes(worker, files).values()


def crowded() -> dict[str, bytes]:
    """Twenty megabytes of tiny parts, each of which would become an object or a step."""
    exif = tiffs.tiff({274: (3, 9 * MB, b"\1\2" * 9 * MB)})
    webp = encoded(MOTIF, "WEBP")[12:]
    wide = struct.pack("<I", 4 + 18 + len(webp) + 8 + len(exif))
    extended = b"WEBPVP8X" + struct.pack("<I", 10) + bytes([8, 0, 0, 0, 23, 0, 0, 19, 0, 0])
    one_row = tiffs.common(5000, 5000)
    return {
        "PNG of empty chunks": pngs.with_chunks(pngs.chunk(b"prVt") * (20 * MB // 12)),
        "PNG of empty pixels": pngs.with_chunks(pngs.chunk(b"IDAT") * (20 * MB // 12)),
        "PNG of EXIF": pngs.with_chunks(pngs.chunk(b"eXIf", exif)),
        "WebP of EXIF": b"RIFF" + wide + extended + webp + b"EXIF" + wide + exif,
        "JPEG of empty segments": jpegs.with_segments(b"\xff\xe3\0\2" * 5 * MB),
        "JPEG of comments": jpegs.with_segments(b"\xff\xfe\0\3x" * 4 * MB),
        "JPEG of padding": jpegs.with_segments(b"\xff" * 20 * MB),
        "JPEG of padding that ends nowhere": b"\xff\xd8\xff\xe0\0\2" + b"\xff" * 20 * MB + b"\0",
        "JPEG of junk": b"\xff\xd8\xff\xe0\0\2" + bytes(20 * MB),
        "JPEG of EXIF": jpegs.with_segments(
            (b"\xff\xe1\xff\xffExif\0\0" + bytes(65_527)) * (20 * MB // 65_537)
        ),
        "JPEG of scans": jpegs.with_scans(64, 64, 100_000),
        "large JPEG of scans": jpegs.with_scans(3000, 3000, 2000),
        "GIF of one comment": gifs.with_blocks(b"!\xfe" + b"\2xy" * 6 * MB + b"\0"),
        "GIF of comments": gifs.with_blocks(b"!\xfe\2xy\0" * 3 * MB),
        "GIF of junk": gifs.with_blocks(b"\1" * 20 * MB),
        "TIFF of strips": tiffs.tiff(
            {**one_row, 273: tiffs.longs(*[100] * 4 * MB), 278: tiffs.longs(1), 279: tiffs.longs(9)}
        ),
        "TIFF of strips in bytes": tiffs.tiff(
            {**one_row, 273: (1, 20 * MB, b"\x64" * 20 * MB), 278: tiffs.longs(1)}
        ),
        "TIFF of fractions": tiffs.tiff({**one_row, 282: (5, 2 * MB, b"\1\2\3\4" * 4 * MB)}),
        "TIFF with a tile for a giant": tiffs.tiff(
            {
                **tiffs.common(24, 20, packing=8),
                322: tiffs.longs(16_384),
                323: tiffs.longs(16_384),
                324: tiffs.longs(tiffs.HERE),
                325: tiffs.longs(2 * MB),
            },
            zlib.compress(bytes(50 * MB), 1),
        ),
        "BMP of run lengths": bmps.bmp(5000, 5000, 1, 8, b"\1\1" * 10 * MB),
    }


def test_files_of_tiny_parts_are_refused_before_they_are_decoded(worker: FacePool) -> None:
    for name, file in crowded().items():
        before = peak(worker)
        (told,) = outcomes(worker, {name: file}).values()
        assert told in ("DamagedPicture", "TooManyPixels", "UnsupportedFormat"), name
        assert peak(worker) < max(before, CAP / 2), name


def test_swollen_metadata(worker: FacePool) -> None:
    """Little that becomes much when it is unpacked."""
    text = zlib.compress(bytes(900_000))
    texts = b"".join(pngs.chunk(b"zTXt", b"%d\0\0" % n + text) for n in range(100))
    profile = pngs.chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(100 * MB), 1))
    told = outcomes(worker, {"texts": pngs.with_chunks(texts), "iCCP": pngs.with_chunks(profile)})
    assert told["iCCP"] == "DamagedPicture"
    assert peak(worker) < CAP


def largest() -> Iterator[tuple[str, bytes]]:
    """The largest that are accepted, of those kinds that take the most memory."""
    side = int(MAX_PIXELS**0.5)
    for mode in ("RGB", "CMYK"):
        square = int((JPEG_FACTOR * MAX_PIXELS * 3 / len(mode)) ** 0.5)
        yield f"JPEG {mode}", jpegs.hardly_begun(square, square, mode)
    floats = zlib.compress(bytes(4 * side * side), 1)  # in one strip, which is unpacked as a whole
    place = {273: tiffs.longs(tiffs.HERE), 278: tiffs.longs(side), 279: tiffs.longs(len(floats))}
    tags = {**tiffs.common(side, side, packing=8, bits=32), 339: tiffs.shorts(3)}
    yield "TIFF", tiffs.tiff({**tags, **place}, floats)
    half_seen = Image.new("RGBA", (side, side), (9, 9, 9, 9))
    yield "WebP", encoded(half_seen, "WEBP", lossless=True, method=0)


def test_largest_pictures_take_no_more_memory_than_promised(worker: FacePool) -> None:
    """With all that Telegram hands out behind them: a file may be 20 MB."""
    for name, file in largest():
        photo = file + bytes(20 * MB - len(file))
        assert worker.submit(decoded, [photo]).result(DEADLINE) == ["a picture"], name
    assert outcomes(worker, {name: photo}) == {name: "a picture"}  # once through all of it
    assert peak(worker) < CAP


def test_larger_than_the_largest(worker: FacePool) -> None:
    side = int((JPEG_FACTOR * MAX_PIXELS * 3 / 4) ** 0.5) + 1
    over = jpegs.hardly_begun(side, side, "CMYK")
    assert outcomes(worker, {"CMYK": over}) == {"CMYK": "TooManyPixels"}
