"""The nearest of many: nmslib as configured, beside scans and the article's parameters."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.table import milliseconds, table
from startwin.gallery import index

DISTRIBUTION = Path(__file__).parent / "embeddings.npz"
"""Mean and a factor of the covariance of the embeddings of 878 official portraits."""

ARTICLE_BUILD = {**index.BUILD_PARAMETERS, "M": 100, "efConstruction": 2000}
ARTICLE_QUERY = {"efSearch": 400}

QUERIES = 300

Vectors = NDArray[np.float32]
Search = Callable[[Vectors], int]


def sampled(n: int, seed: int) -> Vectors:
    """(n, 128) vectors distributed as real embeddings are, to the second moment."""
    known = np.load(DISTRIBUTION)
    normal = np.random.default_rng(seed).standard_normal((n, len(known["mean"])))
    return np.asarray(normal @ known["factor"].T + known["mean"], dtype=np.float32)


def search(size: int, with_article: bool) -> str:
    """A table of build and query times and recall@1 for a gallery of so many people."""
    vectors, queries = sampled(size, 1), sampled(QUERIES, 2)
    norms = np.einsum("ij,ij->i", vectors, vectors)
    ways: dict[str, tuple[Search, float]] = {
        "linear scan, vectorised": (
            lambda q: int(np.linalg.norm(vectors - q, axis=1).argmin()),
            0.0,
        ),
        "scan by one BLAS product": (lambda q: int((norms - 2 * (vectors @ q)).argmin()), 0.0),
        "nmslib, as configured": _graph(vectors, index.BUILD_PARAMETERS, index.QUERY_PARAMETERS),
    }
    if with_article:
        ways["nmslib, the article's"] = _graph(vectors, ARTICLE_BUILD, ARTICLE_QUERY)
    times: dict[str, list[float]] = {name: [] for name in ways}
    found: dict[str, list[int]] = {name: [] for name in ways}
    for query in queries:
        for name, (way, _) in ways.items():  # in turns
            began = time.perf_counter()
            found[name].append(way(query))
            times[name].append(time.perf_counter() - began)
    truth = np.array(found["linear scan, vectorised"])
    linear = median(times["linear scan, vectorised"])
    rows = [
        (
            name,
            f"{built:.1f} s" if built else "–",
            milliseconds(median(times[name])),
            f"{linear / median(times[name]):.1f}×",
            f"{(np.array(found[name]) == truth).mean():.3f}",
        )
        for name, (_, built) in ways.items()
    ]
    head = ("way", "build", "query, median", "linear scan's by it", "recall@1")
    return f"{size:,} people, {QUERIES} queries.\n\n{table(head, rows)}"


def _graph(vectors: Vectors, build: dict[str, int], query: dict[str, int]) -> tuple[Search, float]:
    graph: Any = index.new_graph()
    graph.addDataPointBatch(vectors)
    began = time.perf_counter()
    graph.createIndex({**build, "indexThreadQty": 2}, print_progress=False)
    built = time.perf_counter() - began
    graph.setQueryTimeParams(query)
    return lambda q: int(graph.knnQuery(q, k=1)[0][0]), built
