"""What a worker's process does, from its first moment to its last.

The process imports no more than this and the engine: each import is paid for at every start.
"""

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from startwin.errors import StarTwinError
from startwin.face.engine import FaceEngine

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C and systemd reach the whole group with them; the parent decides what to finish."""

BEGUN = b"begun"
"""Says that a call will be read now."""


def serve(calls: Connection, replies: Connection, load: Callable[[], FaceEngine]) -> None:
    """Load an engine, tell how that went, and make calls with it until there are no more.

    Args:
        calls: a pickled task, its arguments and its keyword arguments each time.
        replies: a pickled value and error for the engine and for each call, `BEGUN` before these.
        load: makes the engine.
    """
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=die_with_parent, daemon=True).start()
    try:
        engine = load()
    except Exception as error:  # noqa: BLE001 - the parent is told
        replies.send_bytes(packed_error(error))
        return
    replies.send_bytes(pickle.dumps((None, None)))
    with suppress(EOFError, OSError):  # the parent wants no more
        while True:
            calls.poll(None)
            replies.send_bytes(BEGUN)
            replies.send_bytes(_answer(engine, calls.recv_bytes()))


def die_with_parent() -> None:
    """Wait for the end of the process that started this one, and follow it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _answer(engine: FaceEngine, message: bytes) -> bytes:
    try:
        task, args, kwargs = pickle.loads(message)  # noqa: S301 - from our own parent
        del message  # a photo is large; once is enough
        return packed(task(engine, *args, **kwargs))
    except Exception as error:  # noqa: BLE001 - the parent is told
        return packed_error(error)


def packed(value: Any) -> bytes:
    """What a call returned, for the way back.

    Raises:
        Exception: it cannot be pickled.
    """
    return pickle.dumps((value, None))


def packed_error(error: Exception) -> bytes:
    """What a call raised, with the place where it did, for the way back."""
    if not isinstance(error, StarTwinError):
        error.add_note("".join(traceback.format_tb(error.__traceback__)))
    try:
        return pickle.dumps((None, error))
    except Exception:  # noqa: BLE001 - an error may carry anything
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
