"""Wikimedia Commons: the address and the credit of a file there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from startwin.gallery.credit import Credit
from startwin.gallery.fetch.sources.mediawiki import MediaWiki, batches, listing, mapping

WIDTH = 960
"""Pixels that are asked for: a face in a portrait fills its chip many times over. One of the widths
that Wikimedia has in stock (https://www.mediawiki.org/wiki/Common_thumbnail_sizes)."""

_FIELDS = "Artist|Attribution|License|LicenseShortName|LicenseUrl|UsageTerms|NonFree"

LONGEST_MARKUP = 4000
"""Letters of markup that are looked at: to find what is hidden takes time with their square."""

_HIDDEN = re.compile(
    r"<(style|script)\b.*?</\1\s*>|<(\w+)[^>]*display:\s*none[^>]*>.*?</\2\s*>", re.S | re.I
)


@dataclass(frozen=True)
class CommonsPicture:
    """A file of Commons.

    Attributes:
        url: of the picture, about `WIDTH` pixels wide if it has as many.
        credit: whose it is.
    """

    url: str
    credit: Credit


class Commons:
    """Asks Commons about files."""

    def __init__(self, wiki: MediaWiki) -> None:
        self.wiki = wiki

    def pictures(self, names: Iterable[str]) -> dict[str, CommonsPicture]:
        """The pictures of these file names, without those that are not there or are none.

        Raises:
            FetchError: Commons does not answer.
        """
        found = {}
        for batch in batches(list(dict.fromkeys(names))):
            infos, moved = self._infos(batch)
            for name in batch:
                title = f"File:{name}"
                for _ in range(2):  # first normalised, then redirected
                    title = moved.get(title, title)
                if picture := _picture(infos.get(title, {})):
                    found[name] = picture
        return found

    def _infos(self, names: Sequence[str]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """What Commons says of these files by their titles, and where titles have moved to."""
        infos: dict[str, dict[str, Any]] = {}
        moved: dict[str, str] = {}
        more: dict[str, str] = {}
        while True:
            answer = self.wiki.ask(
                action="query",
                prop="imageinfo",
                titles="|".join(f"File:{name}" for name in names),
                iiprop="url|mime|extmetadata",
                iiurlwidth=WIDTH,
                iiextmetadatafilter=_FIELDS,
                iiextmetadatalanguage="en",
                redirects=1,
                formatversion=2,
                **more,
            )
            query = mapping(answer.get("query"))
            for page in listing(query.get("pages")):
                for info in listing(page.get("imageinfo"))[:1]:
                    infos.setdefault(str(page.get("title")), info)
            for kind in ("normalized", "redirects"):
                for each in listing(query.get(kind)):
                    moved[str(each.get("from"))] = str(each.get("to"))
            # The rest of a long answer; `iistart` would be the history of a single file.
            rest = {key: str(value) for key, value in mapping(answer.get("continue")).items()}
            if "iicontinue" not in rest or rest == more:
                return infos, moved
            more = rest


def _picture(info: dict[str, Any]) -> CommonsPicture | None:
    url = info.get("thumburl") or info.get("url")
    if not isinstance(url, str) or not str(info.get("mime")).startswith("image/"):
        return None
    about = {
        name: str(field["value"])
        for name, field in mapping(info.get("extmetadata")).items()
        if isinstance(field, dict) and field.get("value") is not None
    }
    short = about.get("LicenseShortName") or about.get("License") or about.get("UsageTerms", "")
    if about.get("NonFree"):
        short = f"not free: {short}"
    license_url = about.get("LicenseUrl", "")
    if license_url.startswith("//"):
        license_url = f"https:{license_url}"
    page = info.get("descriptionurl")
    credit = Credit(
        license=_plain(short),
        author=_plain(about.get("Attribution") or about.get("Artist", "")),
        license_url=license_url if license_url.startswith("http") else None,
        source=page if isinstance(page, str) else None,
    )
    return CommonsPicture(url.partition("?")[0], credit)  # behind it, the API counts its users


def _plain(html: str) -> str:
    """Words without markup, on one line."""
    return Markup(_HIDDEN.sub(" ", html[:LONGEST_MARKUP])).striptags()  # noqa: S704 - all markup goes
