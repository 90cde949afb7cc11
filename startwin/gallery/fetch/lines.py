"""Connections that can be cut at any moment, and that lead to the public internet alone."""

import contextlib
import socket
import threading
import time
import weakref
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from startwin.errors import FetchError
from startwin.gallery.fetch.guard import is_public

LONGEST = 120.0
"""Seconds that a request may take, with its answer. A server that sends a byte now and then would
satisfy any limit on the silence between two of them, for ever."""

LOOK_EVERY = 0.5
"""Seconds between looks for requests that take too long."""


class Lines:
    """All connections of a `PoolManager`.

    Args:
        manager: gets connections of this kind.
        allow_private: whether they may lead to private addresses.
    """

    def __init__(self, manager: PoolManager, allow_private: bool) -> None:
        self._open: weakref.WeakSet[_Line] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._cutter = threading.Thread(target=self._look_after, name="fetch cutter", daemon=True)
        self._cutter.start()

        class Line(_Line, HTTPConnection):
            lines = self
            may_be_private = allow_private

        class TlsLine(_Line, HTTPSConnection):
            lines = self
            may_be_private = allow_private

        class Pool(HTTPConnectionPool):
            ConnectionCls = Line

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = TlsLine

        manager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}

    def add(self, line: "_Line") -> None:
        """Look after one more."""
        with self._lock:
            self._open.add(line)
        if self._closing.is_set():
            line.cut()

    def close(self) -> None:
        """Cut all of them, whatever they are at."""
        self._closing.set()
        self._cutter.join()

    def _look_after(self) -> None:
        while not self._closing.wait(LOOK_EVERY):
            self._cut(time.monotonic())
        self._cut(float("inf"))

    def _cut(self, now: float) -> None:
        with self._lock:
            late = [line for line in self._open if line.until < now]
        for line in late:
            line.cut()


class _Line(HTTPConnection):
    """Overrides where urllib3 makes its sockets, as its own SOCKS connections do."""

    lines: Lines
    may_be_private: bool
    until = float("inf")
    _handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made = self._connected()
        # The socket itself goes into its encryption, and is out of reach from then on.
        self._handle = made.dup()
        self.until = time.monotonic() + LONGEST
        self.lines.add(self)
        return made

    def _connected(self) -> socket.socket:
        """A connection to the very address that was looked at.

        A name that changes its address between two looks (DNS rebinding) gains nothing.
        """
        try:
            found = socket.getaddrinfo(self.host.strip("[]"), self.port, type=socket.SOCK_STREAM)
        except UnicodeError:  # a part of the name is empty, or too long
            raise FetchError(f"{self.host[:100]} is no host's name") from None
        except OSError as error:
            raise NameResolutionError(self.host, self, socket.gaierror(*error.args)) from error
        addresses = [str(place[4][0]) for place in found]
        if not self.may_be_private:
            addresses = [address for address in addresses if is_public(address)]
            if not addresses:
                raise FetchError(
                    f"{self.host} is a private address: --allow-private lets such be fetched from"
                )
        for address in addresses:
            try:
                return create_connection(
                    (address, self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                failure = error
        raise NewConnectionError(self, f"cannot be reached: {failure}") from failure

    def request(self, *what: Any, **more: Any) -> None:
        """As its parent's; from now on the answer has its time."""
        self.until = time.monotonic() + LONGEST
        super().request(*what, **more)

    def cut(self) -> None:
        """End it; who reads or writes here gets an error at once."""
        handle = self._handle
        if handle is not None:
            with contextlib.suppress(OSError):  # it is over already
                handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """As its parent's."""
        super().close()
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()
