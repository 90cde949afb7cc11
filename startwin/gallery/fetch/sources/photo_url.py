"""The addresses that the catalogue itself names."""

import re
from urllib.parse import unquote

from startwin.gallery.catalog import Listed
from startwin.gallery.credit import Credit
from startwin.gallery.fetch.finding import Found, Kind, Outcome
from startwin.gallery.fetch.sources.commons import Commons

_UPLOADED = re.compile(
    r"https?://(?:upload|thumb)\.wikimedia\.org/wikipedia/commons/(?:thumb/)?\w/\w\w/([^/?#]+)"
)
_PAGE = re.compile(
    r"https?://commons\.(?:m\.)?wikimedia\.org/wiki/(?:Special:FilePath/|File:)([^?#]+)"
)


class PhotoUrl:
    """Takes a person's `photo_url`, with the catalogue's word for its credit.

    Commons knows the credit of its own pictures.
    """

    def __init__(self, commons: Commons) -> None:
        self.url = commons.wiki.url
        self._commons = commons

    def find(self, people: list[Listed]) -> list[Found | Outcome]:
        """See `Source.find`."""
        on_commons = {
            listed.person.alias: name
            for listed in people
            if not listed.photo_credit and (name := file_name(listed.person.photo_url or ""))
        }
        pictures = self._commons.pictures(on_commons.values()) if on_commons else {}
        found: list[Found | Outcome] = []
        for listed in people:
            url, name = listed.person.photo_url, on_commons.get(listed.person.alias)
            if url is None:
                found.append(Outcome(Kind.MISSING, "the catalogue has no photo_url"))
            elif name in pictures:
                found.append(Found(pictures[name].url, pictures[name].credit))
            else:
                found.append(Found(url, listed.photo_credit or Credit()))
        return found


def file_name(url: str) -> str | None:
    """The name of the file of Commons that an address leads to; None if it leads elsewhere."""
    found = _UPLOADED.match(url) or _PAGE.match(url)
    return unquote(found[1]).replace("_", " ") if found else None
