"""Threads that take what their lane has room for: none stands idle in a queue at a slow host."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Generic, NamedTuple, TypeVar

from startwin.gallery.fetch.lanes import Lane

A = TypeVar("A")


class _Task(NamedTuple, Generic[A]):
    about: A
    lane: Lane
    work: Callable[[], object]


class Crew(Generic[A]):
    """Does tasks, each of which belongs to a lane. For one thread that gives them out.

    Args:
        threads: how many work.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "fetch")
        self._waiting: dict[Lane, deque[_Task[A]]] = {}
        self._running: dict[Future[object], _Task[A]] = {}
        self._free = threads

    @property
    def open(self) -> int:
        """Tasks that are not done."""
        return len(self._running) + sum(map(len, self._waiting.values()))

    def add(self, about: A, lane: Lane, work: Callable[[], object]) -> None:
        """Have something done.

        Args:
            about: comes back with the result.
            lane: whose turns it needs.
            work: what to do.
        """
        self._waiting.setdefault(lane, deque()).append(_Task(about, lane, work))
        self._start()

    def finished(self) -> Iterator[tuple[A, Future[object]]]:
        """What is done, each with its result; waits until there is something."""
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        tasks = [(self._running.pop(future), future) for future in done]
        self._free += len(tasks)
        self._start()
        for task, future in tasks:
            yield task.about, future

    def stop(self) -> None:
        """Begin nothing more, and wait for what has begun."""
        self._waiting.clear()
        self._pool.shutdown(cancel_futures=True)

    def _start(self) -> None:
        busy: dict[Lane, int] = {}
        for task in self._running.values():
            busy[task.lane] = busy.get(task.lane, 0) + 1
        for lane, waiting in list(self._waiting.items()):
            for _ in range(min(lane.at_once - busy.get(lane, 0), len(waiting), self._free)):
                task = waiting.popleft()
                self._running[self._pool.submit(task.work)] = task
                self._free -= 1
            if not waiting:
                del self._waiting[lane]
