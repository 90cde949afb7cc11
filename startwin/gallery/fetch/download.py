"""A picture comes from the web into the album, and is looked at on its way."""

import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from urllib3 import BaseHTTPResponse

from startwin.errors import FetchError
from startwin.gallery.catalog import Listed
from startwin.gallery.credit import Sidecar
from startwin.gallery.fetch.album import Album
from startwin.gallery.fetch.finding import Found
from startwin.gallery.fetch.web import Web

LARGEST = 20_000_000
"""Bytes; what the bot takes from its users, and the build reads five times as large."""

HEAD = 12
"""Bytes that tell a picture's format; no picture has fewer."""

NOT_MODIFIED = 304

_SIGNATURES = {
    rb"\xff\xd8\xff": ".jpg",
    rb"\x89PNG\r\n\x1a\n": ".png",
    rb"GIF8[79]a": ".gif",
    rb"RIFF....WEBP": ".webp",
    rb"BM": ".bmp",
    rb"II\*\x00|MM\x00\*": ".tif",
}
_NO_TYPE = ("", "application/octet-stream", "binary/octet-stream")
"""What servers say that know nothing of a file."""


class Downloader:
    """Fetches pictures. For many threads."""

    def __init__(self, web: Web, album: Album) -> None:
        self._web = web
        self._album = album

    def fetch(
        self,
        listed: Listed,
        found: Found,
        before: tuple[Path, Sidecar] | None = None,
        url: str | None = None,
    ) -> bool:
        """Fetch a person's picture and keep it with its credit.

        Args:
            listed: whose.
            found: where it is, and whose.
            before: the picture that is there already, with its sidecar.
            url: where a redirect from there has led.

        Returns:
            Whether it came; False if it is the one that is there already.

        Raises:
            FetchError: it cannot be had, or is none.
            GalleryError: it cannot be written.
            Stopped: the program ends.
        """
        headers = {"Accept": "image/*", "Accept-Encoding": "identity"}
        conditions: dict[str, str] = {}
        if before is not None and before[1].url == found.url and before[0].is_file():
            asked = {"If-None-Match": before[1].etag, "If-Modified-Since": before[1].last_modified}
            conditions = {
                name: value
                for name, value in asked.items()
                if value and value.isascii() and value.isprintable()
            }

        def take(response: BaseHTTPResponse) -> Path | None:
            return self._taken(response, listed, found, conditional=bool(conditions))

        kept = self._web.fetch(url or found.url, take, headers | conditions)
        if before is not None and kept is None:
            self._album.credit(before[0], before[1].model_copy(update=asdict(found.credit)))
        elif before is not None and before[0] != kept:
            self._album.remove(before[0])
        return kept is not None

    def _taken(
        self, response: BaseHTTPResponse, listed: Listed, found: Found, conditional: bool
    ) -> Path | None:
        if response.status == NOT_MODIFIED:
            if not conditional:
                raise FetchError("answered that the picture is as before, but there is none")
            return None
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not kind.startswith("image/") and kind not in _NO_TYPE:
            raise FetchError(f"{kind[:60]} instead of a picture")
        with self._album.draft() as draft:
            head = b""
            for piece in self._web.body(response, LARGEST, decoded=False):
                if len(head) < HEAD:
                    head = (head + piece)[:HEAD]
                    if len(head) == HEAD:
                        _suffix(head)  # not to fetch the rest of what is no picture
                draft.file.write(piece)
            etag, modified = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
            sidecar = _sidecar(listed, found, etag, modified)
            return self._album.keep(draft, listed, _suffix(head), sidecar)


def _suffix(head: bytes) -> str:
    """What the name of such a file ends in, by its first bytes."""
    for signature, suffix in _SIGNATURES.items():
        if len(head) == HEAD and re.match(signature, head, re.S):
            return suffix
    raise FetchError("no JPEG, PNG, WebP, GIF, BMP or TIFF")


def _sidecar(listed: Listed, found: Found, etag: str | None, modified: str | None) -> Sidecar:
    return Sidecar(
        **asdict(found.credit),
        alias=listed.person.alias,
        wikidata=found.wikidata,
        url=found.url,
        etag=etag,
        last_modified=modified,
        fetched=datetime.now(UTC),
    )
