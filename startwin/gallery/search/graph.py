"""nmslib's graph of vectors, and what it is built with."""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from startwin.errors import GalleryError

BUILD_PARAMETERS = {
    "M": 24,
    "efConstruction": 200,
    "post": 2,
    "delaunay_type": 1,
    "skip_optimized_index": 0,
}
"""The article's, but for M=100 and efConstruction=2000: with those, building 12,000 people takes
minutes and a query longer than a linear scan. With M=16 it needs 1.6 to 2 times the effort:
a query takes 1.4 times as long, among 12,000 and among 100,000."""

PARAMETERS = {
    "M": (2, 200),
    "efConstruction": (1, 10_000),
    "post": (0, 2),
    "delaunay_type": (0, 2),
    "indexThreadQty": (1, 256),
    "efSearch": (20, 10_000),
}
"""What an operator can choose, from and to. `skip_optimized_index` is not among them: it changes
what nmslib's distances are."""

BATCH = 10_000
"""Queries at a time that many threads answer."""

Vectors = NDArray[np.float32]
"""(n, 128)."""


def parameter(text: str) -> tuple[str, int]:
    """A parameter from a command line, such as ``M=32``.

    Raises:
        ValueError: there is none of that name, or its value is out of range.
    """
    name, _, value = text.partition("=")
    if name not in PARAMETERS:
        raise ValueError(f"{name!r} is no parameter of the index: {', '.join(PARAMETERS)} are")
    least, most = PARAMETERS[name]
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ValueError(f"{name} must be {least} to {most}, as in {name}={least}")
    return name, int(value)


class Graph:
    """An nmslib HNSW index for Euclidean distance. Safe to search from many threads.

    Args:
        index: nmslib's, built or loaded.
        size: how many vectors are in it; nmslib itself forgets that.
    """

    def __init__(self, index: Any, size: int) -> None:
        self._index = index
        self._size = size

    @classmethod
    def build(cls, vectors: Vectors, parameters: Mapping[str, int] | None = None) -> "Graph":
        """Build it, on all cores: seconds for 10,000 vectors, minutes for 100,000.

        Args:
            vectors: what is in it.
            parameters: nmslib's, in place of or beside `BUILD_PARAMETERS`.
        """
        index = _new_index()
        index.addDataPointBatch(vectors)
        threads = {"indexThreadQty": os.cpu_count() or 1}
        index.createIndex(
            {**BUILD_PARAMETERS, **threads, **(parameters or {})}, print_progress=False
        )
        return cls(index, len(vectors))

    @classmethod
    def load(cls, file: Path, size: int, ef_search: int) -> "Graph":
        """Load a saved one. nmslib checks nothing: a damaged file may end the process."""
        index = _new_index()
        index.loadIndex(str(file))
        graph = cls(index, size)
        graph.set_ef_search(ef_search)
        return graph

    def save(self, file: Path) -> None:
        """Save it. One that was loaded cannot be saved again.

        Raises:
            GalleryError: the file cannot be written.
        """
        try:
            self._index.saveIndex(str(file))
        except RuntimeError as error:  # C++ tells no more than "iostream error"
            raise GalleryError(f"{file} cannot be written, is the disk full? ({error})") from None

    def set_ef_search(self, ef_search: int) -> None:
        """Search with so many candidates; not while others are searching."""
        self._index.setQueryTimeParams({"efSearch": ef_search})

    def nearest(
        self, query: NDArray[np.float32], k: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Rows and distances of the k nearest vectors, nearest first; all if there are fewer.

        Args:
            query: (128,) finite numbers; of anything else nmslib makes something plausible.
            k: no more than efSearch, or fewer may come.
        """
        rows, squares = self._index.knnQuery(query, k=min(k, self._size))
        return rows, _distances(squares)

    def neighbours(
        self, queries: Vectors, k: int
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
        """As `nearest` for each of many queries, on all cores."""
        for begin in range(0, len(queries), BATCH):
            batch = queries[begin : begin + BATCH]
            threads = os.cpu_count() or 1
            found = self._index.knnQueryBatch(batch, k=min(k, self._size), num_threads=threads)
            yield from ((rows, _distances(squares)) for rows, squares in found)

    def nearest_distance(self, query: NDArray[np.float32]) -> float:
        """The distance of the nearest vector; see `nearest`."""
        return float(self.nearest(query, 1)[1][0])


def _distances(squares: NDArray[np.float32]) -> NDArray[np.float32]:
    """The optimized graph of space "l2" leaves out the root; this is the one place for it."""
    return np.sqrt(squares)


def _new_index() -> Any:
    nmslib = _nmslib()
    return nmslib.init(method="hnsw", space="l2", data_type=nmslib.DataType.DENSE_VECTOR)


def _nmslib() -> ModuleType:
    if "nmslib" not in sys.modules:
        with _silent_stderr():  # on import it prints advice about compiling it
            return importlib.import_module("nmslib")
    return sys.modules["nmslib"]


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """For what C++ code prints past Python's own stream."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
