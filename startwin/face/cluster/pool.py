"""The cluster's workers: which photo is where, and the link to them, which is kept up."""

import pickle
import threading
from collections import deque
from collections.abc import Callable

from startwin import journal
from startwin.errors import ClusterError
from startwin.face.cluster.line import Line
from startwin.face.cluster.messages import Beat, Call, Done, Fault, Lost, Message
from startwin.face.cluster.passage import LARGEST
from startwin.face.cluster.terms import Terms
from startwin.face.jobs import Job
from startwin.face.process import unpacked
from startwin.journal import metrics

AHEAD = 2
"""Photos under way for each worker: one that is read and one on its way, so that none waits."""

MOST_LOSSES = 3
"""A photo that was lost so often is read here: if it is to blame, the pool will find out."""

STARTED_WITHIN = 120.0
"""Seconds for the first node to be ready: about 10 on an idle machine."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0
"""Seconds between one link and the next: the first, and at most."""


class ClusterPool:
    """The workers of a cluster, as many as there are at a time. Safe to use from many threads.

    Args:
        address: as the setting FACE_CLUSTER has it.
        terms: what they are held to.
    """

    def __init__(self, address: str, terms: Terms) -> None:
        self._log = journal.log("cluster")
        self._address, self._terms = address, terms
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._under_way: dict[int, Job] = {}
        self._number = 0
        self._workers = 0
        self._line: Line | None = None
        self._fault: Fault | None = None
        self._has_verdict = threading.Event()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="cluster's keeper")
        self.given_back: Callable[[list[Job]], None]
        """Called when the cluster is lost, with what it leaves undone, or when it gives up one."""

    def begin(self) -> ClusterError | None:
        """Start, and wait until the first workers are ready.

        Returns:
            Why there are none; they may come later. None if there are.
        """
        self._keeper.start()
        if not self._has_verdict.wait(STARTED_WITHIN):
            return ClusterError(f"no node of the cluster was ready within {STARTED_WITHIN:g} s")
        if self.workers:
            return None
        fault = self._fault or Fault("no node of the cluster has cores to give", False)
        return ClusterError(*fault)

    def stop(self) -> None:
        """End the link; what is left undone is given back."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._keeper.ident:
            self._keeper.join()

    @property
    def workers(self) -> int:
        """How many are ready; 0 while the cluster is out of reach."""
        return self._workers

    def take_over(self, job: Job) -> bool:
        """Have a job done, unless the cluster is out of reach."""
        with self._changed:
            if not self._workers or self._stopping.is_set():
                return False
            self._waiting.append(job)
            self._changed.notify()
            return True

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                line = Line(self._address, self._terms)
            except OSError as error:
                self._learn(Fault(f"the link to the cluster cannot be started: {error}", False))
            else:
                pause = FIRST_PAUSE if self._use(line) else pause
            self._has_verdict.set()
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _use(self, line: Line) -> bool:
        """Use a link until its end; whether it ever led to a worker."""
        has_worked = False
        self._line = line
        sender = threading.Thread(target=self._send, args=[line], name="cluster's sender")
        sender.start()
        for message in line.messages(self._stopping.is_set):
            self._heed(message)
            has_worked = has_worked or self._workers > 0
        with self._changed:
            self._line = None
            self._changed.notify_all()
        self._set_workers(0)
        line.end(at_once=not self._stopping.is_set())
        sender.join()
        return has_worked

    def _heed(self, message: Message) -> None:
        match message:
            case Beat(workers, pending):
                self._set_workers(workers)
                if workers or not pending:
                    self._has_verdict.set()
            case Done(number, reply):
                if (job := self._taken_off(number)) is not None:
                    value, error = unpacked(reply)
                    if error is not None:
                        job.result.set_exception(error)
                    else:
                        job.result.set_result(value)
            case Lost(number):
                if (job := self._taken_off(number)) is not None:
                    self._lost(job)
            case Fault():
                self._learn(message)

    def _taken_off(self, number: int) -> Job | None:
        with self._changed:
            self._changed.notify_all()  # there is room for another
            return self._under_way.pop(number, None)

    def _lost(self, job: Job) -> None:
        job.losses += 1
        metrics.CLUSTER_LOSSES.inc()
        with self._changed:
            if self._workers and job.losses < MOST_LOSSES:
                self._waiting.appendleft(job)
                self._changed.notify_all()
                return
        self.given_back([job])

    def _learn(self, fault: Fault) -> None:
        if fault != self._fault and not self._stopping.is_set():
            self._log.warning(fault.sentence)
        self._fault = fault

    def _set_workers(self, workers: int) -> None:
        left: list[Job] = []
        with self._changed:
            if workers == self._workers:
                return
            self._workers = workers
            self._changed.notify_all()
            if not workers:
                metrics.CLUSTER_LOSSES.inc(len(self._under_way))
                left = [*self._under_way.values(), *self._waiting]
                self._under_way.clear()
                self._waiting.clear()
        metrics.CLUSTER_WORKERS.set(workers)
        if workers:
            self._fault = None
            self._log.info("faces are read on the cluster", workers=workers)
        else:
            if not self._stopping.is_set():
                self._log.warning("the cluster is lost; faces are read here", under_way=len(left))
            self.given_back(left)

    def _send(self, line: Line) -> None:
        while (task := self._next(line)) is not None:
            number, job = task
            try:
                content = pickle.dumps(job.call)
            except Exception as error:  # noqa: BLE001 - the future carries it
                if self._taken_off(number) is not None:
                    job.result.set_exception(error)
                continue
            if len(content) <= LARGEST:
                line.send(Call(number, content))
            elif self._taken_off(number) is not None:
                self.given_back([job])
            del task, job, content  # photos are kept no longer than they must
        line.close()

    def _next(self, line: Line) -> tuple[int, Job] | None:
        """Wait until there is a job and room for it; None when the link is over."""
        with self._changed:
            while self._line is line and not self._stopping.is_set():
                if not self._waiting or len(self._under_way) >= AHEAD * self._workers:
                    self._changed.wait()
                    continue
                job = self._waiting.popleft()
                if job.result.running() or job.result.set_running_or_notify_cancel():
                    self._number += 1
                    self._under_way[self._number] = job
                    return self._number, job
            return None
