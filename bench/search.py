"""The nearest of many: nmslib as configured, beside scans and the article's parameters."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bench.section import Section, bars, milliseconds, table
from startwin.gallery.search import recall
from startwin.gallery.search.brute_force import distances_to_nearest
from startwin.gallery.search.graph import BUILD_PARAMETERS, Graph, Vectors

DISTRIBUTION = Path(__file__).parent / "embeddings.npz"
"""Mean and a factor of the covariance of the embeddings of 878 official portraits."""

ARTICLE_PARAMETERS = {**BUILD_PARAMETERS, "M": 100, "efConstruction": 2000}
ARTICLE_EF_SEARCH = 400

QUERIES = 1000
SCANNED = 100_000_000
"""Queries of each kind, and the vectors that they may be held against altogether at most."""

TURN = 20
"""Queries that a way answers before it is the next one's turn."""

LINEAR = "linear scan, vectorised"

Search = Callable[[NDArray[np.float32]], float]
"""From an embedding to the distance of what was found to be nearest."""


@dataclass(frozen=True)
class Way:
    """A way to search.

    Attributes:
        search: does it.
        built: the seconds that it took to prepare.
        saved: bytes of the graph's file, which are its memory as well.
        ef_search: of a graph.
    """

    search: Search
    built: float | None = None
    saved: int | None = None
    ef_search: int | None = None


def sampled(n: int, seed: int) -> Vectors:
    """(n, 128) vectors distributed as real embeddings are, to the second moment."""
    known = np.load(DISTRIBUTION)
    chance = np.random.default_rng(seed)
    vectors = np.empty((n, len(known["mean"])), dtype=np.float32)
    for begin in range(0, n, 100_000):
        normal = chance.standard_normal(vectors[begin : begin + 100_000].shape)
        vectors[begin : begin + 100_000] = normal @ known["factor"].T + known["mean"]
    return vectors


def search(size: int, with_article: bool) -> Section:
    """Build and query times, and recall@1, for a gallery of so many people.

    Args:
        size: how many.
        with_article: whether the article's parameters are measured, too; it takes minutes.
    """
    vectors = sampled(size, 1)
    queries = min(QUERIES, SCANNED // size)
    kinds = {
        "strangers": sampled(queries, 2),
        "other photos": recall.other_photos(vectors, queries, seed=2),
    }
    truths = {kind: distances_to_nearest(asked, vectors) for kind, asked in kinds.items()}
    ways = dict(_ways(vectors, with_article))
    times = _taking_turns(ways, kinds["strangers"])
    rows = [
        (
            name,
            f"{way.built:.1f} s" if way.built else "–",
            f"{way.saved / 1e6:.0f} MB" if way.saved else "–",
            way.ef_search or "–",
            milliseconds(times[name]),
            f"{times[LINEAR] / times[name]:.1f}×",
            *(
                f"{recall.measured_recall(way.search, kinds[kind], truths[kind]):.3f}"
                for kind in kinds
            ),
        )
        for name, way in ways.items()
    ]
    head = (
        "way",
        "build",
        "graph",
        "efSearch",
        "query, median",
        "linear scan's by it",
        *(f"recall@1, {kind}" for kind in kinds),
    )
    drawn = {name: {"a query": 1000 * seconds} for name, seconds in times.items()}
    return Section(
        f"{size:,} people, {queries} queries of each kind; timed are strangers.\n\n"
        f"{table(head, rows)}",
        {f"search-{size}": bars(f"Search among {size:,}", "ms", drawn, stacked=True)},
    )


def _ways(vectors: Vectors, with_article: bool) -> Iterator[tuple[str, Way]]:
    norms = np.einsum("ij,ij->i", vectors, vectors)

    def linear(query: NDArray[np.float32]) -> float:
        return float(np.linalg.norm(vectors - query, axis=1).min())

    def blas(query: NDArray[np.float32]) -> float:
        row = (norms - 2 * (vectors @ query)).argmin()
        return float(np.linalg.norm(vectors[row] - query))

    yield LINEAR, Way(linear)
    yield "scan by one BLAS product", Way(blas)
    yield "nmslib, as configured", _graph(vectors)
    if with_article:
        yield "nmslib, the article's", _graph(vectors, ARTICLE_PARAMETERS, ARTICLE_EF_SEARCH)


def _graph(
    vectors: Vectors, parameters: dict[str, int] | None = None, ef_search: int | None = None
) -> Way:
    began = time.perf_counter()
    graph = Graph.build(vectors, parameters)
    built = time.perf_counter() - began
    with tempfile.NamedTemporaryFile() as file:
        graph.save(Path(file.name))
        saved = Path(file.name).stat().st_size
    tuned = recall.tune(graph, vectors, ef_search)
    return Way(graph.nearest_distance, built, saved, tuned.ef_search)


def _taking_turns(ways: dict[str, Way], queries: Vectors) -> dict[str, float]:
    """The median seconds of a query by each way."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for begin in range(0, len(queries), TURN):
        for name, way in ways.items():
            for query in queries[begin : begin + TURN]:
                began = time.perf_counter()
                way.search(query)
                times[name].append(time.perf_counter() - began)
    return {name: median(taken) for name, taken in times.items()}
