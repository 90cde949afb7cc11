"""startwin.face.cluster: nodes that must not be used, and are not."""

import pytest
from structlog.testing import capture_logs

from startwin.errors import ClusterError
from startwin.face import engine
from tests.cluster.conftest import Open
from tests.cluster.nodes import Cluster
from tests.conftest import DEADLINE, wait_until
from tests.pool.tasks import pid


def test_nodes_with_another_recipe(
    cluster: Cluster, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engine.RECIPE, "chip", "another one")
    with pytest.raises(ClusterError, match="has another version of the recipe") as refusal:
        opened(cluster.address, insists=False)
    assert refusal.value.is_refusal
    assert not any(node.engines for node in cluster.nodes)


def test_node_that_was_not_told_to_keep_photos_out_of_the_object_store(
    cluster: Cluster, opened: Open
) -> None:
    node = cluster.join_by_hand()
    try:
        with capture_logs() as log:
            workers = opened(cluster.address)
            reason = "would pass photos through Ray's object store"
            wait_until(lambda: any(reason in entry["event"] for entry in log))
            wait_until(lambda: workers.size == 2)
        assert not node.engines
        assert isinstance(workers.submit(pid).result(DEADLINE), int)
    finally:
        node.kill()
