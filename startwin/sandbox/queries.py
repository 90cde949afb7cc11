"""Presses of callback buttons, and the bot's answers to them."""

import secrets
import time
from dataclasses import dataclass

from startwin.sandbox.bell import Bell
from startwin.sandbox.errors import BadRequest

# The Bot API does not say how long; bots that take a minute get this refusal now and then.
_SECONDS_TO_ANSWER = 60.0


@dataclass(frozen=True)
class Toast:
    """What the person sees when the bot answers a press.

    Attributes:
        text: "" shows nothing and only ends the button's wait.
        alert: whether it is a dialog to be closed instead of a fleeting note.
    """

    text: str
    alert: bool


class Press:
    """A button that was pressed, for those who wait for the bot's answer.

    Attributes:
        id: of the callback query.
    """

    def __init__(self, bell: Bell) -> None:
        self.id = str(secrets.randbits(63) + 1)
        self._bell = bell
        self._ends = time.monotonic() + _SECONDS_TO_ANSWER
        self._toast: Toast | None = None

    @property
    def expired(self) -> bool:
        """Whether it is too late to answer."""
        return time.monotonic() >= self._ends

    def expire(self) -> None:
        """Makes it too late to answer, as if the bot had dawdled."""
        with self._bell:
            self._ends = time.monotonic()
            self._bell.ring()

    def answered(self, toast: Toast) -> None:
        """Takes the bot's answer; the first one counts."""
        with self._bell:
            self._toast = self._toast or toast
            self._bell.ring()

    def wait(self, timeout: float) -> Toast:
        """The bot's answer, once it has come.

        Raises:
            TimeoutError: it did not within `timeout` seconds.
        """
        self._bell.wait_for(lambda: self._toast is not None, timeout)
        if self._toast is None:
            raise TimeoutError(f"The bot did not answer the press within {timeout:g} s.")
        return self._toast


class CallbackQueries:
    """The presses that can still be answered. Thread-safe."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._open: dict[str, Press] = {}

    def begin(self) -> Press:
        """A new press."""
        with self._bell:
            self._open = {key: press for key, press in self._open.items() if not press.expired}
            press = Press(self._bell)
            self._open[press.id] = press
            return press

    def answer(self, query_id: str, toast: Toast) -> None:
        """Passes the bot's answer on to who pressed.

        Raises:
            BadRequest: there is no such query, or it is too old.
        """
        with self._bell:
            press = self._open.get(query_id)
            if press is None or press.expired:
                raise BadRequest(
                    "query is too old and response timeout expired or query ID is invalid"
                )
            press.answered(toast)
