"""People who are probably in the gallery twice."""

from dataclasses import dataclass

from startwin.gallery.search.graph import Graph, Vectors

DUPLICATE = 0.36
"""Half of 219 pairs of one person's portraits are nearer; of 878 people no two
(0.398)."""

COMPANY = 5
"""So many nearest neighbours of each person are looked at."""

EFFORT = 40
"""efSearch: a graph's own vectors are found with little."""


@dataclass(frozen=True)
class Duplicate:
    """Two people of the gallery who look like one.

    Attributes:
        one: row of a person.
        other: row of another, after it.
        distance: between their embeddings.
    """

    one: int
    other: int
    distance: float


def duplicates(graph: Graph, vectors: Vectors) -> list[Duplicate]:
    """Pairs of people who are probably one, nearest first.

    Args:
        graph: of the vectors; its efSearch is changed.
        vectors: (n, 128), one a person.
    """
    graph.set_ef_search(EFFORT)
    found: dict[tuple[int, int], float] = {}
    for row, (rows, distances) in enumerate(graph.neighbours(vectors, COMPANY + 1)):
        for other, distance in zip(rows, distances, strict=True):
            if other != row and distance < DUPLICATE:
                found[min(row, int(other)), max(row, int(other))] = float(distance)
    pairs = [Duplicate(one, other, distance) for (one, other), distance in found.items()]
    return sorted(pairs, key=lambda pair: pair.distance)
