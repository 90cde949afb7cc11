"""What SIGINT and SIGTERM do to the bot."""

import os
import signal
import threading


class StoppedWhileStarting(BaseException):
    """Raised wherever the main thread happens to be: there is nothing yet that must be finished."""


class Signals:
    """Notes the signals; from the main thread only.

    Attributes:
        over: set when the bot is to stop. The second signal ends the process at once.
    """

    def __init__(self) -> None:
        self.over = threading.Event()
        self._is_starting = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def started(self) -> None:
        """From now on a signal asks the bot to stop, instead of ending its start."""
        self._is_starting = False

    def _note(self, number: int, _: object) -> None:
        if self.over.is_set():
            os._exit(128 + number)
        self.over.set()
        if self._is_starting:
            raise StoppedWhileStarting
