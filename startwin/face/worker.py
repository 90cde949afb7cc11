"""A worker: an engine's process, the limits it is held to, and the next one when it is gone."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from startwin.errors import PhotoTimeout, WorkerDied
from startwin.face.engine import FaceEngine
from startwin.face.jobs import Job
from startwin.face.process import EngineProcess, ProcessDied, Reply
from startwin.journal import metrics

LOAD_TIMEOUT = 120.0
"""Seconds for a new process to import dlib and load the models: 1 on an idle machine."""

KEPT = 0.5
"""A process that still holds so much of its memory limit after a job is replaced. It should hold
350 MB at most, whatever pictures it has seen, as measured; a larger one leaks."""


class Worker:
    """One process at a time. One thread uses it; another one looks after it.

    Args:
        load: makes the engine; pickle finds it by its name.
        time_limit: seconds for one job.
        memory_limit: MB that the process may take up during a job.
    """

    def __init__(
        self, load: Callable[[], FaceEngine], time_limit: float, memory_limit: float
    ) -> None:
        self._load = load
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._process: EngineProcess | None = None
        self._is_loaded = False
        self._is_closed = False
        # Of what the process is doing at this moment. It changes under the lock, so that nothing
        # is killed for what came before.
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._is_at_job = False
        self._fault: Exception | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it has a process, with its engine loaded."""
        process = self._process
        return self._is_loaded and process is not None and process.is_alive

    @property
    def has_died(self) -> bool:
        """Whether its process is gone and nothing has been done about it yet."""
        process = self._process
        return process is not None and not process.is_alive

    @property
    def pid(self) -> int | None:
        """The process's id; None while it has none that could do a job."""
        process = self._process
        return process.pid if process is not None and self.is_alive else None

    def start(self) -> None:
        """Start a process, in place of the one there was, and have it load its engine.

        Raises:
            WorkerDied: the process could not be started, or died, or the worker is closed.
            Exception: what kept the engine from being loaded, such as `ModelError`.
        """
        self.discard()
        with self._lock:
            if self._is_closed:
                raise WorkerDied("the worker was stopped")
            try:
                self._process = process = EngineProcess(self._load)
            except OSError as error:
                raise WorkerDied(f"a worker process could not be started: {error}") from None
        try:
            with self._limited(LOAD_TIMEOUT, is_job=False):
                reply = process.loaded()
        except ProcessDied:
            self.discard()
            raise WorkerDied("a worker process died, or hung, before it was ready") from None
        if reply.error is not None:
            self.discard()
            raise reply.error
        self._is_loaded = True
        metrics.WORKER_STARTS.inc()

    def run(self, job: Job) -> Reply:
        """Do a job.

        Raises:
            PhotoTimeout: it took too long, and the process is gone.
            WorkerDied: the process died while it had the job, or had to be killed.
            ProcessDied: the process died, or hung, before it looked at the job.
            Exception: the job cannot be pickled.
        """
        process = self._process
        assert process is not None  # noqa: S101 - nobody runs a job on a worker without one
        try:
            with self._limited(self._time_limit, is_job=True):
                return process.call(*job.call)
        except ProcessDied as death:
            if not death.has_begun:
                raise
        # Not while that is handled: it would be kept as the context, and with it the photo.
        raise self._fault or WorkerDied("the worker process died")

    @contextmanager
    def _limited(self, seconds: float, *, is_job: bool) -> Iterator[None]:
        with self._lock:
            self._fault = None
            self._deadline = time.monotonic() + seconds
            self._is_at_job = is_job
        try:
            yield
        finally:
            with self._lock:
                self._deadline = None
                self._is_at_job = False

    def look_after(self) -> None:
        """Kill the process if it takes longer or more memory than it may."""
        with self._lock:
            process = self._process
            if process is None or self._deadline is None or self._fault is not None:
                return
            if time.monotonic() > self._deadline:
                self._fault = PhotoTimeout(f"more than {self._time_limit:g} s")
            elif self._is_at_job and process.memory() > self._memory_limit:
                self._fault = WorkerDied(f"the worker took more than {self._memory_limit:g} MB")
            else:
                return
            process.kill()

    @property
    def is_bloated(self) -> bool:
        """Whether the process holds on to more memory than it should."""
        process = self._process
        return process is not None and process.memory() > KEPT * self._memory_limit

    def discard(self) -> None:
        """End the process, if there is one, and wait for its end."""
        process = self._process
        if process is not None:
            process.kill()
            process.bury()
            self._is_loaded = False
            self._process = None

    def close(self) -> None:
        """End the process, whatever it is doing, and start no other."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()
