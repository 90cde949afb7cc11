"""One request and its answer, down to the socket where a fault wants it."""

import select
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.wikimedia.log import Entry, Log


@dataclass(frozen=True)
class Request:
    """`headers` by lower-case names; `query` has the form's fields, too."""

    host: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        fields = parse_qsl(urlsplit(self.target).query, keep_blank_values=True)
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            fields += parse_qsl(self.body.decode(), keep_blank_values=True)
        return dict(fields)


@dataclass(frozen=True)
class Answer:
    """What an application answers; Content-Length is added when it is sent."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Application = Callable[[Request], Answer]


class Exchange:
    """The server's side of one request: `reply`, or `begin` and `send` for those that misbehave."""

    def __init__(
        self,
        request: Request,
        connection: socket.socket,
        application: Application,
        log: Log,
        entry: Entry,
        stopping: Event,
    ) -> None:
        self.request = request
        self.connection = connection
        self.keep_alive = True
        self._application = application
        self._log = log
        self._entry = entry
        self._stopping = stopping

    def beside(self, *hosts: str) -> int:
        """Requests under way on these hosts when this one came, itself among them."""
        return sum(self._entry.beside.get(host, 0) for host in hosts)

    @property
    def stopping(self) -> bool:
        """Whether the server is about to end."""
        return self._stopping.is_set()

    def normal(self) -> Answer:
        """What would be answered without a fault."""
        return self._application(self.request)

    def reply(self, answer: Answer) -> None:
        """The whole answer, as it should be."""
        headers = dict(answer.headers)
        body = b"" if self.request.method == "HEAD" else answer.body
        if answer.status != HTTPStatus.NOT_MODIFIED:
            headers["Content-Length"] = str(len(answer.body))
        self.begin(answer.status, headers, body)

    def begin(self, status: int, headers: Mapping[str, str], last: bytes | None = None) -> None:
        """Status line and headers; with `last`, also the whole body that follows."""
        self._entry.status = status
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if not self.keep_alive:
            lines.append("Connection: close")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        if last is None:
            self.send(head)
        else:
            self.send(head + last, last=True)

    def send(self, data: bytes, *, last: bool = False) -> None:
        """Raw bytes. The end is noted before the last byte leaves.

        A client may send its next request as soon as it has that byte; noted afterwards, the
        two would look simultaneous.
        """
        if last:
            if data[:-1]:
                self.connection.sendall(data[:-1])
            self._log.end(self._entry, sent=len(data))
            self.connection.sendall(data[-1:])
        else:
            self.connection.sendall(data)
            self._entry.sent += len(data)

    def close(self, *, reset: bool = False) -> None:
        """Ends the connection here; with `reset`, by a RST instead of a FIN."""
        self.keep_alive = False
        self._log.end(self._entry)
        if reset:
            linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        else:
            self.connection.shutdown(socket.SHUT_WR)

    def wait(self, seconds: float | None = None, until: Event | None = None) -> bool:
        """Whether to go on: False when the server stops or the client went away meanwhile."""
        waited, step = 0.0, 0.01
        while seconds is None or waited < seconds:
            if self._stopping.is_set() or peer_gone(self.connection):
                return False
            if until is not None and until.wait(step):
                return True
            if until is None:
                self._stopping.wait(step if seconds is None else min(step, seconds - waited))
            waited += step
        return True


def peer_gone(connection: socket.socket) -> bool:
    """Whether the client closed its end, which loopback tells at once."""
    try:
        if not select.select([connection], [], [], 0)[0]:
            return False
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except (OSError, ValueError):
        return True
