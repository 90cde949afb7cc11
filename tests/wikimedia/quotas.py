"""Faults that watch manners: refusals only for clients who ask too often or too much at once."""

import threading
import time
from collections import deque

from tests.wikimedia.exchange import Exchange
from tests.wikimedia.faults import refuse


class Quota:
    """At most `count` requests in any `seconds`, over all hosts that share it.

    Others get 429 and a Retry-After of as many whole seconds as they are too early. Put it on
    with `times=None`. Wikimedia's own since 2026: 10 a minute for the nameless, 200 for all who
    give a contact (mediawiki.org/wiki/Wikimedia_APIs/Rate_limits).
    """

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._times: deque[float] = deque(maxlen=count)
        self.refused = 0

    def __call__(self, exchange: Exchange) -> None:
        now = time.monotonic()
        with self._lock:
            full = len(self._times) == self._times.maxlen
            early = self._times[0] + self._seconds - now if full else 0.0
            if early <= 0:
                self._times.append(now)
            else:
                self.refused += 1
        if early <= 0:
            exchange.reply(exchange.normal())
        else:
            refuse(429, retry_after=int(early) + 1)(exchange)


class Crowd:
    """At most `count` requests at once on `hosts` together; others get 429.

    The robot policy has 1 for the action API and 2 for the media hosts
    (wikitech.wikimedia.org/wiki/Robot_policy).
    """

    def __init__(self, count: int, *hosts: str, retry_after: int = 1) -> None:
        self._count = count
        self._hosts = hosts
        self._refuse = refuse(429, retry_after=retry_after)
        self._lock = threading.Lock()
        self.refused = 0

    def __call__(self, exchange: Exchange) -> None:
        if exchange.beside(*self._hosts) <= self._count:
            exchange.reply(exchange.normal())
        else:
            with self._lock:
                self.refused += 1
            self._refuse(exchange)
