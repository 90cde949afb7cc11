"""startwin.chat.wire.download: files that come too slowly, too large, cut off, or not at all."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.utils.request import Request as Connections

from startwin.chat.wire import download as downloads
from startwin.chat.wire.download import download
from startwin.chat.wire.verdict import Verdict, verdict
from startwin.errors import FileTooBig
from startwin.sandbox import Sandbox
from tests.conftest import DEADLINE
from tests.other_end import other_end

HEAD = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture
def bot() -> Iterator[Bot]:
    connections = Connections(connect_timeout=1, read_timeout=1)
    yield Bot("123456:none", request=connections)
    connections.stop()


def answering(status: bytes, length: int, body: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(HEAD % (status, length) + body)


def test_file_is_fetched_over_one_connection(bot: Bot, hopper: bytes) -> None:
    with Sandbox() as own:
        message = own.telegram.user("Ada").send_photo(hopper)
        asking = Bot(own.token, base_url=f"{own.url}/bot", base_file_url=f"{own.url}/file/bot")
        file = asking.get_file(message["photo"][-1]["file_id"])
        asking.request.stop()
        fetched = [download(bot, file.file_path, DEADLINE) for _ in range(3)]
    assert fetched[0][:2] == b"\xff\xd8"
    assert fetched[0] == fetched[1] == fetched[2]


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (answering(b"200 OK", 100, b"half"), NetworkError),
        (answering(b"404 Not Found", 0, b""), InvalidToken),
        (answering(b"502 Bad Gateway", 4, b"oops"), NetworkError),
        (lambda connection: connection.recv(1), TimedOut),
        (answering(b"200 OK", 1000, b"x" * 1000), FileTooBig),
    ],
    ids=["cut off", "gone", "fails", "silent", "too large"],
)
def test_what_does_not_come(
    behave: Callable[[socket.socket], object],
    error: type[Exception],
    bot: Bot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(downloads, "LARGEST_FILE", 999)
    with other_end(behave) as url, pytest.raises(error) as caught:
        download(bot, url, DEADLINE)
    if isinstance(caught.value, TelegramError) and error is not InvalidToken:
        assert verdict(caught.value) is Verdict.UNCERTAIN  # and is tried again


def test_file_that_trickles_is_given_up(bot: Bot) -> None:
    given_up = threading.Event()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(HEAD % (b"200 OK", 10_000_000))
        with contextlib.suppress(OSError):
            while not given_up.wait(0.01):  # which no read of a second gives up
                connection.sendall(b"x")

    with other_end(trickle) as url:
        with pytest.raises(TimedOut):
            download(bot, url, 0.2)
        given_up.set()
