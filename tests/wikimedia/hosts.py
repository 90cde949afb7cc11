"""A host: an address of its own on loopback, and a thread for every connection."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any, cast

from tests.wikimedia.exchange import Application, Exchange, Request, peer_gone
from tests.wikimedia.faults import Faults
from tests.wikimedia.log import Log


class Host:
    """Listens from the moment it is made; `url` has no slash at its end."""

    def __init__(
        self, name: str, address: str, application: Application, log: Log, faults: Faults
    ) -> None:
        self.name = name
        self.application = application
        self.log = log
        self.faults = faults
        self.stopping = threading.Event()
        self._listener = socket.create_server((address, 0), backlog=256)
        self.url = f"http://{address}:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._thread = threading.Thread(target=self._accept, name=f"{name} accepts")
        self._thread.start()

    @property
    def api(self) -> str:
        return f"{self.url}/w/api.php"

    @property
    def address(self) -> tuple[str, int]:
        """IP address and port."""
        host, port = self.url.removeprefix("http://").split(":")
        return host, int(port)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, client = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(connection, client))
            with self._lock:
                self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket, client: Any) -> None:
        try:
            with connection:
                _Handler(connection, client, cast(Any, self))
        except OSError:
            pass  # the client hung up, as faults make it do
        finally:
            with self._lock:
                self._connections.pop(connection, None)

    def stop(self) -> None:
        """Ends every connection, whatever goes on in it."""
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._thread.join()
        self._listener.close()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # over already
        for thread in connections.values():
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Reads requests; what is answered is the exchange's."""

    protocol_version = "HTTP/1.1"
    server: Any

    def handle_one_request(self) -> None:
        host: Host = self.server
        self.raw_requestline = self.rfile.readline(65537)
        arrival = time.monotonic()
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        request = Request(host.name, self.command, self.path, headers, body)
        entry = host.log.arrive(
            host.name,
            self.command,
            self.path,
            headers,
            arrival=arrival,
            gone=lambda: peer_gone(self.connection),
        )
        exchange = Exchange(
            request, self.connection, host.application, host.log, entry, host.stopping
        )
        fault = host.faults.take(request)
        entry.fault = fault is not None
        try:
            if fault is None:
                exchange.reply(exchange.normal())
            else:
                fault(exchange)
        finally:
            host.log.end(entry)
        self.close_connection = self.close_connection or not exchange.keep_alive

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the parent's name
        """Nothing on the terminal."""
