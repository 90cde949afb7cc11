"""A worker process that reads faces, and the next one when that is gone."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from startwin.errors import PhotoTimeout, WorkerDied
from startwin.face.engine import FaceEngine

LOAD_TIMEOUT = 120.0
"""Seconds for a new process to import dlib and load the models: 1 on an idle machine."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C and systemd reach the whole group with them; the parent decides what to finish."""

TRIES = 2
"""A process can be killed by chance; a photo that two of them died of is to blame itself."""


class Job:
    """A call of a function with the engine, and its result to come."""

    def __init__(
        self, task: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.task = task
        self.args = args
        self.kwargs = kwargs
        self.result: Future[Any] = Future()


class Worker:
    """One process, and the next one when that is gone. Used by one thread at a time."""

    def __init__(self, load: Callable[[], FaceEngine], time_limit: float) -> None:
        self._load = load
        self._time_limit = time_limit
        self._executor: ProcessPoolExecutor | None = None
        self.pid: int | None = None

    def start(self) -> None:
        """Start a process and have it load its engine."""
        for _ in range(TRIES):
            self._executor = ProcessPoolExecutor(
                1, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_process
            )
            try:
                self.pid = self._loading(self._executor).result(LOAD_TIMEOUT)
            except BrokenProcessPool:
                self.kill()
            except TimeoutError:
                self.kill()
                break
            except BaseException:
                self.kill()  # a process without an engine must not be given photos
                raise
            else:
                return
        raise WorkerDied("a worker process could not be started")

    def _loading(self, executor: ProcessPoolExecutor) -> Future[int]:
        """Have a process spawned that is deaf to signals from its first moment."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # children inherit it
        try:
            return executor.submit(_load_engine, self._load)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def run(self, job: Job) -> Any:
        """Do a job in the process.

        Raises:
            PhotoTimeout: and the process is gone.
            BrokenProcessPool: the process died meanwhile.
        """
        pending = self._submitted(job)
        try:
            return pending.result(self._time_limit)
        except TimeoutError:
            if pending.done():  # the task's own TimeoutError
                raise
            self.kill()
            raise PhotoTimeout(f"more than {self._time_limit:g} s") from None

    def _submitted(self, job: Job) -> Future[Any]:
        if self._executor is not None:
            try:
                return self._executor.submit(_call, job.task, job.args, job.kwargs)
            except BrokenProcessPool:  # it died while it was idle: no job's fault
                self.kill()
        self.start()
        assert self._executor is not None  # noqa: S101 - start() has just set it
        return self._executor.submit(_call, job.task, job.args, job.kwargs)

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        executor, self._executor, self.pid = self._executor, None, None
        if executor is None:
            return
        # Private, but a pid that we remember could by now be another program's.
        for process in list((executor._processes or {}).values()):  # noqa: SLF001
            process.kill()
        executor.shutdown(cancel_futures=True)


_engine: FaceEngine | None = None
"""In a worker process: its engine."""


def _prepare_process() -> None:
    """Leave signals to the parent, and never outlive it."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _load_engine(load: Callable[[], FaceEngine]) -> int:
    global _engine  # noqa: PLW0603 - a process has one engine, loaded once
    _engine = load()
    return os.getpid()


def _call(task: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return task(_engine, *args, **kwargs)
