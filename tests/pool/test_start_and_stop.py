"""startwin.face.pool: workers that cannot start, and pools that stop."""

import os
import resource
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from startwin.errors import ModelError, WorkerDied
from startwin.face import FacePool
from tests.conftest import DEADLINE, ROOT, wait_until
from tests.pool.tasks import (
    alive,
    bare,
    fragile,
    kill,
    length,
    pid,
    slow,
    wait_for_file,
)


def test_while_no_worker_can_load_photos_wait(tmp_path: Path) -> None:
    """As when a package is upgraded under a running bot."""
    broken = tmp_path / "broken"
    with FacePool(1, DEADLINE, partial(fragile, broken), tries=1) as pool, capture_logs() as log:
        broken.touch()
        kill(*pool.pids)
        photo = pool.submit(pid)
        wait_until(lambda: broken.stat().st_size >= 3)  # attempts
        assert not photo.done()
        broken.unlink()
        assert photo.result(DEADLINE) in pool.pids
    (told,) = [entry for entry in log if "cannot be started" in entry["event"]]
    assert told["error"] == "damaged"


def test_while_the_system_has_no_room_for_a_process_photos_wait(one: FacePool) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with capture_logs() as log:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))  # so not even a pipe
            kill(*one.pids)
            photo = one.submit(pid)
            wait_until(lambda: any("cannot be started" in entry["event"] for entry in log))
            assert not photo.done()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert photo.result(DEADLINE) in one.pids


def test_worker_killed_while_loading_is_started_again(tmp_path: Path, shut: Path) -> None:
    with FacePool(1, DEADLINE, partial(slow, tmp_path), tries=1) as pool:
        shut.touch()
        kill(*pool.pids)
        photo = pool.submit(pid)
        wait_until((tmp_path / "loading").exists)
        loading = int((tmp_path / "loading").read_text())
        shut.unlink()
        kill(loading)
        assert photo.result(DEADLINE) in pool.pids
        assert not alive(loading)


def test_pool_that_cannot_load_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    pool = FacePool(2, DEADLINE, partial(fragile, tmp_path / "broken"))
    with pytest.raises(ModelError):
        pool.start()
    assert pool.submit(pid).cancelled()


def test_stop_ends_the_processes_and_what_waits(tmp_path: Path) -> None:
    pool = FacePool(1, DEADLINE, bare, tries=1)
    pool.start()
    (process,) = pool.pids
    busy = pool.submit(wait_for_file, tmp_path / "started", tmp_path / "go")
    wait_until((tmp_path / "started").exists)
    waiting = pool.submit(pid)
    pool.stop()
    assert not alive(process)
    with pytest.raises(CancelledError):
        busy.result(DEADLINE)
    with pytest.raises(CancelledError):
        waiting.result(DEADLINE)
    assert pool.submit(pid).cancelled()


def test_stop_waits_for_no_frozen_worker() -> None:
    pool = FacePool(1, DEADLINE, bare)
    pool.start()
    (process,) = pool.pids
    os.kill(process, signal.SIGSTOP)
    photo = pool.submit(length, bytes(5_000_000))  # more than the pipe holds
    wait_until(photo.running)
    pool.stop()
    assert not alive(process)
    with pytest.raises(CancelledError):
        photo.result(DEADLINE)


def test_stop_waits_for_no_worker_that_is_being_replaced(tmp_path: Path, shut: Path) -> None:
    pool = FacePool(1, DEADLINE, partial(slow, tmp_path))
    pool.start()
    shut.touch()
    kill(*pool.pids)
    photo = pool.submit(pid)
    wait_until((tmp_path / "loading").exists)
    pool.stop()
    assert not alive(int((tmp_path / "loading").read_text()))
    with pytest.raises(CancelledError):
        photo.result(DEADLINE)


def test_stop_ends_a_start(tmp_path: Path, shut: Path) -> None:
    shut.touch()
    threads_before = set(threading.enumerate())
    pool = FacePool(1, DEADLINE, partial(slow, tmp_path))
    with ThreadPoolExecutor() as threads:
        starting = threads.submit(pool.start)
        wait_until((tmp_path / "loading").exists)
        pool.stop()
        with pytest.raises(WorkerDied):
            starting.result(DEADLINE)
    assert not alive(int((tmp_path / "loading").read_text()))
    assert set(threading.enumerate()) == threads_before


def test_workers_ignore_ctrl_c_and_sigterm(one: FacePool) -> None:
    """A terminal and systemd signal the whole group; a photo in hand is still finished."""
    (before,) = one.pids
    os.kill(before, signal.SIGINT)
    os.kill(before, signal.SIGTERM)
    assert one.submit(pid).result(DEADLINE) == before


def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys\nfrom startwin.face import FacePool\n"
        "if __name__ == '__main__':\n"
        "    pool = FacePool(2); pool.start()\n"
        "    print(*pool.pids, flush=True); sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, script],
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        workers = [int(number) for number in parent.stdout.readline().split()]
        assert len(workers) == 2
        parent.kill()
    wait_until(lambda: not any(map(alive, workers)))


def test_process_imports_what_the_engine_needs_and_no_more() -> None:
    names = (
        "import startwin.face.serving, sys; print(*{name.split('.')[0] for name in sys.modules})"
    )
    imported = subprocess.run(
        [sys.executable, "-c", names], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "dlib" in imported
    needless = {"flask", "nmslib", "onnx", "prometheus_client", "pydantic", "structlog", "telegram"}
    assert needless.isdisjoint(imported)
