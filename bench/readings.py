"""Pipelines at work, each in a process of its own, taking turns."""

import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tqdm import tqdm

from bench.photos import Probe
from bench.pipelines import PIPELINES, Pipeline, Reading


@dataclass
class Run:
    """What one pipeline made of all photos.

    Attributes:
        readings: one a photo, in order.
        peak: the process's largest resident memory, in MB.
    """

    readings: list[Reading] = field(default_factory=list)
    peak: float = 0.0


def take_turns(probes: list[Probe], names: tuple[str, ...] = tuple(PIPELINES)) -> dict[str, Run]:
    """Read every photo by every pipeline, one after the other, so that noise hits all alike."""
    runs = {name: Run() for name in names}
    processes = {
        name: ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _load, (name,))
        for name in names
    }
    for process in processes.values():
        process.submit(_read, probes[0].photo).result()  # the first costs more; it does not count
    for probe in tqdm(probes, unit="photo", disable=None):
        for name in names:
            runs[name].readings.append(processes[name].submit(_read, probe.photo).result())
    for name, process in processes.items():
        runs[name].peak = process.submit(_peak).result()
        process.shutdown()
    return runs


_pipeline: Pipeline


def _load(name: str) -> None:
    global _pipeline  # noqa: PLW0603 - a process has one pipeline
    _pipeline = PIPELINES[name]()


def _read(photo: bytes) -> Reading:
    return _pipeline.read(photo)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
