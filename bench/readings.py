"""Pipelines at work, each in a process of its own, taking turns."""

import multiprocessing
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dlib
from tqdm import tqdm

from bench.photos import Probe
from bench.pipelines import BASELINE, COMPARED, PIPELINES, Pipeline, Reading

WITH_BLAS = f"{BASELINE}, dlib with BLAS"


@dataclass
class Run:
    """What one pipeline made of all photos.

    Attributes:
        readings: one a photo, in order.
        peak: the process's largest resident memory, in MB.
    """

    readings: list[Reading] = field(default_factory=list)
    peak: float = 0.0


def take_turns(
    probes: list[Probe],
    names: Iterable[str] = COMPARED,
    jitters: int = 0,
    dlib_blas: Path | None = None,
) -> dict[str, Run]:
    """Read every photo by every pipeline, one after the other, so that noise hits all alike.

    Args:
        probes: the photos.
        names: of the pipelines.
        jitters: as for celebrities' photos; 0 as for users'.
        dlib_blas: a folder with a dlib that was compiled with BLAS; the article's pipeline is
            measured with that as well.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # of the processes: one core is what is measured
    processes = {name: _process(name, probes[0]) for name in names}
    if dlib_blas is not None:
        with _importing_from(dlib_blas):
            processes[WITH_BLAS] = _process(BASELINE, probes[0])
        if not processes[WITH_BLAS].submit(_has_blas).result():
            raise SystemExit(f"the dlib in {dlib_blas} was compiled without BLAS")
    runs = {name: Run() for name in processes}
    for probe in tqdm(probes, unit="photo", disable=None):
        for name, process in processes.items():
            runs[name].readings.append(process.submit(_read, probe.photo, jitters).result())
    for name, process in processes.items():
        runs[name].peak = process.submit(_peak).result()
        process.shutdown()
    return runs


def _process(pipeline: str, first: Probe) -> ProcessPoolExecutor:
    """A process that has read a photo: the first costs more and does not count."""
    spawn = multiprocessing.get_context("spawn")
    process = ProcessPoolExecutor(1, spawn, _load, (pipeline,))
    process.submit(_read, first.photo).result()
    return process


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Processes that are spawned meanwhile look there first for what they import."""
    sys.path.insert(0, str(folder.absolute()))
    try:
        yield
    finally:
        del sys.path[0]


_pipeline: Pipeline


def _load(name: str) -> None:
    global _pipeline  # noqa: PLW0603 - a process has one pipeline
    _pipeline = PIPELINES[name]()


def _read(photo: bytes, jitters: int = 0) -> Reading:
    return _pipeline.read(photo, jitters)


def _has_blas() -> bool:
    return bool(dlib.DLIB_USE_BLAS)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
