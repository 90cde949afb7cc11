"""Faults below the answer: slow, stalled, cut, of another length than said, without end."""

import threading
import zlib

from tests.wikimedia.exchange import Answer, Exchange
from tests.wikimedia.faults import Fault

MEBIBYTE = 1024 * 1024


def _length(answer: Answer, length: int) -> dict[str, str]:
    return {**answer.headers, "Content-Length": str(length)}


def drip(size: int = 1, pause: float = 0.01) -> Fault:
    """The normal answer, `size` bytes at a time with `pause` seconds between."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.normal()
        exchange.begin(answer.status, _length(answer, len(answer.body)))
        for start in range(0, len(answer.body), size):
            exchange.send(answer.body[start : start + size], last=start + size >= len(answer.body))
            if not exchange.wait(pause):
                exchange.close()
                return

    return fault


class Stall:
    """Answers nothing until `release`, or `after` bytes of the body and then nothing.

    Ends also when the client hangs up or the server stops. Released, it goes on as if nothing
    had been.
    """

    def __init__(self, after: int | None = None) -> None:
        self._after = after
        self._released = threading.Event()

    def release(self) -> None:
        self._released.set()

    def __call__(self, exchange: Exchange) -> None:
        answer = exchange.normal()
        after = 0
        if self._after is not None:
            after = self._after
            exchange.begin(answer.status, _length(answer, len(answer.body)))
            exchange.send(answer.body[:after])
        if not exchange.wait(until=self._released):
            exchange.keep_alive = False
        elif self._after is None:
            exchange.reply(answer)
        else:
            exchange.send(answer.body[after:], last=True)


def cut(after: int, *, reset: bool = False) -> Fault:
    """The connection ends after `after` bytes of the body, by FIN or by RST."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.normal()
        exchange.begin(answer.status, _length(answer, len(answer.body)))
        exchange.send(answer.body[:after])
        exchange.close(reset=reset)

    return fault


def silence(*, reset: bool = False) -> Fault:
    """The connection ends without a single byte."""
    return lambda exchange: exchange.close(reset=reset)


def wrong_length(by: int) -> Fault:
    """Content-Length is larger than the body by so many bytes (smaller, if negative)."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.normal()
        exchange.begin(answer.status, _length(answer, len(answer.body) + by), answer.body)
        exchange.close()

    return fault


def chunked(size: int = 4096) -> Fault:
    """The normal answer without Content-Length, in chunks."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.normal()
        exchange.begin(answer.status, {**answer.headers, "Transfer-Encoding": "chunked"})
        for start in range(0, len(answer.body), size):
            piece = answer.body[start : start + size]
            exchange.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        exchange.send(b"0\r\n\r\n", last=True)

    return fault


def until_close() -> Fault:
    """The normal answer without any length: it ends with the connection."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.normal()
        exchange.keep_alive = False
        exchange.begin(answer.status, answer.headers, answer.body)
        exchange.close()

    return fault


class Endless:
    """A body that never ends; `sent` counts its bytes, so that a test sees when the client left."""

    def __init__(self, content_type: str = "image/jpeg", start: bytes = b"\xff\xd8\xff") -> None:
        self._type = content_type
        self._start = start
        self.sent = 0

    def __call__(self, exchange: Exchange) -> None:
        exchange.keep_alive = False
        exchange.begin(200, {"Content-Type": self._type})
        piece = self._start + bytes(65536)
        while not exchange.stopping:
            exchange.send(piece)
            self.sent += len(piece)


def bomb(size: int = 100 * MEBIBYTE, *, content_type: str = "image/jpeg") -> Fault:
    """`size` bytes of nothing, a thousandth of that on the wire (Content-Encoding: gzip)."""

    def fault(exchange: Exchange) -> None:
        squeezer = zlib.compressobj(6, wbits=31)
        body = b"".join(squeezer.compress(bytes(MEBIBYTE)) for _ in range(size // MEBIBYTE))
        body += squeezer.flush()
        headers = {"Content-Type": content_type, "Content-Encoding": "gzip"}
        exchange.reply(Answer(200, body, headers))

    return fault


def not_http(data: bytes = b"SSH-2.0-OpenSSH_9.2p1\r\n") -> Fault:
    """Bytes of another protocol."""

    def fault(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.close()

    return fault
