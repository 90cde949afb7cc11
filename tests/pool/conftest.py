"""A pool of one worker, and a way to keep workers from loading."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from startwin.face import FacePool
from tests.conftest import DEADLINE
from tests.pool.tasks import bare


@pytest.fixture
def one() -> Iterator[FacePool]:
    with FacePool(1, DEADLINE, bare) as pool:
        yield pool


@pytest.fixture
def shut(tmp_path: Path) -> Path:
    """While it is there, `slow` loads no engine."""
    return tmp_path / "shut"
