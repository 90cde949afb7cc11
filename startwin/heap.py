"""How the bot's memory is allocated, so that it does not grow with the number of its answers.

glibc keeps up to eight heaps, called arenas, for each core, so that threads seldom wait for one
another. What is free in one is of no use to the threads of another, and only the end of an arena
goes back to the system. So a block that is kept for long holds on to all the room before it.
"""

import ctypes
import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

ARENAS = 2
"""Those of a bot with 60 threads for photos took 160 MB in place of the 275 of sixteen arenas,
which are two cores' share. A card takes one or two milliseconds more of the processor."""

_M_ARENA_MAX = -8
"""From glibc's malloc.h."""


def limit_arenas() -> None:
    """Keep to `ARENAS` from now on, those that are there already included.

    Only glibc has arenas; with another C library nothing happens.
    """
    library: Any = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_ARENA_MAX, ARENAS)


def apart(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A copy in pages of its own, outside of every arena; for what is large and kept for long.

    glibc does the same with large blocks, but what it takes for large grows up to 32 MB, with the
    largest block that was ever let go of.

    Args:
        array: not empty.

    Returns:
        The same, read-only. Its pages go back to the system when nobody holds it any more.
    """
    pages = mmap.mmap(-1, array.nbytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    copy = np.frombuffer(pages, np.uint8).reshape(array.shape)
    copy[...] = array
    copy.flags.writeable = False
    return copy
