"""The media hosts: originals and thumbnails, with validators and, if wanted, ranges."""

import hashlib
import io
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from PIL import Image

from tests.wikimedia.exchange import Answer, Request
from tests.wikimedia.files import STEPS, File
from tests.wikimedia.images import thumb_mime
from tests.wikimedia.people import World

_ORIGINAL = re.compile(r"/wikipedia/commons/(?P<folder>\w/\w\w)/(?P<key>[^/]+)")
_THUMB = re.compile(
    r"/wikipedia/commons/thumb/(?P<folder>\w/\w\w)/(?P<key>[^/]+)/"
    r"(?:lossy-page1-|page1-)?(?P<width>\d+)px-(?P<name>[^/]+)"
)
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Uploads:
    """`refusal` is the status for widths that are no standard: 429 until 2026, then 400.

    `ranges`: whether parts of a file are given. ETags are bare MD5s, without quotes, as Swift's.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._drawn: dict[tuple[str, int], bytes] = {}
        self.refusal = 429
        self.ranges = False

    def __call__(self, request: Request) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            return _error(405)
        if match := _THUMB.fullmatch(request.path):
            return self._thumb(request, match)
        if match := _ORIGINAL.fullmatch(request.path):
            file = self._file(match)
            return (
                self._media(request, file, file.content, file.media_type) if file else _error(404)
            )
        return _error(404)

    def _file(self, match: re.Match[str]) -> File | None:
        file = self._world.files.get(match["key"].replace("_", " "))
        return file if file and file.folder == match["folder"] else None

    def _thumb(self, request: Request, match: re.Match[str]) -> Answer:
        file, width = self._file(match), int(match["width"])
        if width not in STEPS:
            headers = {"Retry-After": "10"} if self.refusal == 429 else {}
            return _error(self.refusal, "Use thumbnail steps.", headers)
        if file is None or not match["name"].startswith(match["key"]):
            return _error(404)
        if width >= file.dimensions[0] and file.extension != "svg":
            return _error(400, "Not scaled up.")
        return self._media(request, file, self._scaled(file, width), thumb_mime(file))

    def _scaled(self, file: File, width: int) -> bytes:
        """What is no picture is given as it is. Two threads may both draw it: no harm."""
        key = (file.key, width)
        if key not in self._drawn:
            try:
                with Image.open(io.BytesIO(file.content)) as image:
                    height = max(1, round(image.height * width / image.width))
                    form = {"image/png": "PNG", "image/jpeg": "JPEG"}.get(thumb_mime(file))
                    drawn = io.BytesIO()
                    image.resize((width, height)).save(drawn, form or image.format)
                self._drawn[key] = drawn.getvalue()
            except OSError:
                self._drawn[key] = file.content
        return self._drawn[key]

    def _media(self, request: Request, file: File, content: bytes, mime: str) -> Answer:
        etag = hashlib.md5(content).hexdigest()
        changed = datetime.fromisoformat(file.uploaded).astimezone(UTC)
        headers = {
            "Content-Type": mime,
            "ETag": etag,
            "Last-Modified": format_datetime(changed, usegmt=True),
            "Access-Control-Allow-Origin": "*",
            "X-Cache": "stand-in hit",
            "Age": "1",
        }
        if self.ranges:
            headers["Accept-Ranges"] = "bytes"
        if _unchanged(request, etag, changed):
            return Answer(304, b"", headers)
        asked = request.headers.get("range")
        if self.ranges and asked and request.headers.get("if-range", etag) == etag:
            return _part(content, asked, headers)
        return Answer(200, content, headers)


def _unchanged(request: Request, etag: str, changed: datetime) -> bool:
    """If-None-Match decides alone where it is sent (RFC 9110, 13.2.2)."""
    if (known := request.headers.get("if-none-match")) is not None:
        tags = [tag.strip().removeprefix("W/").strip('"') for tag in known.split(",")]
        return etag in tags or "*" in tags
    since = request.headers.get("if-modified-since")
    return since is not None and changed <= parsedate_to_datetime(since)


def _part(content: bytes, asked: str, headers: dict[str, str]) -> Answer:
    match = _RANGE.fullmatch(asked)
    if match is None or match[0] == "bytes=-":
        return Answer(200, content, headers)
    first, last = match[1], match[2]
    start = int(first) if first else max(0, len(content) - int(last))
    end = min(int(last), len(content) - 1) if first and last else len(content) - 1
    if start > end:
        return Answer(416, b"", {**headers, "Content-Range": f"bytes */{len(content)}"})
    span = f"bytes {start}-{end}/{len(content)}"
    return Answer(206, content[start : end + 1], {**headers, "Content-Range": span})


def _error(status: int, text: str = "", headers: dict[str, str] | None = None) -> Answer:
    body = f"<!DOCTYPE html>\n<title>Wikimedia Error</title>\n<p>Error: {status}, {text}</p>\n"
    kind = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(status, body.encode(), {**kind, **(headers or {})})
