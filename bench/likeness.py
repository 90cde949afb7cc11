"""Who is found, and how surely: detection, distances, right-nearest share."""

import numpy as np
from numpy.typing import NDArray

from bench.photos import Probe
from bench.readings import Run, take_turns
from bench.section import Section, table


def likeness(gallery: list[Probe], probe_sets: dict[str, list[Probe]]) -> Section:
    """A table for each set of probes; a photo without a face counts as not recognised.

    Args:
        gallery: one photo a person.
        probe_sets: other photos of the same people, by the set's name.
    """
    known = take_turns(gallery)
    parts = []
    for name, probes in probe_sets.items():
        seen = take_turns(probes)
        rows = [
            _row(pipeline, gallery, known[pipeline], probes, seen[pipeline]) for pipeline in seen
        ]
        head = ("pipeline", "detected", "right nearest", "same person", "nearest other person")
        parts.append(f"{name}: {len(probes)} probes, {len(gallery)} people.\n\n{table(head, rows)}")
    return Section("\n\n".join(parts))


def _row(
    pipeline: str, gallery: list[Probe], known: Run, probes: list[Probe], seen: Run
) -> tuple[str, ...]:
    people = [
        (probe.person, reading.embeddings[0])
        for probe, reading in zip(gallery, known.readings, strict=True)
        if reading.embeddings
    ]
    vectors = np.stack([vector for _, vector in people])
    detected = right = 0
    same: list[float] = []
    others: list[float] = []
    for probe, reading in zip(probes, seen.readings, strict=True):
        if not reading.embeddings:
            continue
        detected += 1
        distances = np.linalg.norm(vectors - reading.embeddings[0], axis=1)
        own = np.array([person == probe.person for person, _ in people])
        right += bool(own[distances.argmin()])
        same += distances[own].tolist()
        others.append(float(distances[~own].min()))
    return (
        pipeline,
        _share(detected, len(probes)),
        _share(right, len(probes)),
        _spread(np.array(same)),
        _spread(np.array(others)),
    )


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.1f}%)"


def _spread(values: NDArray[np.float64]) -> str:
    return f"{values.mean():.3f} ± {values.std():.3f}" if len(values) else "–"
