"""startwin.chat.wire.verdict: what real failures of real connections say."""

import socket
from collections.abc import Callable

import pytest
from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.utils.request import Request as Connections

from startwin.chat.wire.verdict import Verdict, verdict
from startwin.sandbox import Sandbox
from tests.other_end import other_end

ANSWER = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s"


def failure(url: str, token: str = "123456:none") -> TelegramError:
    connections = Connections(connect_timeout=0.3, read_timeout=0.5)
    bot = Bot(token, base_url=url, request=connections)
    with pytest.raises(TelegramError) as caught:
        bot.send_message(1, "Hello")
    connections.stop()
    return caught.value


@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (400, "Bad Request: not enough rights", Verdict.REFUSED),
        (401, "Unauthorized", Verdict.NOT_TAKEN),
        (403, "Forbidden: bot was blocked by the user", Verdict.UNWANTED),
        (404, "Not Found", Verdict.NOT_TAKEN),
        (409, "Conflict", Verdict.NOT_TAKEN),
        (413, "Request Entity Too Large", Verdict.REFUSED),
        (429, "Too Many Requests: retry after 3", Verdict.NOT_TAKEN),
        (500, "Internal Server Error", Verdict.UNCERTAIN),
        (502, "Bad Gateway", Verdict.UNCERTAIN),
        (504, "Gateway Timeout", Verdict.UNCERTAIN),
    ],
)
def test_answers_of_telegram(status: int, description: str, expected: Verdict) -> None:
    with Sandbox() as sandbox:
        sandbox.faults.add(
            method="sendMessage",
            status=status,
            description=description,
            retry_after=3 if status == 429 else None,
        )
        assert verdict(failure(f"{sandbox.url}/bot", sandbox.token)) is expected


def test_connection_that_nobody_takes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert verdict(failure(f"http://127.0.0.1:{port}/bot")) is Verdict.NOT_TAKEN


def test_connection_that_does_not_come_about() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        waiting = []
        for _ in range(4):  # more than the backlog: the next one hangs
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(address)
            waiting.append(filler)
        assert verdict(failure(f"http://127.0.0.1:{address[1]}/bot")) is Verdict.NOT_TAKEN
        for filler in waiting:
            filler.close()


def test_name_that_nobody_knows() -> None:
    assert verdict(failure("http://nobody.invalid/bot")) is Verdict.NOT_TAKEN


@pytest.mark.parametrize(
    "behave",
    [
        socket.socket.getpeername,  # and hangs up without an answer
        lambda connection: connection.recv(1),  # never answers
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
        lambda connection: connection.sendall(ANSWER % (b"200 OK", 6, b"<html>")),
        lambda connection: connection.sendall(ANSWER % (b"503 Busy", 6, b"<html>")),
    ],
    ids=["hangs up", "never answers", "half an answer", "no JSON", "a proxy's error page"],
)
def test_what_nobody_can_know(behave: Callable[[socket.socket], None]) -> None:
    with other_end(behave) as url:
        assert verdict(failure(f"{url}/bot")) is Verdict.UNCERTAIN


def test_what_is_not_telegrams() -> None:
    assert verdict(InvalidToken()) is Verdict.NOT_TAKEN
    assert verdict(ZeroDivisionError()) is Verdict.REFUSED
