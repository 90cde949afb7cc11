"""Files of Commons: content, licence, and where they lie on the media hosts."""

import hashlib
import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

from PIL import Image

from tests.wikimedia.licences import Licence

STEPS = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)
"""Widths of thumbnails, in pixels (mediawiki.org/wiki/Common_thumbnail_sizes)."""

MIMES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "webm": "video/webm",
}
DRAWN = {"svg": ".png", "tif": ".jpg", "tiff": ".jpg"}
"""Kinds whose thumbnails are pictures of another kind, by what their names end in."""


def normalized(title: str) -> str:
    """A file's name as MediaWiki writes it: spaces, first letter upper, no `File:`."""
    name = re.sub(r"(?i)^(file|image):", "", title.replace("_", " ").strip())
    name = re.sub(r" +", " ", name).strip()
    return name[:1].upper() + name[1:]


@dataclass
class File:
    """A file; `author`, `credit` and `attribution` are HTML, None where Commons has none.

    `older` versions make an answer about this file alone end with a `continue`. `extra` values
    of extmetadata go before the others of their names: `{"License": "cc-by-nc-2.0"}`.
    """

    name: str
    content: bytes
    licence: Licence
    author: str | None
    credit: str | None = None
    attribution: str | None = None
    restrictions: str = ""
    mime: str = ""
    size: tuple[int, int] | None = None
    uploaded: str = "2019-09-08T12:00:00Z"
    older: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    pageid: int = 0

    @property
    def key(self) -> str:
        return self.name.replace(" ", "_")

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].lower()

    @property
    def media_type(self) -> str:
        return self.mime or MIMES.get(self.extension, "application/octet-stream")

    @cached_property
    def dimensions(self) -> tuple[int, int]:
        """Width and height in pixels; 640 × 480 for what is no picture."""
        if self.size:
            return self.size
        try:
            with Image.open(io.BytesIO(self.content)) as image:
                return image.size
        except OSError:
            return (640, 480)

    @cached_property
    def sha1(self) -> str:
        return hashlib.sha1(self.content).hexdigest()

    @cached_property
    def folder(self) -> str:
        """Two levels by the MD5 of the name, as Commons lays its files out."""
        digest = hashlib.md5(self.key.encode()).hexdigest()
        return f"{digest[0]}/{digest[:2]}"

    @property
    def path(self) -> str:
        return f"/wikipedia/commons/{self.folder}/{quote(self.key, safe='')}"

    def thumb_path(self, width: int) -> str | None:
        """Of the standard width that is at least `width`; None where the original serves."""
        step = next((step for step in STEPS if step >= width), STEPS[-1])
        if self.extension != "svg" and step >= self.dimensions[0] and self.extension not in DRAWN:
            return None
        key = quote(self.key, safe="")
        lead = "lossy-page1-" if self.extension.startswith("tif") else ""
        name = f"{lead}{step}px-{key}{DRAWN.get(self.extension, '')}"
        return f"/wikipedia/commons/thumb/{self.folder}/{key}/{name}"

    def extmetadata(self) -> dict[str, dict[str, Any]]:
        """As CommonsMetadata gathers it: most values are strings, one is a number."""
        licence = self.licence
        page = {
            "ImageDescription": f"<i>{self.name.rpartition('.')[0]}</i>, a file of the stand-in",
            "DateTimeOriginal": self.uploaded[:10],
            "Credit": self.credit,
            "Artist": self.author,
            "Attribution": self.attribution,
        }
        hidden = {
            "LicenseShortName": licence.short,
            "UsageTerms": licence.usage,
            "AttributionRequired": licence.attribution,
            "LicenseUrl": licence.url,
            "Copyrighted": licence.copyrighted,
            "NonFree": "true" if licence.nonfree else None,
            "Restrictions": self.restrictions,
        }
        entries: dict[str, dict[str, Any]] = {
            "DateTime": _entry(
                self.uploaded[:19].replace("T", " "), "mediawiki-metadata", hidden=True
            ),
            "ObjectName": _entry(self.name.rpartition(".")[0], "mediawiki-metadata", hidden=True),
            "CommonsMetadataExtension": _entry(1.2, "extension", hidden=True),
            "Categories": _entry("Files of the stand-in", "commons-categories", hidden=True),
            "Assessments": _entry("", "commons-categories", hidden=True),
        }
        for key, value in page.items():
            if value is not None:
                entries[key] = _entry(value, "commons-desc-page")
        for key, value in hidden.items():
            if value is not None:
                entries[key] = _entry(value, "commons-desc-page", hidden=True)
        if licence.machine:
            entries["License"] = _entry(licence.machine, "commons-templates", hidden=True)
        for key, value in self.extra.items():
            entries[key] = _entry(value, "commons-desc-page", hidden=True)
        return entries


def _entry(value: object, source: str, *, hidden: bool = False) -> dict[str, Any]:
    entry: dict[str, Any] = {"value": value, "source": source}
    if hidden:
        entry["hidden"] = ""
    return entry
