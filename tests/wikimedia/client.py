"""How the stand-in's own tests ask it: http.client, so that nothing is done behind their back."""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.conftest import DEADLINE

AGENT = "StarTwinTest/1.0 (https://example.org/startwin; bot@example.org)"


class Reply:
    """Status, headers by lower-case name, body."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def get(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    body: str | None = None,
) -> Reply:
    """Follows nothing and retries nothing."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=DEADLINE)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, {"User-Agent": AGENT, **(headers or {})})
        return Reply(connection.getresponse())
    finally:
        connection.close()


def api(url: str, **query: object) -> Any:
    """The JSON of an answer to `query` in format version 1."""
    return get(f"{url}?{urlencode({'format': 'json', **query})}").json
