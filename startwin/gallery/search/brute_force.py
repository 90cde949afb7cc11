"""The nearest of all by looking at all: slow, and what the rest is held against."""

import numpy as np
from numpy.typing import NDArray

from startwin.gallery.search.graph import Vectors

BATCH = 64
"""Queries at a time: bounds the memory to so many times n floats."""


def distances_to_nearest(
    queries: Vectors, vectors: Vectors, own: NDArray[np.int_] | None = None
) -> NDArray[np.float64]:
    """(m,): the distance of each query to the nearest vector.

    Args:
        queries: (m, 128).
        vectors: (n, 128).
        own: (m,), the row of the vectors that each query may not find: its own.
    """
    norms = np.einsum("ij,ij->i", vectors, vectors)
    distances = np.empty(len(queries))
    for begin in range(0, len(queries), BATCH):
        batch = queries[begin : begin + BATCH]
        squares = norms - 2 * batch @ vectors.T  # less the query's own norm, the same for all
        if own is not None:
            squares[np.arange(len(batch)), own[begin : begin + BATCH]] = np.inf
        nearest = vectors[squares.argmin(axis=1)]
        distances[begin : begin + BATCH] = np.linalg.norm(batch - nearest, axis=1)
    return distances


def evenly_spaced(n: int, most: int) -> NDArray[np.int_]:
    """All of n rows, or so many of them at even distances."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int))
