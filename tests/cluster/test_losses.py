"""startwin.face.cluster: workers, stations, nodes, whole clusters are killed; nothing is lost."""

from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from startwin.face import FaceEngine
from startwin.gallery import Gallery
from startwin.gallery.building.build import Plan, build
from startwin.settings import Settings
from tests.cluster.conftest import Open
from tests.cluster.nodes import Cluster
from tests.conftest import DEADLINE, PHOTOS, SilentWatcher, wait_until
from tests.pool.tasks import pid, wait_for_file


def test_killed_worker_station_and_node(cluster: Cluster, opened: Open, hopper: bytes) -> None:
    workers = opened(cluster.address)
    wait_until(lambda: workers.size == 2)
    head = next(node for node in cluster.nodes if node.process.is_running())
    other = cluster.join()
    wait_until(lambda: workers.size == 3)
    coming = [workers.submit(FaceEngine.read, hopper) for _ in range(150)]
    wait_until(coming[10].done)
    head.engines[0].kill()
    wait_until(coming[30].done)
    head.stations[0].kill()
    wait_until(coming[50].done)
    other.kill()
    assert all(len(faces.result(DEADLINE)) == 1 for faces in coming)
    wait_until(lambda: workers.size == 2)


def test_cluster_lost_and_found(opened: Open, tmp_path: Path) -> None:
    own = Cluster()
    try:
        node = own.begin()
        with capture_logs() as log:
            workers = opened(own.address, insists=False)
            in_hand = workers.submit(wait_for_file, tmp_path / "started", tmp_path / "go")
            wait_until((tmp_path / "started").exists)
            engine = node.engines[0].pid
            waiting = [workers.submit(pid) for _ in range(10)]
            node.kill()
            (tmp_path / "go").touch()
            assert engine not in {each.result(DEADLINE) for each in waiting}
            assert in_hand.result(DEADLINE) != engine
            assert workers.ready == 1
            node = own.begin()
            wait_until(lambda: workers.submit(pid).result(DEADLINE) in node.pids)
        told = [str(entry["event"]) for entry in log]
        assert sum("faces are read here" in event for event in told) == 1
        assert sum("faces are read on the cluster" in event for event in told) == 2
    finally:
        own.end()


@pytest.mark.parametrize("killed", [False, True])
def test_same_gallery_as_here(cluster: Cluster, tmp_path: Path, killed: bool) -> None:
    """Without jitters: dlib draws them from a sequence that goes on from photo to photo."""
    folders = [tmp_path / "here", tmp_path / "there"]
    build(Plan(PHOTOS, jitters=0), Settings(assets_dir=folders[0], workers=1), SilentWatcher())
    there = Settings(assets_dir=folders[1], face_cluster=cluster.address)
    watcher = KillingWatcher(cluster) if killed else SilentWatcher()
    build(Plan(PHOTOS, jitters=0), there, watcher)
    ours, theirs = (Gallery.load(folder) for folder in folders)
    assert [each.alias for each in ours.people] == [each.alias for each in theirs.people]
    vectors = [np.load(next(folder.glob("builds/*/vectors.npy"))) for folder in folders]
    assert (vectors[0] == vectors[1]).all()
    assert not watcher.rejected


class KillingWatcher(SilentWatcher):
    """Kills every station when the first photo is there."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self._cluster = cluster

    def looked_at(self, photo: Path, reading: object) -> None:
        if not self.readings:
            for node in self._cluster.nodes:
                if node.process.is_running():
                    for station in node.stations:
                        station.kill()
        super().looked_at(photo, reading)  # type: ignore[arg-type]
