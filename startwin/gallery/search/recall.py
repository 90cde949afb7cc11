"""How surely the graph finds the nearest of all, and the least effort that is sure enough."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from startwin.gallery.search.brute_force import distances_to_nearest, evenly_spaced
from startwin.gallery.search.graph import Graph, Vectors

EF_SEARCHES = tuple(round(20 * 10 ** (step / 10)) for step in range(22))
"""The values of efSearch that are tried, 20 to 2,518: candidates kept during a query."""

RECALL = 0.995
"""The share of queries for which the true nearest vector is to be found."""

QUERIES = 1000
"""Of each kind."""

ENOUGH = RECALL + (RECALL * (1 - RECALL) / QUERIES) ** 0.5
"""The share of the queries themselves: a standard error more, of a thousand three may miss. The
first effort that is good enough for them would else be so by luck half of the time, and worse for
all others."""

ROUNDING = 1e-4
"""A distance this much above the true nearest one is the same."""

ANOTHER_PHOTO = (0.44, 0.08)
"""Mean and deviation of the distance between two photos of one person, on a public benchmark."""


class Search(BaseModel):
    """How the graph is searched.

    Attributes:
        ef_search: nmslib's efSearch: how many candidates a query keeps.
        recall: by kind of query, the share for which the true nearest vector is found, 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ef_search: int
    recall: dict[str, float]

    @property
    def worst(self) -> float:
        """The recall of the kind that is found worst."""
        return min(self.recall.values())


def tune(graph: Graph, vectors: Vectors, ef_search: int | None = None) -> Search:
    """Set a graph to the least effort that surely reaches `RECALL`, held against brute force.

    Asked are people of the gallery on another photo; people of the gallery without themselves; and
    strangers, who need by far the most effort: the graph was built along the others.

    Args:
        graph: a new one.
        vectors: what it was built of.
        ef_search: an operator's choice; its recall is measured all the same.
    """
    kinds = [
        _Kind("other photos of its people", graph.nearest_distance, other_photos(vectors)),
        _Kind("strangers", graph.nearest_distance, strangers(vectors)),
    ]
    truths = [distances_to_nearest(kind.queries, vectors) for kind in kinds]
    if len(vectors) > 1:
        own = evenly_spaced(len(vectors), QUERIES)
        kinds.append(_Kind("its people without themselves", _second(graph), vectors[own]))
        truths.append(distances_to_nearest(vectors[own], vectors, own))
    for effort in EF_SEARCHES if ef_search is None else (ef_search,):
        graph.set_ef_search(effort)
        recall = {
            kind.name: measured_recall(kind.search, kind.queries, truth)
            for kind, truth in zip(kinds, truths, strict=True)
        }
        search = Search(ef_search=effort, recall=recall)
        if search.worst >= ENOUGH:
            break
    return search


class _Kind(NamedTuple):
    """Queries of one kind, and how the graph is asked."""

    name: str
    search: Callable[[NDArray[np.float32]], float]
    queries: Vectors


def _second(graph: Graph) -> Callable[[NDArray[np.float32]], float]:
    """The nearest other one for vectors that are in the graph."""
    return lambda query: float(graph.nearest(query, 2)[1][-1])


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


def measured_recall(
    search: Callable[[NDArray[np.float32]], float], queries: Vectors, truth: NDArray[np.float64]
) -> float:
    """The share of queries for which a search gives the distance to the nearest vector.

    Args:
        search: from an embedding to a distance.
        queries: (n, 128).
        truth: (n,), the true distances to the nearest.
    """
    found = np.array([search(query) for query in queries])
    return float((found <= truth + ROUNDING).mean())
