"""Whose a picture is, and what that allows: kept in a small file beside it.

``Tom Hanks.jpg`` has its credit in ``Tom Hanks.jpg.credit.json``. Whoever fetches pictures writes
such files; people may write them by hand as well, with ``license`` alone.
"""

import errno
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from startwin.errors import GalleryError

SUFFIX = ".credit.json"

_NO_FILE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
"""There is none, or none can be; a photo's own name may be as long as names can be."""

UNKNOWN = "unknown"
"""The family of a licence that nobody named."""

FREE_OF_DUTIES = frozenset(["pd", "cc0"])
"""Families that demand no attribution."""

_LONG_FORMS = (
    (r"^https?://(www\.)?creativecommons\.org/licenses/", "cc-"),
    (r"^https?://(www\.)?creativecommons\.org/publicdomain/zero", "cc0"),
    (r"^https?://(www\.)?creativecommons\.org/publicdomain/mark", "pd-mark"),
    (r"/(deed|legalcode)(\.[a-z]+)?$", ""),
    (r"^creative commons\b", "cc"),
    (r"\battribution\b", "by"),
    (r"\bshare ?-?alike\b", "sa"),
    (r"^public ?domain( mark)?\b", "pd"),
)

_VERSION = r"(-v?\d(\.\d)?(,\d(\.\d)?)*)?"
_PORT = r"(-(international|unported|generic|migrated|igo|scotland|(?!nc|nd|sa)[a-z]{2}))*"

_FREE = {
    "pd": r"(pd|pdm)(-1\.0)?|pd-(us|usgov(-[a-z]+)*|old(-\d+)?|self|art|mark(-1\.0)?)",
    "cc0": r"cc-?(0|zero)(-1\.0)?(-universal)?",
    "cc-by": f"cc-by{_VERSION}{_PORT}",
    "cc-by-sa": f"cc-by-sa{_VERSION}{_PORT}",
}
"""The families that have more than one name, and what their names look like."""


@dataclass(frozen=True)
class Credit:
    """Who made a picture, and under which licence it may be used.

    Attributes:
        license: its short name, such as "CC BY-SA 4.0".
        author: as plain text; "" if nobody is named.
        license_url: its text.
        source: the page that the picture is from.
    """

    license: str = ""
    author: str = ""
    license_url: str | None = None
    source: str | None = None

    @property
    def family(self) -> str:
        """The licence without version and country, as `family` gives it."""
        return family(self.license)

    @property
    def demands_attribution(self) -> bool:
        """Whether the author has to be named with the picture."""
        return self.family not in FREE_OF_DUTIES


class Sidecar(BaseModel):
    """The file beside a picture.

    Attributes:
        alias: of the person whom the picture is said to show.
        wikidata: the person's item there, if it was found by that.
        url: the picture's address.
        etag: as the server gave it, to ask whether the picture is still the same.
        last_modified: likewise.
        fetched: when.
        license: as the other three, see `Credit`.
    """

    model_config = ConfigDict(frozen=True)

    license: str
    author: str = ""
    license_url: str | None = None
    source: str | None = None
    alias: str | None = None
    wikidata: str | None = None
    url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    fetched: datetime | None = None

    @property
    def credit(self) -> Credit:
        """What of it is to be told to people who see the picture."""
        return Credit(
            _line(self.license, 40),
            _line(self.author, 80),
            _web(self.license_url),
            _web(self.source),
        )


def _line(text: str, most: int) -> str:
    """So many letters at most, on one line, without what turns the words around it round."""
    seen = (" " if letter.isspace() else letter for letter in text)
    plain = "".join(letter for letter in seen if unicodedata.category(letter) not in {"Cc", "Cf"})
    plain = " ".join(plain.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _web(url: str | None) -> str | None:
    return url if url and re.match(r"https?://", url) else None


def sidecar_path(photo: Path) -> Path:
    """Where a photo's sidecar is."""
    return photo.with_name(photo.name + SUFFIX)


def read_sidecar(photo: Path) -> Sidecar | None:
    """A photo's sidecar, if it has one.

    Raises:
        GalleryError: it cannot be read, so nobody knows whose the photo is.
    """
    path = sidecar_path(photo)
    try:
        return Sidecar.model_validate_json(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:  # of text, of JSON and of its fields
        if isinstance(error, OSError) and error.errno in _NO_FILE:
            return None
        raise GalleryError(
            f"{path} is damaged: mend it, or remove it together with the photo"
        ) from None


def family(name: str) -> str:
    """A licence's family by any usual spelling of its name, or its address.

    What is not known word by word belongs to no family that is free: "CC BY-NC" begins like one
    that is.

    Returns:
        "pd" for the public domain, "cc0", "cc-by", "cc-by-sa"; `UNKNOWN` for no name; for all
        others the name itself in small letters, such as "cc-by-nc-2.0" or "gfdl".
    """
    slug = name.strip().lower()
    for pattern, short in _LONG_FORMS:
        slug = re.sub(pattern, short, slug)
    slug = re.sub(r"[\s_/-]+", "-", slug).strip("-")
    if not slug:
        return UNKNOWN
    return next((free for free, form in _FREE.items() if re.fullmatch(form, slug)), slug)
