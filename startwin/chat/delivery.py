"""One answer on its way: as many sends as it takes until Telegram has accepted one."""

import contextlib
import sqlite3
from collections.abc import Callable
from typing import Generic, TypeVar

from telegram.error import RetryAfter, TelegramError

from startwin.chat.ledger import Ledger
from startwin.chat.requests.inbox import Inbox
from startwin.chat.requests.request import Request
from startwin.chat.wire.outcome import NotYet
from startwin.chat.wire.retries import LONGEST_RETRY_AFTER, Retries, pause
from startwin.chat.wire.verdict import Verdict, changes_nothing, verdict
from startwin.journal import metrics

T = TypeVar("T")

UNCERTAIN_TRIES = 16
"""Sends of which nobody can know whether they arrived. The pauses double from a second on, so that
they go on for a day, and a user gets few copies even if every one of them had arrived."""

LONGEST_UNCERTAIN = 12 * 3600.0
"""Seconds between two of them."""


class Delivery(Generic[T]):
    """Sends an answer to a request, called once for each try; see `MessageQueue.put`.

    Args:
        inbox: is told what happens.
        ledger: is told how long it takes.
        request: what is answered.
        send: does it.
        repeatable: twice has the same effect as once, as with an edit.
        storing: what is tried when the inbox cannot be written.
    """

    def __init__(
        self,
        inbox: Inbox,
        ledger: Ledger,
        request: Request,
        send: Callable[[], T],
        repeatable: bool,
        storing: Retries,
    ) -> None:
        self._inbox = inbox
        self._ledger = ledger
        self._request = request
        self._send = send
        self._repeatable = repeatable
        self._storing = storing
        self._owed: Callable[[Request], None] | None = None
        self._not_taken = 0
        self._uncertain = 0

    def __call__(self) -> T | None:
        """One try.

        Raises:
            NotYet: there is to be another.
            TelegramError: Telegram refuses the answer, and not because of the moment.
        """
        self._settle_what_is_owed()
        self._write(self._inbox.begin_send)
        try:
            with self._ledger.watch(self._request).stage("send"):
                result = self._send()
        except TelegramError as error:
            if not (self._repeatable and changes_nothing(error)):
                raise self._next(error) from None
            result = None
        self._inbox.done(self._request)
        return result

    def _next(self, error: TelegramError) -> Exception:
        """What follows from an error."""
        found = verdict(error)
        is_uncertain = found is Verdict.UNCERTAIN
        self._owed = self._inbox.may_be_sent if is_uncertain else self._inbox.not_sent
        with contextlib.suppress(NotYet):  # then it is done before the next try
            self._settle_what_is_owed()
        self._uncertain += is_uncertain
        if is_uncertain and self._uncertain <= UNCERTAIN_TRIES:
            return NotYet(pause(self._uncertain, LONGEST_UNCERTAIN))
        if isinstance(error, RetryAfter):
            metrics.REFUSED_AS_TOO_MANY.inc()
            return NotYet(min(float(error.retry_after), LONGEST_RETRY_AFTER), told=True)
        if found is Verdict.NOT_TAKEN:
            self._not_taken += 1
            return NotYet(pause(self._not_taken))
        return error

    def _settle_what_is_owed(self) -> None:
        """What the last try's outcome has to leave in the inbox."""
        if self._owed is not None:
            self._write(self._owed)
            self._owed = None

    def _write(self, note: Callable[[Request], None]) -> None:
        """Note something in the inbox. While that fails nothing is sent: it would not be known."""
        if self._repeatable:
            return
        try:
            note(self._request)
        except sqlite3.Error as error:
            raise NotYet(self._storing.failed(error)) from None
        self._storing.succeeded()
