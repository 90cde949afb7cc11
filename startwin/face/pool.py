"""The worker processes that read faces.

Each worker has a process and a thread of its own. The thread takes a job from the queue only while
its process lives, waits for the reply, and sees to a new process when the old one is gone; so what
befalls a process touches no photo but the one that it was reading. One more thread looks after all
of them: it kills what takes too long or too much memory, and notices who died in his sleep.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Concatenate, ParamSpec, Self, TypeVar

from startwin import journal
from startwin.errors import PhotoTimeout, WorkerDied
from startwin.face.engine import FaceEngine
from startwin.face.jobs import Job, JobQueue
from startwin.face.process import ProcessDied
from startwin.face.worker import Worker
from startwin.journal import metrics
from startwin.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 2
"""A process can be killed by chance; a photo that two of them died of is to blame itself."""

MEMORY_LIMIT = 1500.0
"""MB. The largest pictures allowed by default take up to 800, as measured."""

LOOK_EVERY = 0.2
"""Seconds. A picture can fill about a gigabyte meanwhile; a look takes 0.03 ms."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds between one attempt to start a process and the next: the first, and at most."""

COMPLAIN_EVERY = 60.0
"""Seconds between log lines about processes that cannot be started."""


class FacePool:
    """So many processes, each with a `FaceEngine` of its own.

    Args:
        workers: number of processes.
        time_limit: seconds for one photo.
        load: makes a process's engine; pickle finds it by its name.
        tries: of how many workers' deaths a photo is given up.
        memory_limit: MB that a process may take up; one that takes more during a photo is killed,
            and one that keeps more than half of it afterwards is replaced.
    """

    def __init__(
        self,
        workers: int,
        time_limit: float = 30.0,
        load: Callable[[], FaceEngine] = FaceEngine,
        tries: int = TRIES,
        memory_limit: float = MEMORY_LIMIT,
    ) -> None:
        self._log = journal.log("pool")
        self._tries = tries
        self._jobs = JobQueue()
        self._workers = [Worker(load, time_limit, memory_limit) for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._serve, args=[worker], name=f"face worker {n}")
            for n, worker in enumerate(self._workers)
        ]
        self._guard = threading.Thread(target=self._look_after, name="face workers' guard")
        self._stopping = threading.Event()
        self._complaining = threading.Lock()
        self._complained: float | None = None

    @classmethod
    def configured(cls, settings: Settings, at_most: int = 256, tries: int = TRIES) -> Self:
        """A pool as the operator wants it, with no more workers than there is work for."""
        engine = partial(
            FaceEngine, settings.max_pixels, settings.embedder, settings.data_dir.absolute()
        )
        workers = min(settings.workers, at_most)
        return cls(workers, settings.photo_timeout, engine, tries, settings.worker_memory)

    def start(self) -> None:
        """Start the processes and wait until each has loaded its models.

        Raises:
            ModelError: a model file is missing or damaged.
            WorkerDied: a process could not be started, or the pool has been stopped.
        """
        errors: list[Exception] = []

        def begin(worker: Worker) -> None:
            try:
                try:
                    worker.start()
                except WorkerDied:
                    worker.start()  # it can be killed by chance
            except Exception as error:  # noqa: BLE001 - carried to the caller's thread below
                errors.append(error)

        self._guard.start()
        starters = [threading.Thread(target=begin, args=[worker]) for worker in self._workers]
        for starter in starters:
            starter.start()
        for starter in starters:
            starter.join()
        if errors:
            self.stop()
            raise errors[0]
        for thread in self._threads:
            thread.start()

    def begin(self) -> None:
        """Start without waiting: what cannot be loaded is tried again until it can."""
        for thread in (self._guard, *self._threads):
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

    @property
    def pids(self) -> list[int]:
        """The processes' ids at this moment; of those that live and have loaded their models."""
        return [pid for worker in self._workers if (pid := worker.pid)]

    @property
    def ready(self) -> int:
        """How many workers could read a photo at this moment."""
        return len(self.pids)

    def submit(
        self, task: Callable[Concatenate[FaceEngine, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have a worker call ``task(engine, *args, **kwargs)``, such as `FaceEngine.read`.

        Args:
            task: a function that pickle finds by its name.
            *args: what pickle can carry, like the result.
            **kwargs: likewise.

        Returns:
            The result to come, or what the task raised, or `PhotoTimeout` or `WorkerDied`; or
            `CancelledError` when the pool is stopped, which is not the photo's fault. While no
            process can be started, it does not come.
        """
        job = Job(task, args, kwargs)
        self.take_over(job)
        return job.result

    def take_over(self, job: Job) -> None:
        """As `submit`, for a job that somebody has the future of already."""
        self._jobs.put(job)

    def stop(self) -> None:
        """End the processes at once; results not there yet are cancelled."""
        self._stopping.set()
        self._jobs.close()
        for worker in self._workers:
            worker.close()
        for thread in (*self._threads, self._guard):
            if thread.ident:
                thread.join()
        for worker in self._workers:
            worker.discard()

    def _serve(self, worker: Worker) -> None:
        while not self._stopping.is_set():
            if self._is_up(worker):
                job = self._jobs.take(lambda: worker.is_alive)
                if job is not None:
                    self._do(worker, job)
                    del job  # photos are kept no longer than they must
                    if worker.is_bloated:
                        self._log.info("a worker that kept too much memory is replaced")
                        worker.discard()
                elif not self._stopping.is_set():
                    self._log.warning("a worker died while it had no photo")

    def _is_up(self, worker: Worker) -> bool:
        """Have a worker started, unless the pool is stopped before that succeeds."""
        pause = FIRST_PAUSE
        while not (worker.is_alive or self._stopping.is_set()):
            try:
                worker.start()
            except Exception as error:  # noqa: BLE001 - whatever it is, it may be over some day
                self._complain(error)
                self._stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        return not self._stopping.is_set()

    def _complain(self, error: Exception) -> None:
        with self._complaining:
            now = time.monotonic()
            if self._stopping.is_set() or (
                self._complained is not None and now - self._complained < COMPLAIN_EVERY
            ):
                return
            self._complained = now
        self._log.error("a worker process cannot be started; trying again", error=str(error))

    def _do(self, worker: Worker, job: Job) -> None:
        try:
            reply = worker.run(job)
        except ProcessDied:
            if not self._stopping.is_set():
                self._log.warning("a worker died before it looked at its photo")
            self._jobs.put_back(job)
        except Exception as error:  # noqa: BLE001 - the future carries it
            self._failed(job, error)
        else:
            if reply.error is not None:
                job.result.set_exception(reply.error)
            else:
                job.result.set_result(reply.value)

    def _failed(self, job: Job, error: Exception) -> None:
        is_stopped = self._stopping.is_set()
        if isinstance(error, WorkerDied | PhotoTimeout) and not is_stopped:
            self._log.warning("a worker was lost with a photo in hand", reason=str(error))
            metrics.WORKER_LOSSES.inc()
        job.deaths += isinstance(error, WorkerDied)
        if isinstance(error, WorkerDied) and (is_stopped or job.deaths < self._tries):
            self._jobs.put_back(job)  # once the queue is closed, that cancels it
        else:
            # The traceback would keep the photo for as long as somebody keeps the error.
            job.result.set_exception(error.with_traceback(None))

    def _look_after(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            for worker in self._workers:
                worker.look_after()
            if any(worker.has_died for worker in self._workers):
                self._jobs.ask_again()
