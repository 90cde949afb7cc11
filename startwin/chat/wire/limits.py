"""Telegram's limits: how many messages may go, and when the next one may.

Times are seconds of any clock that runs forward.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """So many messages in so many seconds.

    Attributes:
        messages: 1 or more.
        seconds: above 0.
        burst: how many may go at once after a pause; 1 or more.
    """

    messages: int
    seconds: float
    burst: int = 1


class Limit:
    """Even spacing but for a burst, by the generic cell rate algorithm (ITU-T I.371).

    It remembers the theoretical arrival time of the next message, and one is early when it comes
    more than ``burst − 1`` intervals before that.
    """

    def __init__(self, rate: Rate) -> None:
        self._interval = rate.seconds / rate.messages
        self._tolerance = self._interval * (rate.burst - 1)
        self._expected = float("-inf")

    def free_at(self) -> float:
        """The earliest time at which a message may go."""
        return self._expected - self._tolerance

    def take(self, now: float) -> None:
        """A message goes now."""
        self._expected = max(self._expected, now) + self._interval

    def is_fresh(self, now: float) -> bool:
        """Whether it remembers nothing that matters any more."""
        return self._expected <= now


class Window:
    """Never more than so many messages in any stretch of so many seconds."""

    def __init__(self, rate: Rate) -> None:
        self._seconds = rate.seconds
        self._sent: deque[float] = deque(maxlen=rate.messages)

    def free_at(self) -> float:
        """The earliest time at which a message may go."""
        is_full = len(self._sent) == self._sent.maxlen
        return self._sent[0] + self._seconds if is_full else float("-inf")

    def take(self, now: float) -> None:
        """A message goes now."""
        self._sent.append(now)

    def is_fresh(self, now: float) -> bool:
        """Whether it remembers nothing that matters any more."""
        return not self._sent or self._sent[-1] + self._seconds <= now
