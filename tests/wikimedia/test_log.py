"""The log: who came, when, and how many at once."""

import math
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import DEADLINE
from tests.wikimedia import Wikimedia
from tests.wikimedia.client import AGENT, get
from tests.wikimedia.faults import refuse
from tests.wikimedia.log import Entry
from tests.wikimedia.transport import Stall


def test_simultaneous_requests_are_counted_by_host(wikimedia: Wikimedia) -> None:
    stalls = [Stall(), Stall(), Stall()]
    for host, stall in zip(("uploads", "uploads", "thumbs"), stalls, strict=True):
        wikimedia.faults.on(host, stall)
    urls = [wikimedia.uploads.url, wikimedia.uploads.url, wikimedia.thumbs.url]
    with ThreadPoolExecutor(3) as clients:
        replies = [clients.submit(get, url + "/") for url in urls]
        wikimedia.log.await_under_way(3)
        for stall in stalls:
            stall.release()
        assert [reply.result().status for reply in replies] == [404, 404, 404]
    get(wikimedia.commons.url)
    log = wikimedia.log
    assert (log.peak("uploads"), log.peak("thumbs"), log.peak("commons")) == (2, 1, 1)
    assert (log.peak("uploads", "thumbs"), log.peak()) == (3, 3)


def test_an_answer_is_over_before_its_last_byte_leaves(
    wikimedia: Wikimedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a client who sends the next request at once would be seen with two."""
    log, ending, go_on = wikimedia.log, threading.Event(), threading.Event()
    end = log.end

    def slow_end(entry: Entry, *, sent: int = 0) -> None:
        ending.set()
        assert go_on.wait(DEADLINE)
        end(entry, sent=sent)

    monkeypatch.setattr(log, "end", slow_end)
    url = wikimedia.uploads.url + wikimedia.world.files["Free.jpg"].path
    with socket.create_connection(wikimedia.uploads.address, DEADLINE) as client:
        client.sendall(f"GET {url} HTTP/1.1\r\nUser-Agent: {AGENT}\r\n\r\n".encode())
        assert ending.wait(DEADLINE)
        came = client.recv(65536)
        go_on.set()
        assert came.endswith(b"\r\n\r\nno pictur")
        assert client.recv(65536) == b"e"


def test_a_client_who_hung_up_is_not_under_way(wikimedia: Wikimedia) -> None:
    """Even while the server has not noticed: else giving up and trying again counts as two."""
    noticed = threading.Event()
    wikimedia.faults.on("uploads", lambda _: noticed.wait(DEADLINE))
    with socket.create_connection(wikimedia.uploads.address) as client:
        client.sendall(f"GET / HTTP/1.1\r\nUser-Agent: {AGENT}\r\n\r\n".encode())
        wikimedia.log.await_under_way(1)
    get(wikimedia.uploads.url)
    noticed.set()
    assert wikimedia.log.peak() == 1


def test_many_clients_are_not_lost(wikimedia: Wikimedia) -> None:
    gate = threading.Barrier(56)

    def visit(number: int) -> int:
        gate.wait()
        return get(f"{wikimedia.uploads.url}/{number}").status

    with ThreadPoolExecutor(56) as clients:
        assert set(clients.map(visit, range(56))) == {404}
    targets = {entry.target for entry in wikimedia.log.entries("uploads")}
    assert targets == {f"/{number}" for number in range(56)}
    assert wikimedia.log.busiest(3600, "uploads") == 56


def test_what_was_asked_and_answered(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", refuse(429, retry_after=1))
    url = wikimedia.uploads.url + wikimedia.world.files["Free.jpg"].path
    get(url)
    get(url, {"If-None-Match": "abc"})
    refused, given = wikimedia.log.entries("uploads", containing="Free")
    assert (refused.status, refused.fault, given.status, given.fault) == (429, True, 200, False)
    assert given.headers["if-none-match"] == "abc"
    assert given.sent > len(b"no picture")
    assert wikimedia.log.user_agents() == {AGENT}
    assert refused.end is not None
    assert wikimedia.log.pause_after(refused) == given.arrival - refused.end
    assert wikimedia.log.pause_after(given) == math.inf
    wikimedia.log.clear()
    assert wikimedia.log.entries() == []


def test_hosts_of_ones_own(wikimedia: Wikimedia) -> None:
    host, site = wikimedia.site("blog")
    site.put("/me.jpg", b"a face")
    assert get(host.url + "/me.jpg", {"User-Agent": ""}).body == b"a face"
    assert get(host.url + "/you.jpg").status == 404
    assert len({h.address[0] for h in (host, wikimedia.uploads, wikimedia.thumbs)}) == 3


def test_time_is_told_by_the_monotonic_clock(wikimedia: Wikimedia) -> None:
    before = time.monotonic()
    get(wikimedia.uploads.url)
    (entry,) = wikimedia.log.entries("uploads")
    assert entry.end is not None
    assert before <= entry.arrival <= entry.end <= time.monotonic()
