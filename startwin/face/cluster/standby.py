"""The cluster's workers, with this machine's standing by."""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Concatenate, ParamSpec, Self, TypeVar

from startwin import journal
from startwin.face.cluster.pool import ClusterPool
from startwin.face.engine import FaceEngine
from startwin.face.jobs import Job
from startwin.face.pool import FacePool

P = ParamSpec("P")
T = TypeVar("T")


class Standby:
    """Reads faces on the cluster, and on this machine while the cluster is out of reach.

    The local processes start when the cluster is lost for the first time, and then stay: their
    memory has to be there for the next time anyway, which then costs no start.

    Args:
        cluster: the cluster's workers.
        here: this machine's; not started.
        insists: whether a cluster that is out of reach at the start is an error.
    """

    def __init__(self, cluster: ClusterPool, here: FacePool, insists: bool) -> None:
        self._log = journal.log("cluster")
        self._cluster = cluster
        self._here = here
        self._insists = insists
        self._lock = threading.Lock()
        self._is_here_begun = False
        self._is_stopped = False
        cluster.given_back = self._do_here

    def start(self) -> None:
        """Wait until photos can be read.

        Raises:
            ClusterError: the cluster cannot be used, or is out of reach and that is an error.
        """
        fault = self._cluster.begin()
        if fault is None:
            return
        if fault.is_refusal or self._insists:
            self.stop()
            raise fault
        self._log.warning("faces are read on this machine for now", reason=str(fault))
        self._do_here([])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def size(self) -> int:
        """The number of workers at this moment."""
        return self._cluster.workers or self._here.size

    @property
    def ready(self) -> int:
        """How many could read a photo at this moment."""
        return self._cluster.workers or self._here.ready

    def submit(
        self, task: Callable[Concatenate[FaceEngine, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have a worker call ``task(engine, *args, **kwargs)``; see `FacePool.submit`."""
        job = Job(task, args, kwargs)
        if not self._cluster.take_over(job):
            self._do_here([job])
        return job.result

    def stop(self) -> None:
        """End at once; results not there yet are cancelled."""
        with self._lock:
            self._is_stopped = True
        self._cluster.stop()
        self._here.stop()

    def _do_here(self, jobs: list[Job]) -> None:
        with self._lock:
            if not (self._is_here_begun or self._is_stopped):
                self._is_here_begun = True
                self._here.begin()
        for job in jobs:
            if self._is_stopped and not job.result.cancel():
                job.result.set_exception(CancelledError())
            else:
                self._here.take_over(job)
