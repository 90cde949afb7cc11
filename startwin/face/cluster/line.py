"""The program's end of the link: its process, and the two pipes to it."""

import multiprocessing
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from startwin.face.cluster import link
from startwin.face.cluster.messages import Call, Fault, Message
from startwin.face.cluster.terms import Terms
from startwin.face.serving import STOP_SIGNALS

CONNECTED_WITHIN = 30.0
"""Seconds for a link to import Ray, 2 on an idle machine, and to join the cluster."""

BEATS_WITHIN = 20.0
"""Seconds without a word after which a link counts as frozen: twice what a look may take."""

ENDED_WITHIN = 5.0
"""Seconds to leave the cluster properly."""

LOOK_EVERY = 0.1
"""Seconds between two looks whether somebody wants an end."""

_spawn = multiprocessing.get_context("spawn")


class Line:
    """A link and its pipes. One thread sends, another one receives and ends it.

    Raises:
        OSError: the system has no room for another process.
    """

    def __init__(self, address: str, terms: Terms) -> None:
        calls, self._calls = _spawn.Pipe(duplex=False)
        self._answers, answers = _spawn.Pipe(duplex=False)
        arguments = (calls, answers, address, terms)
        self._process = _spawn.Process(target=link.serve, args=arguments, name="cluster's link")
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            calls.close()
            answers.close()
        self.pid = self._process.pid

    def messages(self, is_over: Callable[[], bool]) -> Iterator[Message]:
        """What the link says, until it ends, or is frozen, or nobody wants to know."""
        patience = CONNECTED_WITHIN
        has_said_why = False
        while True:
            deadline = time.monotonic() + patience
            while not (is_over() or self._answers.poll(LOOK_EVERY)):
                if time.monotonic() > deadline:
                    yield Fault(f"the link to the cluster said nothing for {patience:g} s", False)
                    return
            if is_over():
                return
            try:
                message: Message = pickle.loads(self._answers.recv_bytes())  # noqa: S301 - our own
            except (EOFError, OSError):
                if not has_said_why:
                    yield Fault("the link to the cluster has ended", is_refusal=False)
                return
            yield message
            has_said_why = isinstance(message, Fault)
            patience = BEATS_WITHIN

    def send(self, call: Call) -> None:
        """Send a call; it is lost if the link is gone."""
        with suppress(OSError):
            self._calls.send(call)

    def close(self) -> None:
        """No call comes any more: the link leaves the cluster."""
        self._calls.close()

    def end(self, *, at_once: bool) -> None:
        """Wait for the link's end, which is made."""
        if not at_once:
            self._process.join(ENDED_WITHIN)
        self._process.kill()
        self._process.join()
        self._answers.close()
