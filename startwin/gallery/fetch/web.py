"""The web, asked politely: turns at each host, pauses that hosts ask for, bounded redirects."""

import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import TypeVar
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from startwin import __version__
from startwin.errors import FetchError
from startwin.gallery.fetch.lanes import Lane, Lanes, Stopped
from startwin.gallery.fetch.lines import Lines
from startwin.gallery.fetch.terms import Terms

T = TypeVar("T")

TRIES = 5
REDIRECTS = 5
TOO_FAR = f"leads from place to place, more than {REDIRECTS} times"

CONNECT_TIMEOUT, READ_TIMEOUT = 10, 20
"""Seconds to connect, and between one piece of an answer and the next."""

LONGEST_PAUSE = 300
"""Seconds; whoever asks for more is asked again by the next run."""

PATIENCE = 1800
"""Seconds that a request waits in all for a host which says when to come back. Wikidata's databases
lag behind for many minutes at times."""

FIRST_PAUSE = 0.5
"""Seconds, to be doubled with each attempt that failed. Up to as much again is added by chance, so
that what failed together does not come back together."""

PIECE = 64 * 1024
"""Bytes that are read at a time."""

_BUSY = (429, 500, 502, 503, 504)
_FINE = (200, 304)
_ELSEWHERE = (301, 302, 303, 307, 308)


class Busy(Exception):
    """The host is to be asked again later.

    Attributes:
        seconds: how much later, if it said.
        lane: the host's, as soon as that is known.
    """

    lane: Lane

    def __init__(self, why: str, seconds: float | None = None, lane: Lane | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds
        if lane is not None:
            self.lane = lane


class Elsewhere(Exception):
    """The answer is with another host: whoever asked has to wait for a turn there.

    Attributes:
        url: its address.
    """

    def __init__(self, url: str) -> None:
        super().__init__("leads to another host")
        self.url = url


class Web:
    """Fetches. For many threads.

    Args:
        terms: see there.
        apis: addresses of Wikimedia's programming interfaces.
    """

    def __init__(self, terms: Terms, apis: list[str]) -> None:
        self.stopping = threading.Event()
        self.lanes = Lanes(terms.per_host, apis, self.stopping)
        # The form that https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy asks for.
        agent = f"StarTwinBot/{__version__} ({terms.contact}) urllib3/{version('urllib3')}"
        self._pool = PoolManager(
            num_pools=2 * terms.threads,
            maxsize=terms.per_host,
            headers={"User-Agent": agent},
            timeout=Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT),
        )
        self._lines = Lines(self._pool, terms.allow_private)

    def stop(self) -> None:
        """End all that is under way, at once."""
        self.stopping.set()
        self._lines.close()

    def fetch(
        self,
        url: str,
        take: Callable[[BaseHTTPResponse], T],
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Fetch something, trying again as long as that makes sense.

        Args:
            url: where it is.
            take: is given the response, with status 200 or 304, before its body is read. What it
                raises goes to the caller, but for `Busy` and urllib3's errors: those are reasons
                to try again.
            headers: to be sent beside the usual ones.

        Raises:
            Elsewhere: it is with another host.
            FetchError: it cannot be had; the sentence says why.
            Stopped: the program ends.
        """
        tries, waited = 0, 0.0
        while True:
            try:
                return self._through(url, take, headers or {})
            except Busy as busy:
                failure, asked = busy, busy.seconds or 0.0
            if self.stopping.is_set():
                raise Stopped
            # Who says when to come back is alive: that is no attempt that failed.
            if not asked:
                tries += 1
                failure.lane.failed()
            pause = max(asked, FIRST_PAUSE * 2**tries * (1 + random.random()))  # noqa: S311
            waited += pause
            if tries == TRIES:
                raise FetchError(f"{failure}, {TRIES} times")
            if asked:
                failure.lane.hold(min(pause, LONGEST_PAUSE))
            if pause > LONGEST_PAUSE or waited > PATIENCE:
                raise FetchError(f"{failure}, and asks to come back in {pause:.0f} s")
            # What has failed waits by itself: one bad picture is no reason to stop the others.
            if not asked and self.stopping.wait(pause):
                raise Stopped

    def _through(
        self, url: str, take: Callable[[BaseHTTPResponse], T], headers: Mapping[str, str]
    ) -> T:
        """One attempt, through redirects as far as they stay in one lane."""
        lane = self.lanes.of(url)
        for _ in range(REDIRECTS + 1):
            with lane.turn():
                try:
                    response = self._asked(url, headers)
                    try:
                        if response.status not in _ELSEWHERE:
                            taken = self._taken(response, take)
                            lane.worked()
                            return taken
                        url = _joined(url, response.headers.get("Location", ""))
                    finally:
                        response.close()  # if it was read to its end, the connection is kept
                except Busy as busy:
                    raise Busy(f"{lane.name} {busy}", busy.seconds, lane) from None
            if self.lanes.of(url) is not lane:
                raise Elsewhere(url)
        raise FetchError(TOO_FAR)

    def _asked(self, url: str, headers: Mapping[str, str]) -> BaseHTTPResponse:
        try:
            return self._pool.request(
                "GET",
                url,
                headers={**self._pool.headers, **headers},
                preload_content=False,
                redirect=False,
                retries=False,
            )
        except HTTPError as error:
            raise Busy(f"cannot be reached ({_cause(error)})") from None

    def _taken(self, response: BaseHTTPResponse, take: Callable[[BaseHTTPResponse], T]) -> T:
        if response.status in _BUSY:
            raise Busy(f"answered {response.status}", _retry_after(response))
        if response.status not in _FINE:
            raise FetchError(f"answered {response.status}")
        try:
            return take(response)
        except HTTPError as error:
            raise Busy(f"broke off ({_cause(error)})") from None

    def body(self, response: BaseHTTPResponse, most: int, decoded: bool) -> Iterator[bytes]:
        """A response's body, piece by piece.

        Args:
            response: its body has not been read yet.
            most: bytes that it may have.
            decoded: whether its compression for the way is undone.

        Raises:
            FetchError: it is larger.
            Stopped: the program ends.
        """
        too_large = FetchError(f"larger than {most / 1e6:.0f} MB")
        length = response.headers.get("Content-Length", "")
        if re.fullmatch(r"0*[1-9]\d{0,14}", length) and int(length) > most:
            raise too_large
        read = 0
        while piece := response.read1(PIECE, decode_content=decoded):
            read += len(piece)
            if read > most:
                raise too_large
            if self.stopping.is_set():
                raise Stopped
            yield piece


def _retry_after(response: BaseHTTPResponse) -> float | None:
    """The seconds that a host asks for, by a number or a date."""
    try:
        return Retry().get_retry_after(response)
    except (HTTPError, ValueError, OverflowError):  # neither of both
        return None


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise FetchError(f"leads to {location[:100]!r}, which is no address") from None


def _cause(error: BaseException) -> str:
    """An error of urllib3 without addresses: they may hold what is nobody's business."""
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    words = (cause.strerror if isinstance(cause, OSError) else None) or type(cause).__name__
    return words.lower() if words != type(cause).__name__ else words
