"""`action=query&prop=imageinfo` of Commons (MediaWiki: ApiQueryImageInfo, ApiPageSet)."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.wikimedia.answers import ApiError
from tests.wikimedia.files import STEPS, File, normalized
from tests.wikimedia.parameters import Parameters
from tests.wikimedia.people import World

KINDS = (
    "timestamp", "user", "userid", "comment", "parsedcomment", "canonicaltitle", "url", "size",
    "dimensions", "sha1", "mime", "thumbmime", "mediatype", "metadata", "commonmetadata",
    "extmetadata", "archivename", "bitdepth", "uploadwarning", "badfile",
)  # fmt: skip
OLDER = "2018-01-01T00:00:00Z"
"""When the version before the present one was uploaded."""

ILLEGAL = re.compile(r"[<>\[\]{}|#\x00-\x1f]")


class Images:
    """`at_once`: after so many files an answer breaks off with `continue` (None: never).

    The real API breaks off when an answer gets too large.
    """

    def __init__(self, world: World, originals: Callable[[], str], thumbs: Callable[[], str]):
        self._world = world
        self._originals = originals
        self._thumbs = thumbs
        self.at_once: int | None = None

    def query(self, parameters: Parameters, *, second: bool) -> dict[str, Any]:
        """The whole answer to `titles`, which format version 2 writes as lists and booleans."""
        if "imageinfo" not in parameters.several("prop", known=("imageinfo", "info")):
            raise ApiError("badvalue", "The stand-in knows prop=imageinfo only.")
        titles = parameters.several("titles")
        wanted = _Wanted(parameters)
        result: dict[str, Any] = {}
        names = self._resolved(titles, result, follow=parameters.has("redirects"), second=second)
        pages, rest = self._pages(names, wanted, second=second)
        answer: dict[str, Any] = {}
        if rest:
            answer["continue"] = {"iicontinue": rest, "continue": "||"}
        elif len(names) == 1 and wanted.has_older(self._world.found_file(names[0])):
            # the history of a single file, which nobody has to follow
            answer["continue"] = {"iistart": OLDER, "continue": "||"}
        else:
            answer["batchcomplete"] = True if second else ""
        listed = pages if second else {_page_key(page, n): page for n, page in enumerate(pages, 1)}
        return {**answer, "query": {**result, "pages": listed}}

    def _resolved(
        self, titles: list[str], result: dict[str, Any], *, follow: bool, second: bool
    ) -> list[str]:
        """Names without `File:`; what was changed on the way goes into `result`."""
        changed, moved, names = [], [], []
        for title in titles:
            name = normalized(title)
            if title != f"File:{name}":
                entry: dict[str, Any] = {"fromencoded": False} if second else {}
                changed.append({**entry, "from": title, "to": f"File:{name}"})
            if follow and name in self._world.renamed:
                target = self._world.renamed[name]
                moved.append({"from": f"File:{name}", "to": f"File:{target}"})
                name = target
            names.append(name)
        if changed:
            result["normalized"] = changed
        if moved:
            result["redirects"] = moved
        return list(dict.fromkeys(names))

    def _pages(
        self, names: list[str], wanted: "_Wanted", *, second: bool
    ) -> tuple[list[dict[str, Any]], str]:
        """Pages, and where to go on. All pages are named in every part, not all with a file."""
        start = wanted.start
        found = sorted(n for n in names if self._world.found_file(n) and not ILLEGAL.search(n))
        told = [name for name in found if name.replace(" ", "_") >= start]
        now, later = told[: self.at_once], told[self.at_once :] if self.at_once else []
        pages = []
        for name in names:
            page: dict[str, Any] = {"ns": 6, "title": f"File:{name}"}
            file = self._world.found_file(name)
            if ILLEGAL.search(name):
                page = {
                    "title": f"File:{name}",
                    "invalidreason": "The requested page title contains invalid characters.",
                    "invalid": True if second else "",
                }
            elif file is None:
                page |= {"missing": True if second else "", "imagerepository": ""}
            else:
                page = {"pageid": file.pageid, **page}
                if name in now:
                    info = wanted.info(file, self._originals(), self._thumbs())
                    page |= {"imagerepository": "local", "imageinfo": [info]}
                    if "badfile" in wanted.kinds and second:
                        page["badfile"] = False
            pages.append(page)
        rest = f"{later[0].replace(' ', '_')}|20190908120000" if later else ""
        return pages, rest


class _Wanted:
    """What is asked of every file: the `ii` parameters."""

    def __init__(self, parameters: Parameters) -> None:
        self.kinds = parameters.several("iiprop", "timestamp|user", KINDS, "imageinfo")
        self.width = parameters.number("iiurlwidth", -1, -1, 100_000, "imageinfo")
        self.filter = parameters.several("iiextmetadatafilter")
        parameters.text("iiextmetadatalanguage", "en")
        self.old = bool(parameters.text("iistart", ""))
        parameters.number("iilimit", 1, 1, 500, "imageinfo")
        parameters.text("continue", "")
        self.start = parameters.text("iicontinue", "").partition("|")[0]

    def has_older(self, file: File | None) -> bool:
        return file is not None and file.older > 0 and not self.old

    def info(self, file: File, originals: str, thumbs: str) -> dict[str, Any]:
        width, height = file.dimensions
        info: dict[str, Any] = {}
        if "timestamp" in self.kinds:
            info["timestamp"] = OLDER if self.old else file.uploaded
        if "user" in self.kinds:
            info["user"] = "Uploader"
        if "size" in self.kinds or "dimensions" in self.kinds:
            info |= {"size": len(file.content), "width": width, "height": height}
        if "canonicaltitle" in self.kinds:
            info["canonicaltitle"] = f"File:{file.name}"
        if "url" in self.kinds:
            info |= self._urls(file, originals, thumbs)
        if "sha1" in self.kinds:
            info["sha1"] = file.sha1
        if "extmetadata" in self.kinds:
            metadata = file.extmetadata()
            kept = {k: v for k, v in metadata.items() if not self.filter or k in self.filter}
            info["extmetadata"] = kept
        if "mime" in self.kinds:
            info["mime"] = file.media_type
        if "mediatype" in self.kinds:
            info["mediatype"] = "DRAWING" if file.extension == "svg" else "BITMAP"
        return info

    def _urls(self, file: File, originals: str, thumbs: str) -> dict[str, Any]:
        """The thumbnail's URL is of a standard width, its numbers are those asked for (T388792)."""
        width, height = file.dimensions
        info: dict[str, Any] = {}
        if self.width > 0:
            path = file.thumb_path(self.width)
            if path is None:
                info["thumburl"] = f"{originals}{file.path}{_tracked('thumbnail_unscaled')}"
                info |= {"thumbwidth": width, "thumbheight": height}
            else:
                info["thumburl"] = f"{thumbs}{path}{_tracked('thumbnail')}"
                scaled = round(self.width * height / width)
                info |= {"thumbwidth": self.width, "thumbheight": scaled}
            if "thumbmime" in self.kinds:
                info["thumbmime"] = file.media_type if path is None else thumb_mime(file)
            denser = file.thumb_path(min(2 * self.width, STEPS[-1]))
            if path and denser and denser != path:
                info["responsiveUrls"] = {"2": f"{thumbs}{denser}{_tracked('thumbnail')}"}
        page = "https://commons.wikimedia.org"
        path = file.path
        if self.old:
            path = f"/wikipedia/commons/archive/{file.folder}/20180101000000%21{quote(file.key)}"
        return {
            **info,
            "url": f"{originals}{path}{_tracked('original')}",
            "descriptionurl": f"{page}/wiki/File:{quote(file.key, safe=',()!:;@$*/')}",
            "descriptionshorturl": f"{page}/w/index.php?curid={file.pageid}",
        }


def thumb_mime(file: File) -> str:
    kinds = {"svg": "image/png", "tif": "image/jpeg", "tiff": "image/jpeg"}
    return kinds.get(file.extension, file.media_type)


def _tracked(content: str) -> str:
    return f"?utm_source=commons.wikimedia.org&utm_campaign=imageinfo&utm_content={content}"


def _page_key(page: dict[str, Any], number: int) -> str:
    """Missing pages count down from -1 in version 1."""
    return str(page.get("pageid", -number))
