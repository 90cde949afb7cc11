"""An HTTP server for what others call us for: web hooks, health and metrics."""

import logging
import socket
import threading
from types import TracebackType
from typing import Any, Self

from flask import Flask, Response
from waitress import wasyncore
from waitress.server import create_server
from werkzeug.exceptions import HTTPException

from startwin.errors import SettingsError

THREADS = 8
"""Requests that are answered at once."""

MAX_BODY = 1 << 20
"""Bytes of a request's body; an update of Telegram has some thousand. Larger ones get a 413."""

CONNECTIONS = 200
"""Open at once; Telegram opens 40 at most by default."""


class Listener:
    """Serves an application in threads, from `start` until `stop`.

    Args:
        setting: the name of the setting with the address, for the operator.
        address: ``host:port``; port 0 takes any free one.
        app: answers.
    """

    def __init__(self, setting: str, address: str, app: Flask) -> None:
        self._setting = setting
        host, _, port = address.rpartition(":")
        self._address = (host.strip("[]"), int(port))
        self._app = app
        self._sockets: dict[Any, Any] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="listener", daemon=True)
        self._server: Any = None

    def start(self) -> Self:
        """Begin to listen; returns when connections are taken.

        Raises:
            SettingsError: the address cannot be listened on.
        """
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, port))
        except OSError as error:
            listening.close()
            raise SettingsError(
                f"{self._setting}: {host}:{port} cannot be listened on: {error.strerror}"
            ) from None
        except OverflowError:
            listening.close()
            raise SettingsError(f"{self._setting}: there is no port {port}") from None
        self._address = listening.getsockname()[:2]
        logging.getLogger("waitress").setLevel(logging.ERROR)  # it tells of every queue
        self._server = create_server(
            self._app,
            map=self._sockets,
            sockets=[listening],
            threads=THREADS,
            max_request_body_size=MAX_BODY,
            connection_limit=CONNECTIONS,
            channel_timeout=60,
            ident=None,
        )
        self._thread.start()
        return self

    @property
    def port(self) -> int:
        """Where it listens, after `start`."""
        return self._address[1]

    def is_alive(self) -> bool:
        """Whether it answers."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Answer nothing any more."""
        if self._server is None:
            return
        # In this order: its threads write to its trigger, which is closed last.
        self._server.task_dispatcher.shutdown()
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        wasyncore.close_all(self._sockets)
        self._server = None

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
        self.stop()


def application(name: str) -> Flask:
    """An empty application that answers errors with their number alone."""
    app = Flask(name, static_folder=None)
    app.register_error_handler(HTTPException, _bare)
    return app


def _bare(error: HTTPException) -> Response:
    # A path with another method is as unknown as any other.
    return Response(status=404 if error.code == 405 else error.code)  # noqa: PLR2004
