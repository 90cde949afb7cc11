"""A process with an engine in it, and the two pipes to it: one for calls, one for replies.

There is one call at a time. Before the process reads it, it says that it has begun, so that a call
which a dying process never looked at is not taken for the cause of the death.
"""

import multiprocessing
import pickle
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any, NamedTuple

import psutil

from startwin.face import serving
from startwin.face.engine import FaceEngine

_spawn = multiprocessing.get_context("spawn")
"""Forking a program that has threads copies locks that nobody will ever open again."""


class ProcessDied(Exception):
    """The process is gone.

    Attributes:
        has_begun: whether it was at work on what it was last given.
    """

    def __init__(self, has_begun: bool) -> None:
        super().__init__(has_begun)
        self.has_begun = has_begun


class Reply(NamedTuple):
    """What a call returned, or what it raised."""

    value: Any
    error: Exception | None


class EngineProcess:
    """A process that loads an engine and makes calls with it. Dies with its parent.

    One thread talks to it; any other may look at it and kill it, which ends the talk.

    Args:
        load: makes the engine; pickle finds it by its name.

    Raises:
        OSError: the system has no room for another process.
    """

    def __init__(self, load: Callable[[], FaceEngine]) -> None:
        calls, self._calls = _spawn.Pipe(duplex=False)
        self._replies, replies = _spawn.Pipe(duplex=False)
        self._process = _spawn.Process(target=serving.serve, args=(calls, replies, load))
        self._is_killed = False
        # Children inherit the mask: this one is deaf to signals from its first moment.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, serving.STOP_SIGNALS)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            # Then the process's own are the last ones, and the pipes end with it.
            calls.close()
            replies.close()
        self.pid = self._process.pid
        self._usage: Any = None  # psutil has no types

    @property
    def is_alive(self) -> bool:
        """Whether it could be given a call."""
        return not self._is_killed and not self._has_ended()

    def loaded(self) -> Reply:
        """Wait until the engine is loaded; ``error`` is what kept it from that.

        Raises:
            ProcessDied: it died instead.
        """
        try:
            return unpacked(self._replies.recv_bytes())
        except (EOFError, OSError):
            raise ProcessDied(has_begun=False) from None

    def call(
        self, task: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Reply:
        """Make a call, the engine being its first argument, and wait for what comes of it.

        Raises:
            ProcessDied: it did not come to an end.
            Exception: the call cannot be pickled.
        """
        message = pickle.dumps((task, args, kwargs))
        has_begun = False
        with suppress(OSError):  # it died; what it said before can still be read
            self._calls.send_bytes(message)
        del message
        try:
            has_begun = self._replies.recv_bytes() == serving.BEGUN
            reply = self._replies.recv_bytes()
        except (EOFError, OSError):
            raise ProcessDied(has_begun) from None
        return unpacked(reply)

    def memory(self) -> float:
        """Its resident size in MB; 0 if it is gone, or if the system does not tell."""
        try:
            if self._usage is None:
                self._usage = psutil.Process(self.pid)
            return float(self._usage.memory_info().rss) / 2**20
        except (psutil.Error, OSError):
            return 0.0

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._is_killed = True
        if not self._has_ended():  # after that its number may be another program's
            self._process.kill()

    def bury(self) -> None:
        """Wait until nothing is left of it."""
        self._process.join()

    def _has_ended(self) -> bool:
        return bool(wait([self._process.sentinel], 0))


def unpacked(reply: bytes) -> Reply:
    """What `packed` or `packed_error` made."""
    try:
        return Reply(*pickle.loads(reply))  # noqa: S301 - from our own process
    except Exception as error:  # noqa: BLE001 - what cannot be unpickled is the call's own fault
        return Reply(None, error)
