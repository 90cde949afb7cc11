"""Politeness: the hosts that count as one take so many requests at once, so far apart.

Wikimedia's sites share one limit. For programs that are not logged in, their robot policy allows
one request of the programming interfaces at a time and two pictures
(https://wikitech.wikimedia.org/wiki/Robot_policy), and their limits 200 requests a minute
(https://www.mediawiki.org/wiki/Wikimedia_APIs/Rate_limits).
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from urllib3.util import parse_url

from startwin.errors import FetchError

API_INTERVAL = 0.35
"""Seconds from one request of Wikimedia's interfaces to the next: 171 a minute."""

WIKIMEDIA_PICTURES = 2
"""At once."""

BREAK = 15
"""Attempts that failed in a row and close a lane: a host that is gone is not asked for each of its
photos. One bad photo is tried five times."""


class Stopped(Exception):
    """The program is to end; nobody waits any longer."""


class Lane:
    """The requests to one host, or to several that count as one. For many threads.

    Args:
        name: of the host, for people.
        at_once: requests that may be under way together.
        interval: seconds from the start of one to the start of the next.
        stopping: ends all waiting.
    """

    def __init__(self, name: str, at_once: int, interval: float, stopping: threading.Event) -> None:
        self.name = name
        self.at_once = at_once
        self._interval = interval
        self._stopping = stopping
        self._room = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._next = 0.0
        self._failures = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and hold it.

        Raises:
            FetchError: the host has failed too often.
            Stopped: the program ends.
        """
        with self._room:
            while (wait := self._wait()) > 0:
                if self._stopping.wait(wait):
                    raise Stopped
            if self._stopping.is_set():
                raise Stopped
            yield

    def _wait(self) -> float:
        """Seconds until the next turn; at 0, it is taken."""
        with self._lock:
            if self._failures >= BREAK:
                raise FetchError(f"{self.name} failed {BREAK} times in a row and was given up")
            now = time.monotonic()
            if now >= self._next:
                self._next = now + self._interval
                return 0
            return self._next - now

    def hold(self, seconds: float) -> None:
        """Let nobody in for a while: the host has asked for it, or seems to be in trouble."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

    def failed(self) -> None:
        """Note an attempt that failed."""
        with self._lock:
            self._failures += 1

    def worked(self) -> None:
        """Note that the host has answered."""
        with self._lock:
            self._failures = 0


class Lanes:
    """The lane of each address.

    Args:
        per_host: requests at once, for hosts that are nothing special.
        apis: addresses of Wikimedia's programming interfaces.
        stopping: ends all waiting.
    """

    def __init__(self, per_host: int, apis: list[str], stopping: threading.Event) -> None:
        self._per_host = per_host
        self._apis = {_host(url) for url in apis}
        self._stopping = stopping
        self._lock = threading.Lock()
        self._lanes: dict[str, Lane] = {}

    def of(self, url: str) -> Lane:
        """The lane that requests of this address take."""
        host = _host(url)
        name, at_once, interval = host, self._per_host, 0.0
        if host in self._apis:
            name, at_once = "Wikimedia's interfaces", 1
            interval = API_INTERVAL if _is_wikimedia(host) else 0.0
        elif _is_wikimedia(host):
            name, at_once = "Wikimedia's pictures", WIKIMEDIA_PICTURES
        with self._lock:
            if name not in self._lanes:
                self._lanes[name] = Lane(name, at_once, interval, self._stopping)
            return self._lanes[name]


def _is_wikimedia(host: str) -> bool:
    """Whether a host is theirs, and not somebody's copy."""
    return host.endswith((".wikimedia.org", ".wikidata.org", ".wikipedia.org"))


def _host(url: str) -> str:
    """The host of an address, such as "example.org", with its port if that is an unusual one.

    Raises:
        FetchError: it is no address of the web.
    """
    try:
        parts = parse_url(url)
    except ValueError:  # urllib3's LocationParseError is one
        parts = parse_url("")
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise FetchError(f"{url[:200]!r} is no address that begins with http:// or https://")
    host = parts.host.lower().rstrip(".")
    return host if parts.port in {None, 80, 443} else f"{host}:{parts.port}"
