"""A bot's side of a web hook: a little HTTP server that does what the test says."""

import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiogram.types import WebhookInfo

from startwin.sandbox import Sandbox
from tests.conftest import DEADLINE
from tests.sandbox.client import Bot
from tests.sandbox.test_types import check


@dataclass(frozen=True)
class Push:
    """A request as it came.

    Attributes:
        update: its body.
        path: with the query.
        headers: by their names.
        connection: the client's port: the same for all that came over one connection.
    """

    update: dict[str, Any]
    path: str
    headers: dict[str, str]
    connection: int

    @property
    def text(self) -> str:
        return str(self.update["message"]["text"])


Answer = int | tuple[int, dict[str, str]] | None
"""A status, or one with headers; None hangs up."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that is cut under way is no news here; all else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class HookServer:
    """Takes every update with 200, unless `behave` returns something else or dawdles."""

    def __init__(self, context: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.behave: Callable[[Push], Answer] = lambda _: 200
        self._open: list[socket.socket] = []
        self._pushes: list[Push] = []
        self._came = threading.Condition()
        self._server = _Server(("127.0.0.1", port), self._handler())
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def pushes(self) -> list[Push]:
        with self._came:
            return list(self._pushes)

    def wait(self, count: int) -> list[Push]:
        """The pushes, once there are so many."""
        with self._came:
            assert self._came.wait_for(lambda: len(self._pushes) >= count, DEADLINE), self._pushes
            return list(self._pushes)

    @contextmanager
    def running(self) -> Iterator["HookServer"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            with self._came:
                for connection in self._open:
                    _end(connection)
            self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # the head and the body of an answer go in one packet

            def setup(self) -> None:
                super().setup()
                with server._came:
                    server._open.append(self.connection)

            def do_POST(self) -> None:
                server._answer(self)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers["Content-Length"])
        body = request.rfile.read(length)
        if len(body) < length:  # who pushed was cut off
            request.close_connection = True
            return
        headers = dict(request.headers)
        push = Push(json.loads(body), request.path, headers, request.client_address[1])
        with self._came:
            self._pushes.append(push)
            self._came.notify_all()
        answer = self.behave(push)
        if answer is None:
            request.close_connection = True
            return
        status, extra = answer if isinstance(answer, tuple) else (answer, {})
        request.send_response(status)
        for name, value in {"Content-Length": "2", **extra}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(b"ok")


def wait(sandbox: Sandbox, ready: Callable[[], bool]) -> None:
    assert sandbox.telegram.bell.wait_for(ready, DEADLINE)


def wait_until_taken(sandbox: Sandbox) -> None:
    wait(sandbox, lambda: len(sandbox.telegram.updates) == 0)


def info(bot: Bot) -> dict[str, Any]:
    found: dict[str, Any] = bot.call("getWebhookInfo")
    check(WebhookInfo, found)
    return found


def stuck(gate: threading.Event) -> Callable[[Push], Answer]:
    """Answers once the gate opens."""

    def behave(_: Push) -> Answer:
        gate.wait(DEADLINE)
        return 200

    return behave


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself
