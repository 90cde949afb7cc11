"""The sandbox as a server: Flask on waitress, in threads of this process."""

import logging
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from waitress import wasyncore
from waitress.channel import ClientDisconnected
from waitress.server import create_server
from werkzeug.exceptions import HTTPException

from startwin.sandbox.bot_api import bot_api
from startwin.sandbox.errors import BotApiError, Forbidden, HungUp
from startwin.sandbox.faults import Faults
from startwin.sandbox.methods import Methods
from startwin.sandbox.page import page
from startwin.sandbox.telegram import TOKEN, Telegram

_HOST = "127.0.0.1"
_OUR_NAMES = frozenset({_HOST, "localhost"})
# Every open page and every bot keeps one thread waiting; the rest is traffic.
_THREADS = 64
# Telegram takes uploads up to 50 MB; a little more for the form around them.
_MAX_BODY = 55 << 20


class Sandbox:
    """Telegram's stand-in with its chat page; only this machine can reach it.

        with Sandbox() as sandbox:
            run_a_bot(sandbox.token, sandbox.url)

    Attributes:
        telegram: people, chats, files, and what the bot called.
        faults: switches for errors and delays.
        token: the only token that is accepted.
    """

    def __init__(self, port: int = 0) -> None:
        """Prepares a sandbox on a port of 127.0.0.1; 0 stands for any free one."""
        self.telegram = Telegram()
        methods = Methods(self.telegram)
        self.faults = Faults(list(methods.table))
        self.token = TOKEN
        self._port = port
        self._app = _application(self.telegram, methods, self.faults)
        self._sockets: dict[Any, Any] = {}
        self._server: Any = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """E.g. "http://127.0.0.1:8080", which is what `TELEGRAM_API_URL` shall be."""
        return f"http://{_HOST}:{self._port}"

    def start(self) -> Self:
        """Begins to listen; returns once connections are accepted.

        After `close` it can be started again, on the same port and with all that was said: for
        whoever tries the bot, Telegram was out of reach for a while.

        Raises:
            OSError: the port is taken or not allowed.
        """
        # Bound by us, because waitress starts its threads before it finds the port taken.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((_HOST, self._port))
        except OSError:
            listener.close()
            raise
        self._port = listener.getsockname()[1]
        self._stopping.clear()
        self.telegram.bell.open()
        # Its chatter about queues is no news to who tries a bot; errors are printed by us.
        logging.getLogger("waitress").setLevel(logging.CRITICAL)
        self._server = create_server(
            self._app,
            map=self._sockets,
            sockets=[listener],
            threads=_THREADS,
            max_request_body_size=_MAX_BODY,
            channel_request_lookahead=1,  # without it waitress does not notice who hangs up
            connection_limit=1000,
            ident=None,
        )
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)
        self._thread.start()
        self.telegram.courier.start()
        return self

    def close(self) -> None:
        """Ends waiting calls and pushes, and stops listening. May be called twice."""
        self.telegram.courier.stop()
        self.telegram.bell.close()
        if self._thread is None:
            return
        # In this order: waitress's threads write to its trigger, and once that is closed its
        # number may already belong to another file of this process.
        self._server.task_dispatcher.shutdown()
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        wasyncore.close_all(self._sockets)
        self._thread = None

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1, use_poll=True, map=self._sockets, count=1)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _application(telegram: Telegram, methods: Methods, faults: Faults) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(bot_api(telegram, methods, faults))
    app.register_blueprint(page(telegram))
    app.before_request(_refuse_strangers)
    app.register_error_handler(Exception, _answer_error)
    return app


def _refuse_strangers() -> None:
    """Keeps other web pages out, also those whose name was pointed at 127.0.0.1.

    Raises:
        Forbidden: the Host is not ours, or the request comes from another page.
    """
    if urlsplit(f"//{request.host}").hostname not in _OUR_NAMES:
        raise Forbidden("the sandbox answers to 127.0.0.1 and localhost only")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        raise Forbidden("the sandbox takes requests from its own page only")


def _answer_error(error: Exception) -> Response:
    if isinstance(error, HungUp):
        return Response(_nothing())
    if isinstance(error, HTTPException):
        error = BotApiError(error.code or 500, error.name)
    if not isinstance(error, BotApiError):
        traceback.print_exception(error, file=sys.stderr)
        error = BotApiError(500, "Internal Server Error")
    response = jsonify(error.to_json())
    response.status_code = error.status
    return response


def _nothing() -> Iterator[bytes]:
    """A body that never begins: waitress has sent no header yet and closes the connection."""
    raise ClientDisconnected
    yield b""
