"""Faces on a cluster: what the way there costs a photo, and what a second core there brings."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from bench.photos import Probe
from bench.section import Section, milliseconds, table
from startwin.face import FaceEngine, FacePool, FaceWorkers, workers
from startwin.face.sight import see
from startwin.settings import Settings
from tests.cluster.nodes import Cluster
from tests.conftest import wait_until

ROUNDS = 7


def cluster(probes: list[Probe]) -> Section:
    """A row for each way to the workers; one worker each, but for the last.

    Args:
        probes: what is read, one after another and then all at once.
    """
    own = Cluster()
    with ExitStack() as stack:
        stack.callback(own.end)
        own.begin()
        here = stack.enter_context(FacePool(1))
        ways: dict[str, FaceWorkers] = {"processes of this machine": here}
        ways["a node, host:port"] = stack.enter_context(_there(own.address))
        ways["a node, ray://"] = stack.enter_context(_there(own.client_address))
        idle, single, rates = _measured(ways, probes)
        own.join()
        names = list(ways)
        ways[names[0]] = stack.enter_context(FacePool(2))
        wait_until(lambda: all(way.size == 2 for way in list(ways.values())[1:]))  # noqa: PLR2004
        _, _, doubled = _measured(ways, probes)
    rows = [
        (
            way,
            milliseconds(median(idle[way])),
            milliseconds(median(single[way])),
            f"{_times(single[way], single[names[0]]):.2f}×",
            f"{median(rates[way]):.1f}",
            f"{median(doubled[way]):.1f}",
            f"{median(doubled[way]) / median(rates[way]):.2f}×",
        )
        for way in ways
    ]
    head = (
        "way to one worker",
        "nothing",
        "a photo",
        "by this machine's",
        "photos a second",
        "with two",
        "by one's",
    )
    said = f"{len(probes)} photos, {ROUNDS} rounds in turn, nodes on loopback; medians."
    return Section(f"{said}\n\n{table(head, rows)}")


@contextmanager
def _there(address: str) -> Iterator[FaceWorkers]:
    settings = Settings(face_cluster=address, workers=1)
    with workers.configured(settings, insists=True) as there:
        yield there


Times = dict[str, list[float]]


def _measured(ways: dict[str, FaceWorkers], probes: list[Probe]) -> tuple[Times, Times, Times]:
    """Seconds for nothing and for a photo, and photos a second, of each round."""
    idle: Times = {way: [] for way in ways}
    single: Times = {way: [] for way in ways}
    rates: Times = {way: [] for way in ways}
    for number in range(ROUNDS + 1):
        for way, pool in ways.items():
            nothing = median(_seconds(pool, b"") for _ in probes)
            photo = median(_seconds(pool, probe.photo) for probe in probes)
            began = time.perf_counter()
            for coming in [pool.submit(FaceEngine.read, probe.photo) for probe in probes]:
                coming.result()
            rate = len(probes) / (time.perf_counter() - began)
            if number:  # the first round warms up
                idle[way].append(nothing)
                single[way].append(photo)
                rates[way].append(rate)
    return idle, single, rates


def _times(seconds: list[float], others: list[float]) -> float:
    return median(a / b for a, b in zip(seconds, others, strict=True))


def _seconds(pool: FaceWorkers, photo: bytes) -> float:
    began = time.perf_counter()
    if photo:
        pool.submit(see, photo).result()
    else:
        pool.submit(_nothing).result()
    return time.perf_counter() - began


def _nothing(_: FaceEngine) -> None:
    """What the way alone takes."""
