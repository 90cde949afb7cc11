"""startwin.chat.wire.webhook: what is taken over real HTTP, and what is refused without work."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from startwin.chat.wire.listener import MAX_BODY, Listener
from startwin.chat.wire.webhook import SECRET_HEADER, pushed
from startwin.errors import SettingsError
from tests.conftest import DEADLINE

SECRET = "open-sesame"
JSON = {"Content-Type": "application/json", SECRET_HEADER: SECRET}
UPDATE = json.dumps({"update_id": 7, "message": {"text": "Grüße"}}, ensure_ascii=False).encode()


class Hook:
    """A listening web hook, and what it was given."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.trouble: Exception | None = None
        self.has_room = True
        app = pushed("/bot/hook", SECRET, self._receive, lambda: self.has_room)
        self.listener = Listener("WEBHOOK_LISTEN", "127.0.0.1:0", app)

    def _receive(self, updates: list[dict[str, Any]]) -> None:
        if self.trouble:
            raise self.trouble
        self.updates += updates

    def status(
        self,
        body: bytes = UPDATE,
        headers: dict[str, str] | None = None,
        path: str = "/bot/hook",
        method: str = "POST",
    ) -> int:
        connection = HTTPConnection("127.0.0.1", self.listener.port, timeout=DEADLINE)
        connection.request(method, path, body, JSON if headers is None else headers)
        answer = connection.getresponse()
        assert len(answer.read()) < 100
        connection.close()
        return answer.status


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    with hook.listener:
        yield hook


def test_update_is_taken(hook: Hook) -> None:
    assert hook.status() == 200
    assert hook.status(headers={**JSON, "Content-Type": "application/json; charset=utf-8"}) == 200
    assert hook.updates == [{"update_id": 7, "message": {"text": "Grüße"}}] * 2


@pytest.mark.parametrize("shown", [None, "", "open-sesam", "open-sesame1", "Öffne"])
def test_wrong_secret(shown: str | None, hook: Hook) -> None:
    headers = {"Content-Type": "application/json"}
    if shown is not None:
        headers[SECRET_HEADER] = shown
    assert hook.status(headers=headers) == 403
    assert hook.status(b"no JSON", headers=headers) == 403


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("GET", "/bot/hook"), ("PUT", "/bot/hook"), ("GET", "/x")]
)
def test_anything_else_is_unknown(method: str, path: str, hook: Hook) -> None:
    assert hook.status(method=method, path=path) == 404


def test_body_that_is_too_large_or_of_another_kind(hook: Hook) -> None:
    too_long = {**JSON, "Content-Length": str(MAX_BODY + 1)}
    assert hook.status(b"", headers=too_long) == 413  # it is not even waited for
    assert hook.status(headers={**JSON, "Content-Type": "text/plain"}) == 415
    nested = b"[" * 100_000
    for body in (b"", b"{", b"[]", b"{}", b'{"update_id": "7"}', b"\xff\xfe", nested):
        assert hook.status(body) == 400


def test_what_cannot_be_stored_comes_again(hook: Hook) -> None:
    hook.trouble = sqlite3.OperationalError("database or disk is full")
    assert hook.status() == 503
    hook.trouble = None
    hook.has_room = False
    assert hook.status() == 503
    hook.has_room = True
    assert hook.status() == 200
    assert len(hook.updates) == 1


def test_trouble_in_the_bot_is_no_update_taken(hook: Hook) -> None:
    hook.trouble = RuntimeError("nobody knows")
    assert hook.status() == 500


@pytest.mark.parametrize("address", ["127.0.0.1:{taken}", "203.0.113.1:8443", "127.0.0.1:99999"])
def test_address_that_cannot_be_listened_on(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = address.format(taken=server.getsockname()[1])
        app = pushed("/", SECRET, print, lambda: True)
        with pytest.raises(SettingsError, match=r"^WEBHOOK_LISTEN: "):
            Listener("WEBHOOK_LISTEN", address, app).start()
