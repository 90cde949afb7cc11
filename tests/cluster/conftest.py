"""A cluster of two nodes, for those who leave it as it is, and for those who do not."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from startwin.face import FaceWorkers, workers
from startwin.settings import Settings
from tests.cluster.nodes import Cluster

Open = Callable[..., FaceWorkers]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Head and one more node, of one core each; whoever kills one starts another one."""
    cluster = Cluster()
    try:
        cluster.begin()
        cluster.join()
        yield cluster
    finally:
        cluster.end()


@pytest.fixture
def opened() -> Iterator[Open]:
    """Starts workers by their address."""
    with ExitStack() as stack:

        def opened(
            address: str, tries: int = 2, insists: bool = True, **wanted: object
        ) -> FaceWorkers:
            settings = Settings(face_cluster=address, workers=1, **wanted)  # type: ignore[arg-type]
            return stack.enter_context(workers.configured(settings, tries=tries, insists=insists))

        yield opened
