"""What goes wrong, when and where: programmed by a test, taken in order by the hosts."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import unquote, urlencode, urlsplit

from tests.wikimedia.answers import error_answer
from tests.wikimedia.exchange import Answer, Exchange, Request

Fault = Callable[[Exchange], object]
"""Answers in an application's place."""


@dataclass
class _Rule:
    host: str
    path: re.Pattern[str]
    fault: Fault
    left: int | None


class Faults:
    """Rules by host (`"*"` for all); of several that fit, the oldest with times left is taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []

    def on(self, host: str, *faults: Fault, path: str = "", times: int | None = 1) -> None:
        """Each fault `times` times (None: always), one after the other.

        `path` is a regular expression, searched in the unquoted target, query and all.
        """
        with self._lock:
            self._rules += [_Rule(host, re.compile(path), fault, times) for fault in faults]

    def take(self, request: Request) -> Fault | None:
        """The fault for this request, if there is one; it is used up by this."""
        target = unquote(request.target)
        with self._lock:
            for rule in self._rules:
                if rule.host in {"*", request.host} and rule.left != 0 and rule.path.search(target):
                    if rule.left is not None:
                        rule.left -= 1
                    return rule.fault
        return None

    @property
    def left(self) -> int:
        """How many are still to come, of those that are counted."""
        with self._lock:
            return sum(rule.left or 0 for rule in self._rules)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()


def refuse(status: int, *, retry_after: int | None = None, as_date: bool = False) -> Fault:
    """The caches' own refusal, a page of HTML; Retry-After in seconds or as an HTTP date."""

    def fault(exchange: Exchange) -> None:
        headers = {"Content-Type": "text/html; charset=utf-8", "Server": "Varnish"}
        if retry_after is not None and as_date:
            # a date has whole seconds: the next one, so that never less is asked for
            at = datetime.now(UTC) + timedelta(seconds=retry_after + 1)
            headers["Retry-After"] = format_datetime(at, usegmt=True)
        elif retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        body = f"<!DOCTYPE html>\n<title>Wikimedia Error</title>\n<p>Error: {status}</p>\n"
        exchange.reply(Answer(status, body.encode(), headers))

    return fault


def redirect(location: str, status: int = 302) -> Fault:
    """Anywhere: `http://127.0.0.1:1/`, `file:///etc/passwd`, another host's address."""
    return lambda exchange: exchange.reply(Answer(status, b"", {"Location": location}))


def chain(hops: int, *, absolute: str | None = None, status: int = 302) -> Fault:
    """Redirects `hops` times from itself to itself, then the normal answer; put it on for always.

    `absolute`: the base of the locations (`http://127.0.0.4:1234`); without it they are relative.
    """

    def fault(exchange: Exchange) -> None:
        query = exchange.request.query
        hop = int(query.pop("hop", 0))
        if hop >= hops:
            exchange.reply(exchange.normal())
            return
        path = urlsplit(exchange.request.target).path
        location = f"{path}?{urlencode({**query, 'hop': hop + 1})}"
        exchange.reply(Answer(status, b"", {"Location": (absolute or "") + location}))

    return fault


def lagged(lag: float = 7.5) -> Fault:
    """The databases lag by so many seconds: only who sends a lower `maxlag` is turned away."""

    def fault(exchange: Exchange) -> None:
        asked = exchange.request.query.get("maxlag")
        if asked is None or float(asked) >= lag:
            exchange.reply(exchange.normal())
            return
        headers = {"Retry-After": str(max(int(asked), 5)), "X-Database-Lag": str(int(lag))}
        details = {"host": "10.0.0.1", "lag": lag, "type": "db"}
        exchange.reply(
            error_answer(exchange.request, "maxlag", f"Lagging by {lag} s.", details, headers)
        )

    return fault


def api_error(code: str) -> Fault:
    """MediaWiki's own refusals, with status 200: `ratelimited`, `readonly` and the like."""
    return lambda exchange: exchange.reply(
        error_answer(exchange.request, code, f"The stand-in was told to say {code}.")
    )
