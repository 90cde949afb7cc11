"""Trying again: pauses that grow, and a word in the log now and then."""

import random
import time

from telegram.error import RetryAfter

from startwin import journal

LONGEST_PAUSE = 30.0
"""Seconds between two tries while Telegram cannot be reached."""

LONGEST_RETRY_AFTER = 3600.0
"""Seconds that Telegram may tell us to wait."""

COMPLAIN_EVERY = 60.0
"""Seconds between two log lines about the same trouble."""


def pause(tries: int, longest: float = LONGEST_PAUSE) -> float:
    """Seconds before the next try: doubled with each.

    They are scattered by half, so that many that failed together do not come back together.

    Args:
        tries: how many there were; 1 or more.
        longest: at most.
    """
    return min(2.0 ** min(tries - 1, 32), longest) * random.uniform(0.5, 1.0)  # noqa: S311


class Retries:
    """The tries of one thing that has to succeed, with a log line about it once a minute."""

    def __init__(self, what: str) -> None:
        self._log = journal.log("bot")
        self._what = what
        self._tries = 0
        self._complained: float | None = None

    def failed(self, error: Exception) -> float:
        """Note a failure; returns the seconds to wait before the next try."""
        now = time.monotonic()
        if self._complained is None or now - self._complained >= COMPLAIN_EVERY:
            self._log.warning(f"{self._what}; trying again", error=_reason(error))
            self._complained = now
        self._tries += 1
        if isinstance(error, RetryAfter):
            return min(float(error.retry_after), LONGEST_RETRY_AFTER)
        return pause(self._tries)

    def succeeded(self) -> None:
        """All is well again."""
        if self._complained is not None:
            self._log.info(f"{self._what}: over")
        self._tries = 0
        self._complained = None


def _reason(error: Exception) -> str:
    """In a few words; the library's own text is a paragraph around them."""
    cause = getattr(error.__cause__, "reason", None) or error
    return str(cause).rpartition(">: ")[2] or type(error).__name__
