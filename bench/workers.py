"""How many workers: photos a second, memory and time to start, for pools of several sizes."""

import os
import time
from functools import partial
from statistics import median

import psutil

from bench.photos import Probe
from bench.pipelines import DATA
from bench.section import Section, table
from startwin.face import FaceEngine, FacePool

ROUNDS = 7


def workers(probes: list[Probe]) -> Section:
    """A row for each size of pool up to one more than there are cores.

    Args:
        probes: what each pool reads in each round, all handed over at once.
    """
    pools: dict[int, FacePool] = {}
    starts: dict[int, float] = {}
    for size in range(1, (os.cpu_count() or 1) + 2):
        began = time.perf_counter()
        pools[size] = FacePool(size, load=partial(FaceEngine, data_dir=DATA))
        pools[size].start()
        starts[size] = time.perf_counter() - began
    rates: dict[int, list[float]] = {size: [] for size in pools}
    try:
        for pool in pools.values():
            _photos_a_second(pool, probes)  # the first photos cost more; they do not count
        for _ in range(ROUNDS):
            for size, pool in pools.items():
                rates[size].append(_photos_a_second(pool, probes))
        memory = {
            size: max(psutil.Process(pid).memory_info().rss for pid in pool.pids)
            for size, pool in pools.items()
        }
    finally:
        for pool in pools.values():
            pool.stop()
    rows = [
        (
            size,
            f"{median(own):.1f}",
            f"{median(a / b for a, b in zip(own, rates[1], strict=True)):.2f}×",
            f"{memory[size] / 2**20:.0f} MB",
            f"{starts[size]:.1f} s",
        )
        for size, own in rates.items()
    ]
    head = ("workers", "photos a second", "by one worker's", "memory of each", "start")
    return Section(f"{len(probes)} photos, {ROUNDS} rounds; medians.\n\n{table(head, rows)}")


def _photos_a_second(pool: FacePool, probes: list[Probe]) -> float:
    began = time.perf_counter()
    coming = [pool.submit(FaceEngine.read, probe.photo) for probe in probes]
    for faces in coming:
        faces.result()
    return len(probes) / (time.perf_counter() - began)
