"""The programming interface of a MediaWiki (https://www.mediawiki.org/wiki/API:Main_page)."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from urllib3 import BaseHTTPResponse

from startwin.errors import FetchError
from startwin.gallery.fetch.web import Busy, Web

T = TypeVar("T")

BATCH = 50
"""Titles or ids in one request, for programs that are not logged in."""

MAX_LAG = 5
"""Seconds that the databases may be behind; above, patient programs wait
(https://www.mediawiki.org/wiki/Manual:Maxlag_parameter)."""

LARGEST = 50_000_000
"""Bytes of an answer; fifty items of famous people have about ten million."""

_PATIENCE = {"maxlag", "ratelimited", "readonly", "internal_api_error_DBQueryError"}
"""Errors that are over some time."""


_HALF = re.compile(
    rb"\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F][\da-fA-F]{2}"
)
"""Halves of characters (lone surrogates), which JSON allows and no file takes."""


class MediaWiki:
    """One wiki's interface.

    Args:
        web: the way there.
        url: its address, which ends in ``api.php``.
    """

    def __init__(self, web: Web, url: str) -> None:
        self.url = url
        self._web = web

    def ask(self, **parameters: str | int) -> dict[str, Any]:
        """Ask one question.

        Args:
            **parameters: as documented for the wiki.

        Raises:
            FetchError: it has no answer.
        """
        asked = {**parameters, "format": "json", "maxlag": MAX_LAG}
        url = f"{self.url}?{urlencode(asked)}"
        return self._web.fetch(url, self._answer, {"Accept-Encoding": "gzip"})

    def _answer(self, response: BaseHTTPResponse) -> dict[str, Any]:
        content = b"".join(self._web.body(response, LARGEST, decoded=True))
        try:
            answer = json.loads(_HALF.sub(rb"\\ufffd", content))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise Busy(f"{self.url} answered with something that is not its JSON")
        error = answer.get("error")
        if isinstance(error, dict):
            sentence = f"{self.url} answered: {error.get('code')}: {error.get('info')}"
            if error.get("code") in _PATIENCE:
                seconds = response.headers.get("Retry-After", "")
                raise Busy(sentence, float(seconds) if seconds.isdecimal() else None)
            raise FetchError(sentence)
        return answer


def batches(things: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Cut into pieces of so many."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def mapping(value: object) -> dict[str, Any]:
    """A JSON object; MediaWiki writes empty ones as lists."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[dict[str, Any]]:
    """A JSON list's objects."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
