"""The sandbox's one lock, and the bell that rings at every change."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

# How soon a waiting thread notices that its client hung up. waitress only keeps a flag: nobody
# rings for it.
_LOOK_AROUND_SECONDS = 0.5


def _never() -> bool:
    return False


class Bell:
    """Guards the state (`with bell:`) and lets threads wait for it to change.

    One lock for everything is enough: nothing slow happens under it, pictures are decoded before.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._closed = False
        self._revision = 0

    def __enter__(self) -> Self:
        self._condition.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._condition.release()

    def ring(self) -> None:
        """Wakes all who wait, to look whether what they wait for has come."""
        with self._condition:
            self._condition.notify_all()

    def change(self) -> int:
        """Numbers a change, later ones higher, and wakes all who wait."""
        with self._condition:
            self._revision += 1
            self._condition.notify_all()
            return self._revision

    def open(self) -> None:
        """Lets threads wait (again): the server is starting."""
        with self._condition:
            self._closed = False

    def close(self) -> None:
        """Ends all waits until it is opened: the server is stopping."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def wait_for(
        self,
        ready: Callable[[], bool],
        timeout: float,
        hung_up: Callable[[], bool] = _never,
    ) -> bool:
        """Waits until `ready`, at most `timeout` seconds, and says whether it is.

        Both callables run under the lock. Ends early when the client has `hung_up` or the bell
        is closed.
        """
        deadline = time.monotonic() + timeout
        with self._condition:
            while not ready():
                left = deadline - time.monotonic()
                if left <= 0 or self._closed or hung_up():
                    return False
                self._condition.wait(min(left, _LOOK_AROUND_SECONDS))
            return True
