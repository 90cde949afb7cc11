"""startwin.face.worker: the limits that a process is held to, by real ones that break them."""

import os
import signal
from pathlib import Path

import pytest

from startwin.errors import PhotoTimeout, WorkerDied
from startwin.face import FaceEngine, FacePool
from startwin.settings import Settings
from tests.conftest import DEADLINE, wait_until
from tests.pool.tasks import alive, bare, hang, hoard, leak, length, pid, wait_for_file

SHORT = 2
"""Seconds: a time limit for what is to exceed it."""

LARGE = bytes(5_000_000)
"""More than a pipe holds."""


def test_hanging_worker_is_replaced() -> None:
    with FacePool(1, SHORT, bare) as pool:
        (before,) = pool.pids
        with pytest.raises(PhotoTimeout, match="more than 2 s"):
            pool.submit(hang).result(DEADLINE)
        assert pool.submit(pid).result(DEADLINE) != before
        assert not alive(before)


def test_worker_frozen_at_work_is_replaced(tmp_path: Path) -> None:
    with FacePool(1, SHORT, bare) as pool:
        (before,) = pool.pids
        photo = pool.submit(wait_for_file, tmp_path / "started", tmp_path / "go")
        wait_until((tmp_path / "started").exists)
        os.kill(before, signal.SIGSTOP)
        with pytest.raises(PhotoTimeout):
            photo.result(DEADLINE)
        assert pool.submit(pid).result(DEADLINE) != before
        assert not alive(before)


def test_photo_that_a_frozen_worker_never_looked_at_is_read_by_another() -> None:
    with FacePool(1, SHORT, bare, tries=1) as pool:
        (before,) = pool.pids
        os.kill(before, signal.SIGSTOP)
        assert pool.submit(length, LARGE).result(DEADLINE) == len(LARGE)
        assert not alive(before)


def test_photo_that_takes_too_much_memory_is_given_up(hopper: bytes) -> None:
    with FacePool.configured(Settings(workers=1, worker_memory=500), tries=1) as pool:
        (before,) = pool.pids
        with pytest.raises(WorkerDied, match="more than 500 MB"):
            pool.submit(hoard, 600).result(DEADLINE)
        assert len(pool.submit(FaceEngine.read, hopper).result(DEADLINE)) == 1
        assert not alive(before)  # at the latest when it has a successor


def test_worker_that_keeps_much_memory_is_replaced() -> None:
    with FacePool(1, DEADLINE, bare, memory_limit=1000) as pool:
        (before,) = pool.pids
        assert pool.submit(leak, 100).result(DEADLINE) == before
        assert pool.submit(leak, 500).result(DEADLINE) == before
        wait_until(lambda: pool.pids and pool.pids != [before])
        assert not alive(before)
        assert pool.submit(pid).result(DEADLINE) in pool.pids
