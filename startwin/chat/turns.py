"""Whose turn it is: each user's photos one after another, the users side by side.

Likewise the presses on each message's buttons. A turn lasts until the answer has been sent, so that
what waits for Telegram's limits counts as waiting.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any

from startwin import journal

MOST_WAITING = 10
"""Photos of one user that wait, the one that is being answered among them: one album."""

MOST_IN_ALL = 1000
"""Photos of all users: a minute's work of two cores; presses have turns of their own."""

Job = Callable[[], "Future[Any] | None"]
"""Returns what its turn still waits for, if anything."""


class Turn(Enum):
    """What becomes of a job."""

    TAKEN = "it will be done"
    REFUSED = "too many of this user's wait, and this is the first that does not fit"
    REFUSED_AGAIN = "the user has been told"
    OVERLOADED = "too many of all users' wait"
    STOPPED = "nothing is begun any more"


@dataclass
class _Line:
    waiting: deque[Job] = field(default_factory=deque)
    was_told: bool = False


class Turns:
    """Does jobs, one at a time for each user, in order.

    Args:
        threads: how many users' jobs are done at once.
    """

    def __init__(self, threads: int) -> None:
        self._log = journal.log("chat")
        self._lines: dict[Hashable, _Line] = {}
        self._changed = threading.Condition()
        self._waiting = 0
        self._stopped = False
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="turn")

    def __len__(self) -> int:
        return self._waiting

    def take(self, who: Hashable, job: Job) -> Turn:
        """Have a job done when the earlier ones of the same user, or whoever it is, are."""
        with self._changed:
            if self._stopped:
                return Turn.STOPPED
            line = self._lines.get(who) or _Line()
            if len(line.waiting) >= MOST_WAITING:
                told, line.was_told = line.was_told, True
                return Turn.REFUSED_AGAIN if told else Turn.REFUSED
            if self._waiting >= MOST_IN_ALL:
                return Turn.OVERLOADED
            line.was_told = False
            line.waiting.append(job)
            self._waiting += 1
            if len(line.waiting) == 1:
                self._lines[who] = line
                self._threads.submit(self._serve, who, line)
            return Turn.TAKEN

    def stop(self, timeout: float) -> int:
        """Wait for what was taken, then take no more; returns how many users' were left."""
        with self._changed:
            self._changed.wait_for(lambda: not self._lines, timeout)
            left = len(self._lines)
            self._stopped = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        return left

    def _serve(self, who: Hashable, line: _Line) -> None:
        """One job; then it is the next one's turn."""
        coming = None
        try:
            coming = line.waiting[0]()
        except Exception:  # noqa: BLE001 - it was to see to that itself
            self._log.exception("a job failed")
        finally:  # whatever happened, even to the log: the next one's turn comes
            if coming is None:
                self._end(who, line)
            else:
                coming.add_done_callback(partial(self._end, who, line))

    def _end(self, who: Hashable, line: _Line, _: object = None) -> None:
        with self._changed:
            line.waiting.popleft()
            self._waiting -= 1
            if not line.waiting:
                del self._lines[who]
            elif not self._stopped:
                self._threads.submit(self._serve, who, line)
            self._changed.notify_all()
