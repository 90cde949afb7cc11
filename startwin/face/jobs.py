"""The queue of what is to be done with the engines."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any


class Job:
    """A call of a function with an engine, and its result to come.

    Attributes:
        call: the function and its arguments.
        result: what came of it.
        deaths: how many workers died while they had it.
        losses: how many times a cluster lost it, which is not its fault.
    """

    def __init__(
        self, task: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.call = task, args, kwargs
        self.result: Future[Any] = Future()
        self.deaths = 0
        self.losses = 0


class JobQueue:
    """Jobs in the order in which they came. Safe to use from many threads."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._is_closed = False

    def put(self, job: Job) -> None:
        """Add a job; if the queue is closed, it is cancelled."""
        with self._changed:
            self._jobs.append(job)
            if self._is_closed:
                self._give_up()
            self._changed.notify()

    def put_back(self, job: Job) -> None:
        """Have a job that was taken and not finished taken next."""
        with self._changed:
            self._jobs.appendleft(job)
            if self._is_closed:
                self._give_up()
            self._changed.notify()

    def take(self, is_able: Callable[[], bool]) -> Job | None:
        """Wait for a job.

        Args:
            is_able: whether the taker could still do one; asked before each look at the queue.

        Returns:
            The next job, its result marked as running; None if the taker is not able to do one,
            or the queue is closed.
        """
        with self._changed:
            while is_able() and not self._is_closed:
                if not self._jobs:
                    self._changed.wait()
                    continue
                job = self._jobs.popleft()
                if job.result.running() or job.result.set_running_or_notify_cancel():
                    return job
            self._changed.notify()  # what woke this taker may have been meant for another
            return None

    def ask_again(self) -> None:
        """Have all who wait ask whether they are still able."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Take no more jobs and hand none out. Those that wait are cancelled."""
        with self._changed:
            self._is_closed = True
            self._give_up()
            self._changed.notify_all()

    def _give_up(self) -> None:
        while self._jobs:
            job = self._jobs.popleft()
            if not job.result.cancel() and not job.result.done():
                job.result.set_exception(CancelledError())  # it had been begun before
