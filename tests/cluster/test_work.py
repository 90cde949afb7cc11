"""startwin.face.cluster: what a cluster makes of photos is what this machine makes of them."""

import os
import sys
from pathlib import Path

import pytest

from startwin.errors import BadPhoto, ClusterError, PhotoTimeout, WorkerDied
from startwin.face import FaceEngine
from startwin.face.cluster.passage import LARGEST
from tests.cluster.conftest import Open
from tests.cluster.nodes import Cluster
from tests.conftest import DEADLINE, wait_until
from tests.pool.tasks import die, die_unless_marked, fail, hang, length, pid


@pytest.mark.parametrize("by", ["address", "client_address"])
def test_both_ways_in(
    cluster: Cluster, opened: Open, engine: FaceEngine, hopper: bytes, by: str
) -> None:
    workers = opened(getattr(cluster, by))
    wait_until(lambda: workers.size == workers.ready == 2)
    (here,) = engine.read(hopper)
    coming = [workers.submit(FaceEngine.read, hopper) for _ in range(20)]
    for (there,) in (faces.result(DEADLINE) for faces in coming):
        assert there.box == here.box
        assert (there.embedding == here.embedding).all()
    with pytest.raises(BadPhoto, match="not a picture"):
        workers.submit(FaceEngine.read, b"no picture").result(DEADLINE)
    with pytest.raises(TimeoutError, match="the task's own"):
        workers.submit(fail).result(DEADLINE)
    assert "ray" not in sys.modules


def test_limits_and_blame_are_those_of_the_local_pool(
    cluster: Cluster, opened: Open, tmp_path: Path
) -> None:
    workers = opened(cluster.address, photo_timeout=2)
    poison, chance = workers.submit(die), workers.submit(die_unless_marked, tmp_path / "mark")
    slow = workers.submit(hang)
    innocent = [workers.submit(length, bytes(n)) for n in range(20)]
    with pytest.raises(WorkerDied):
        poison.result(DEADLINE)
    with pytest.raises(PhotoTimeout, match="more than 2 s"):
        slow.result(DEADLINE)
    assert chance.result(DEADLINE) == "done"
    assert [each.result(DEADLINE) for each in innocent] == list(range(20))


def test_with_one_try_the_first_death_counts(
    cluster: Cluster, opened: Open, tmp_path: Path
) -> None:
    workers = opened(cluster.address, tries=1)
    with pytest.raises(WorkerDied):
        workers.submit(die_unless_marked, tmp_path / "mark").result(DEADLINE)


def test_what_is_larger_than_the_probe_stays_here(cluster: Cluster, opened: Open) -> None:
    workers = opened(cluster.address)
    assert workers.submit(length, bytes(LARGEST // 2)).result(DEADLINE) == LARGEST // 2
    assert workers.submit(length, bytes(LARGEST + 1)).result(DEADLINE) == LARGEST + 1
    assert workers.size == workers.ready


def test_what_pickle_refuses_is_an_error(cluster: Cluster, opened: Open) -> None:
    workers = opened(cluster.address)
    with pytest.raises(TypeError, match="pickle"):
        workers.submit(print, sys.stdout).result(DEADLINE)
    assert workers.submit(pid).result(DEADLINE) != os.getpid()


def test_cluster_that_is_not_there(opened: Open) -> None:
    with pytest.raises(ClusterError, match=r"127\.0\.0\.1:9 cannot be reached"):
        opened("127.0.0.1:9")
    workers = opened("127.0.0.1:9", insists=False)
    assert workers.submit(length, b"12").result(DEADLINE) == 2
    assert workers.size == 1
