"""The worker processes that read faces.

Each worker is a `ProcessPoolExecutor` of one process, so that a process that dies or hangs takes
nothing with it but the photo it was reading; a thread beside each worker hands it one photo at a
time, keeps the time limit, and replaces the process when it is gone. Processes are spawned:
forking a program that has threads copies locks that nobody will ever open again.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from startwin import journal
from startwin.errors import PhotoTimeout, WorkerDied
from startwin.face.engine import FaceEngine
from startwin.face.worker import TRIES, Job, Worker
from startwin.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


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
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._workers = [Worker(load, time_limit) for _ in range(workers)]
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

        def begin(worker: Worker) -> None:
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
        job = Job(task, args, kwargs)
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

    def _serve(self, worker: Worker) -> None:
        while (job := self._jobs.get()) is not None:
            if self._stopping.is_set():
                job.result.cancel()
            elif job.result.set_running_or_notify_cancel():
                try:
                    job.result.set_result(self._done(worker, job))
                except Exception as error:  # noqa: BLE001 - the future carries it
                    job.result.set_exception(error)
        worker.kill()

    def _done(self, worker: Worker, job: Job) -> Any:
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
