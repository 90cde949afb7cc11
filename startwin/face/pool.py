"""The worker processes that read faces.

Each worker is a `ProcessPoolExecutor` of one process, so that a process that dies or hangs takes
nothing with it but the photo it was reading; a thread beside each worker hands it one photo at a
time, keeps the time limit, and replaces the process when it is gone. Processes are spawned:
forking a program that has threads copies locks that nobody will ever open again.
"""

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from startwin import journal
from startwin.errors import PhotoTimeout, WorkerDied
from startwin.face.engine import FaceEngine
from startwin.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

LOAD_TIMEOUT = 120.0
"""Seconds for a new process to import dlib and load the models: 1 on an idle machine."""

TRIES = 2
"""A process can be killed by chance; a photo that two of them died of is to blame itself."""


class FacePool:
    """So many processes, each with a `FaceEngine` of its own.

    Args:
        workers: number of processes.
        time_limit: seconds for one photo.
        load: makes a process's engine; pickle finds it by its name.
    """

    def __init__(
        self,
        workers: int,
        time_limit: float = 30.0,
        load: Callable[[], FaceEngine] = FaceEngine,
    ) -> None:
        self._log = journal.log("pool")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._workers = [_Worker(load, time_limit) for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._serve, args=[worker], name=f"face worker {n}")
            for n, worker in enumerate(self._workers)
        ]
        self._stopping = threading.Event()

    @classmethod
    def configured(cls, settings: Settings, at_most: int = 256) -> Self:
        """A pool as the operator wants it, with no more workers than there is work for."""
        engine = partial(
            FaceEngine, settings.max_pixels, settings.embedder, settings.data_dir.absolute()
        )
        return cls(min(settings.workers, at_most), settings.photo_timeout, engine)

    def start(self) -> None:
        """Start the processes and wait until each has loaded its models.

        Raises:
            ModelError: a model file is missing or damaged.
            WorkerDied: a process could not be started.
        """
        errors: list[Exception] = []

        def begin(worker: _Worker) -> None:
            try:
                worker.start()
            except Exception as error:  # noqa: BLE001 - carried to the caller's thread below
                errors.append(error)

        starters = [threading.Thread(target=begin, args=[worker]) for worker in self._workers]
        for starter in starters:
            starter.start()
        for starter in starters:
            starter.join()
        if errors:
            for worker in self._workers:
                worker.kill()
            raise errors[0]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def size(self) -> int:
        """The number of workers."""
        return len(self._workers)

    def submit(
        self, task: Callable[Concatenate[FaceEngine, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have a worker call ``task(engine, *args, **kwargs)``, such as `FaceEngine.read`.

        Args:
            task: a function that pickle finds by its name.
            *args: what pickle can carry, like the result.
            **kwargs: likewise.

        Returns:
            The result to come, or what the task raised, or `PhotoTimeout` or `WorkerDied`.
        """
        if self._stopping.is_set():
            raise RuntimeError("the pool has been stopped")
        job = _Job(task, args, kwargs)
        self._jobs.put(job)
        return job.result

    @property
    def pids(self) -> list[int]:
        """The processes' ids at this moment; of those that live."""
        return [worker.pid for worker in self._workers if worker.pid]

    def stop(self) -> None:
        """End the processes at once; results not there yet are cancelled or fail."""
        self._stopping.set()
        for _ in self._threads:
            self._jobs.put(None)
        for worker in self._workers:
            worker.kill()
        for thread in self._threads:
            if thread.ident:
                thread.join()

    def _serve(self, worker: "_Worker") -> None:
        while (job := self._jobs.get()) is not None:
            if self._stopping.is_set():
                job.result.cancel()
            elif job.result.set_running_or_notify_cancel():
                try:
                    job.result.set_result(self._done(worker, job))
                except Exception as error:  # noqa: BLE001 - the future carries it
                    job.result.set_exception(error)
        worker.kill()

    def _done(self, worker: "_Worker", job: "_Job") -> Any:
        for _ in range(TRIES):
            try:
                return worker.run(job)
            except BrokenProcessPool:
                if self._stopping.is_set():
                    break
                self._log.warning("a worker died with a photo in hand")
            except PhotoTimeout:
                self._log.warning("a worker was replaced: its photo took too long")
                raise
        raise WorkerDied("the worker process died")


class _Job:
    def __init__(
        self, task: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.task = task
        self.args = args
        self.kwargs = kwargs
        self.result: Future[Any] = Future()


class _Worker:
    """One process, and the next one when that is gone. Used by one thread at a time."""

    def __init__(self, load: Callable[[], FaceEngine], time_limit: float) -> None:
        self._load = load
        self._time_limit = time_limit
        self._executor: ProcessPoolExecutor | None = None
        self.pid: int | None = None

    def start(self) -> None:
        """Start a process and have it load its engine."""
        self._executor = ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_process
        )
        try:
            self.pid = self._executor.submit(_load_engine, self._load).result(LOAD_TIMEOUT)
        except (BrokenProcessPool, TimeoutError):
            self.kill()
            raise WorkerDied("a worker process could not be started") from None

    def run(self, job: _Job) -> Any:
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

    def _submitted(self, job: _Job) -> Future[Any]:
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
    # Ctrl-C and systemd's SIGTERM reach the whole group; the parent decides what to finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
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
