"""Switches of the test harness: an error, a delay or silence for the next calls of a method.

Nothing of it can be reached over HTTP or from the page.
"""

import threading
from dataclasses import dataclass
from http import HTTPStatus

from startwin.sandbox.errors import BotApiError, HungUp

DOWNLOAD = "file"


@dataclass(frozen=True)
class Fault:
    """What happens to a call.

    Attributes:
        status: the HTTP status to answer; None lets the call succeed after the delay.
        retry_after: whole seconds, for 429.
        description: Telegram's sentence.
        delay: seconds before the answer.
        after: the call takes effect first; the bot cannot know it.
        hang_up: the connection is cut, without any answer.
    """

    status: int | None
    retry_after: int | None
    description: str
    delay: float
    after: bool
    hang_up: bool

    def fail(self) -> None:
        """Raises the error, if the fault is one.

        Raises:
            BotApiError: with the fault's status.
            HungUp: there is no answer.
        """
        if self.hang_up:
            raise HungUp
        if self.status is not None:
            parameters = {} if self.retry_after is None else {"retry_after": self.retry_after}
            raise BotApiError(self.status, self.description, parameters)


class Faults:
    """The faults still to happen, first in, first out. Thread-safe."""

    def __init__(self, methods: list[str]) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Fault]] = {name: [] for name in (*methods, DOWNLOAD)}

    def add(
        self,
        method: str,
        *,
        status: int | None = None,
        retry_after: int | None = None,
        description: str | None = None,
        delay: float = 0.0,
        times: int = 1,
        after: bool = False,
    ) -> None:
        """Lets the next `times` calls of a method fail, dawdle or both.

        Args:
            method: of the Bot API, or "file" for downloads.
            status: what to answer, e.g. 429 or 500; None to answer normally.
            retry_after: whole seconds, put into the answer's parameters.
            description: the sentence, where Telegram's usual one does not do.
            delay: seconds before the call is looked at (with `after`: before its answer).
            times: how many calls.
            after: let the call take effect before it fails, as when an answer is lost.

        Raises:
            ValueError: no such method, or neither status nor delay.
        """
        if status is None and delay <= 0:
            raise ValueError("A fault has a status, a delay or both.")
        if description is None and status is not None:
            description = HTTPStatus(status).phrase
            if retry_after is not None:
                description += f": retry after {retry_after}"
        fault = Fault(status, retry_after, description or "", delay, after, hang_up=False)
        self._put(method, fault, times)

    def hang_up(
        self, method: str, *, delay: float = 0.0, times: int = 1, after: bool = False
    ) -> None:
        """Lets the connection be cut at the next `times` calls of a method, without an answer.

        Args:
            method: of the Bot API, or "file" for downloads.
            delay: seconds before that.
            times: how many calls.
            after: let the call take effect first.

        Raises:
            ValueError: no such method.
        """
        self._put(method, Fault(None, None, "", delay, after, hang_up=True), times)

    def _put(self, method: str, fault: Fault, times: int) -> None:
        if method not in self._waiting:
            raise ValueError(f"No method {method!r}; there are {sorted(self._waiting)}.")
        with self._lock:
            self._waiting[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The next fault of the method, used up; None if there is none."""
        with self._lock:
            waiting = self._waiting.get(method)
            return waiting.pop(0) if waiting else None

    def left(self, method: str) -> int:
        """How many faults of the method have yet to happen."""
        with self._lock:
            return len(self._waiting[method])

    def clear(self) -> None:
        """Forgets all that have yet to happen."""
        with self._lock:
            for waiting in self._waiting.values():
                waiting.clear()
