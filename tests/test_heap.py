"""Where memory is taken from; in processes of their own, with heaps that nobody else uses."""

import subprocess
import sys

import pytest

ARENAS_OF_THREADS = """
import ctypes, os, sys, threading
from startwin.heap import limit_arenas

if sys.argv[1] == "limited":
    limit_arenas()
library = ctypes.CDLL(None)
library.malloc.restype = library.fdopen.restype = ctypes.c_void_p
all_there = threading.Barrier(8)

def allocate():
    all_there.wait()
    library.malloc(ctypes.c_size_t(10_000))
    all_there.wait()  # an arena is used again when its thread has ended

threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library.malloc_info(0, ctypes.c_void_p(library.fdopen(1, b"w")))
library.fflush(None)
"""
"""Prints what glibc knows of its heaps, as XML."""

FRAMES = """
import ctypes, sys
import numpy as np
from startwin.heap import apart

class Usage(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Usage
frame = np.arange(900_000, dtype=np.uint8).reshape(600, 500, 3)
before = mallinfo()
kept = [(apart if sys.argv[1] == "apart" else np.copy)(frame) for _ in range(20)]
after = mallinfo()
assert all((copy == frame).all() and copy.shape == frame.shape for copy in kept)
print(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd)
"""
"""Prints by how many bytes of glibc's memory twenty frames are more."""


def output(script: str, way: str) -> str:
    command = [sys.executable, "-c", script, way]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(("way", "is_limited"), [("limited", True), ("as it is", False)])
def test_threads_share_two_arenas(way: str, is_limited: bool) -> None:
    arenas = output(ARENAS_OF_THREADS, way).count("<heap nr=")
    assert (arenas <= 2) is is_limited


@pytest.mark.parametrize(("way", "is_apart"), [("apart", True), ("in the heap", False)])
def test_what_is_apart_takes_nothing_from_the_heaps(way: str, is_apart: bool) -> None:
    assert (int(output(FRAMES, way)) < 900_000) is is_apart
