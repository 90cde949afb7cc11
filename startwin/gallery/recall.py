"""How surely the graph finds the nearest of all, and the least effort that is sure enough."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from startwin.gallery.graph import Graph, Vectors

EF_SEARCHES = (20, 25, 32, 40, 50, 63, 80, 100, 125, 160, 200, 250, 320, 400, 500, 630, 800, 1000)
"""The values of efSearch that are tried: candidates kept during a query."""

RECALL = 0.995
"""The share of queries for which the true nearest vector is to be found."""

QUERIES = 1000
"""Of each kind: at `RECALL`, five may miss."""

ROUNDING = 1e-4
"""A distance this much above the true nearest one is the same."""

ANOTHER_PHOTO = (0.44, 0.08)
"""Mean and deviation of the distance between two photos of one person, on a public benchmark."""


class Search(BaseModel):
    """How the graph is searched.

    Attributes:
        ef_search: nmslib's efSearch: how many candidates a query keeps.
        recall: the share of queries whose true nearest vector is found with it, 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ef_search: int
    recall: float


def tune(graph: Graph, vectors: Vectors) -> Search:
    """Set a graph to the least effort that reaches `RECALL`, held against brute force.

    Asked are people in the gallery on another photo, and strangers, who need more effort. (A
    gallery's own vectors need far less than either: the graph was built along them.)

    Args:
        graph: a new one.
        vectors: what it was built of.
    """
    kinds = [other_photos(vectors), strangers(vectors)]
    truths = [distances_to_nearest(queries, vectors) for queries in kinds]
    for ef_search in EF_SEARCHES:
        graph.set_ef_search(ef_search)
        recall = min(
            measured_recall(graph.nearest_distance, queries, truth)
            for queries, truth in zip(kinds, truths, strict=True)
        )
        if recall >= RECALL:
            break
    return Search(ef_search=ef_search, recall=recall)


def strangers(vectors: Vectors, n: int = QUERIES, seed: int = 1) -> Vectors:
    """(n, 128): new people, distributed as the gallery's are, by its mean and covariance."""
    sample = vectors[:: max(1, len(vectors) // 5000)]
    mean = sample.mean(axis=0)
    # Normal weights of the centred sample have the sample's covariance.
    weights = np.random.default_rng(seed).standard_normal((n, len(sample)))
    return np.asarray(weights @ (sample - mean) / len(sample) ** 0.5 + mean, dtype=np.float32)


def other_photos(vectors: Vectors, n: int = QUERIES, seed: int = 1) -> Vectors:
    """(n, 128): people of the gallery, as far from there as another photo of them would be."""
    chance = np.random.default_rng(seed)
    ways = chance.standard_normal((n, vectors.shape[1]))
    lengths = chance.normal(*ANOTHER_PHOTO, size=(n, 1))
    steps = ways / np.linalg.norm(ways, axis=1, keepdims=True) * lengths
    return np.asarray(vectors[chance.integers(len(vectors), size=n)] + steps, dtype=np.float32)


def distances_to_nearest(queries: Vectors, vectors: Vectors) -> NDArray[np.float64]:
    """(n,): the distance of each query to the nearest vector, by brute force."""
    norms = np.einsum("ij,ij->i", vectors, vectors)
    distances = np.empty(len(queries))
    for begin in range(0, len(queries), 64):  # bounds the memory to 64 × n floats
        batch = queries[begin : begin + 64]
        nearest = vectors[(norms - 2 * batch @ vectors.T).argmin(axis=1)]
        distances[begin : begin + 64] = np.linalg.norm(batch - nearest, axis=1)
    return distances


def measured_recall(
    search: Callable[[NDArray[np.float32]], float], queries: Vectors, truth: NDArray[np.float64]
) -> float:
    """The share of queries for which a search gives the distance to the nearest vector.

    Args:
        search: from an embedding to a distance.
        queries: (n, 128).
        truth: (n,), see `distances_to_nearest`.
    """
    found = np.array([search(query) for query in queries])
    return float((found <= truth + ROUNDING).mean())
