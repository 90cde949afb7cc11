"""What the main thread of `python -m startwin.sandbox` waits for."""

import select
import signal
import socket
from enum import IntEnum

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Event(IntEnum):
    """What may happen. A signal's byte is its number, which the others keep clear of."""

    POLLED = 200
    ENDED = 201
    SIGNAL = 202


class Events:
    """A queue of events that signals and threads write to and the main thread reads.

    Over a socket instead of a `queue`: Python runs a signal's handler between two steps of the
    main thread, so a signal that comes just before it begins to wait on a lock wakes nobody. The
    byte that `set_wakeup_fd` writes is there whenever it comes.
    """

    def __init__(self) -> None:
        """Takes over SIGINT and SIGTERM. From the main thread only."""
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno())
        for number in _STOP_SIGNALS:
            signal.signal(number, lambda *_: None)

    def tell(self, event: Event) -> None:
        """Adds an event; from any thread."""
        self._writer.send(bytes([event]))

    def wait(self, timeout: float | None = None) -> Event | None:
        """The next event; None if none comes within `timeout` seconds."""
        ready, _, _ = select.select([self._reader], [], [], timeout)
        if not ready:
            return None
        [byte] = self._reader.recv(1)
        return Event.SIGNAL if byte in _STOP_SIGNALS else Event(byte)
