"""Faults of the transport: slowness, silence, cuts, and lengths that lie."""

import gzip
import http.client
import socket
import threading
from urllib.parse import urlsplit

import pytest

from tests.conftest import DEADLINE, wait_until
from tests.wikimedia import Wikimedia, transport
from tests.wikimedia.client import AGENT, get
from tests.wikimedia.faults import Fault


def picture(wikimedia: Wikimedia) -> str:
    return wikimedia.uploads.url + wikimedia.world.files["Free.jpg"].path


def raw(url: str) -> bytes:
    """All bytes until the server closes."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), DEADLINE) as connection:
        head = f"GET {parts.path} HTTP/1.1\r\nHost: x\r\nUser-Agent: {AGENT}\r\n\r\n"
        connection.sendall(head.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_drip_arrives_whole(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", transport.drip(3, 0.001))
    assert get(picture(wikimedia)).body == b"no picture"


@pytest.mark.parametrize("after", [None, 4])
def test_a_stall_lasts_until_it_is_released(wikimedia: Wikimedia, after: int | None) -> None:
    stall = transport.Stall(after)
    wikimedia.faults.on("uploads", stall)
    bodies: list[bytes] = []
    thread = threading.Thread(target=lambda: bodies.append(get(picture(wikimedia)).body))
    thread.start()
    wikimedia.log.await_under_way(1, "uploads")
    assert bodies == []
    stall.release()
    thread.join(DEADLINE)
    assert bodies == [b"no picture"]


def test_the_server_ends_in_the_middle_of_everything() -> None:
    with Wikimedia() as wikimedia, socket.socket() as connection:
        wikimedia.world.file("Free.jpg", b"no picture")
        wikimedia.faults.on("uploads", transport.Stall())
        connection.connect(wikimedia.uploads.address)
        connection.sendall(f"GET / HTTP/1.1\r\nUser-Agent: {AGENT}\r\n\r\n".encode())
        wikimedia.log.await_under_way(1)
    assert wikimedia.log.under_way() == 0


def test_a_body_that_is_cut(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", transport.cut(4))
    with pytest.raises(http.client.IncompleteRead) as cut:
        get(picture(wikimedia))
    assert cut.value.partial == b"no p"


@pytest.mark.parametrize("fault", [transport.cut(4, reset=True), transport.silence(reset=True)])
def test_a_connection_that_is_reset(wikimedia: Wikimedia, fault: Fault) -> None:
    wikimedia.faults.on("uploads", fault)
    with pytest.raises(ConnectionResetError):
        get(picture(wikimedia))


def test_silence(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", transport.silence())
    with pytest.raises(http.client.RemoteDisconnected):
        get(picture(wikimedia))


def test_content_lengths_that_lie(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", transport.wrong_length(5), transport.wrong_length(-3))
    with pytest.raises(http.client.IncompleteRead):
        get(picture(wikimedia))
    wire = raw(picture(wikimedia))
    assert b"Content-Length: 7\r\n" in wire
    assert wire.endswith(b"\r\n\r\nno picture")


def test_bodies_without_a_length(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", transport.chunked(4), transport.until_close())
    for encoding in ("chunked", None):
        reply = get(picture(wikimedia))
        assert reply.headers.get("transfer-encoding") == encoding
        assert "content-length" not in reply.headers
        assert reply.body == b"no picture"


def test_an_endless_body_lasts_as_long_as_its_reader(wikimedia: Wikimedia) -> None:
    endless = transport.Endless()
    wikimedia.faults.on("uploads", endless)
    connection = http.client.HTTPConnection(*wikimedia.uploads.address, timeout=DEADLINE)
    connection.request("GET", "/", headers={"User-Agent": AGENT})
    with connection.getresponse() as response:
        assert len(response.read(1_000_000)) == 1_000_000
    connection.close()
    wait_until(lambda: wikimedia.log.under_way() == 0)
    assert endless.sent > 900_000


def test_a_bomb_is_small_on_the_wire(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", transport.bomb(4 * transport.MEBIBYTE))
    reply = get(picture(wikimedia))
    assert reply.headers["content-encoding"] == "gzip"
    assert len(reply.body) < 10_000
    assert len(gzip.decompress(reply.body)) == 4 * transport.MEBIBYTE


def test_another_protocol(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", transport.not_http())
    with pytest.raises(http.client.BadStatusLine):
        get(picture(wikimedia))
