"""startwin.face.pool: real processes, really killed."""

import gc
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from startwin.errors import BadPhoto, ModelError, WorkerDied
from startwin.face import FaceEngine, FacePool
from tests.conftest import DEADLINE, ROOT, wait_until
from tests.worker_tasks import (
    alive,
    bare,
    die,
    die_unless_marked,
    fail,
    fail_oddly,
    fragile,
    length,
    pid,
    return_a_lock,
    slow,
    wait_for_file,
)


@pytest.fixture
def one() -> Iterator[FacePool]:
    with FacePool(1, DEADLINE, bare) as pool:
        yield pool


@pytest.fixture
def shut(tmp_path: Path) -> Path:
    """While it is there, `slow` loads no engine."""
    return tmp_path / "shut"


def kill(*processes: int) -> None:
    for process in processes:
        os.kill(process, signal.SIGKILL)


def test_reads_faces_as_the_engine_does(pool: FacePool, engine: FaceEngine, hopper: bytes) -> None:
    (there,) = pool.submit(FaceEngine.read, hopper).result(DEADLINE)
    (here,) = engine.read(hopper)
    assert there.box == here.box
    assert (there.embedding == here.embedding).all()


def test_errors_come_back(pool: FacePool) -> None:
    with pytest.raises(BadPhoto, match="not a picture"):
        pool.submit(FaceEngine.read, b"no picture").result(DEADLINE)


def test_workers_are_other_processes(pool: FacePool) -> None:
    assert pool.size == len(set(pool.pids)) == 2
    assert os.getpid() not in pool.pids
    assert pool.submit(pid).result(DEADLINE) in pool.pids


def test_timeout_inside_a_task_is_the_tasks_own(one: FacePool) -> None:
    before = one.pids
    with pytest.raises(TimeoutError, match="the task's own") as caught:
        one.submit(fail).result(DEADLINE)
    assert "in fail" in caught.value.__notes__[0]
    assert one.pids == before


def test_what_pickle_refuses_is_an_error_and_no_death(one: FacePool) -> None:
    before = one.pids
    with pytest.raises(TypeError, match="pickle"):
        one.submit(print, threading.Lock()).result(DEADLINE)
    with pytest.raises(TypeError, match="pickle"):
        one.submit(return_a_lock).result(DEADLINE)
    with pytest.raises(RuntimeError, match="ValueError: odd"):
        one.submit(fail_oddly).result(DEADLINE)
    assert one.submit(pid).result(DEADLINE) in before


def test_worker_killed_while_idle_is_replaced_without_being_asked(one: FacePool) -> None:
    (before,) = one.pids
    kill(before)
    wait_until(lambda: one.pids and one.pids != [before])
    assert one.submit(pid).result(DEADLINE) in one.pids


def test_nobody_waits_for_the_dead(tmp_path: Path, shut: Path) -> None:
    with FacePool(2, DEADLINE, partial(slow, tmp_path)) as pool:
        dead, living = pool.pids
        shut.touch()
        kill(dead)
        photos = [pool.submit(pid) for _ in range(10)]
        assert {photo.result(DEADLINE) for photo in photos} == {living}
        wait_until((tmp_path / "loading").exists)
        assert pool.submit(pid).result(DEADLINE) == living
        shut.unlink()
        wait_until(lambda: len(pool.pids) == 2)


def test_photo_whose_worker_is_killed_once_is_tried_again(one: FacePool, tmp_path: Path) -> None:
    assert one.submit(die_unless_marked, tmp_path / "mark").result(DEADLINE) == "done"


def test_photo_that_kills_every_worker_is_given_up_and_the_next_one_read(one: FacePool) -> None:
    with pytest.raises(WorkerDied):
        one.submit(die).result(DEADLINE)
    assert one.submit(pid).result(DEADLINE) in one.pids


def test_with_one_try_the_first_death_counts(tmp_path: Path) -> None:
    with FacePool(1, DEADLINE, bare, tries=1) as pool:
        with pytest.raises(WorkerDied):
            pool.submit(die_unless_marked, tmp_path / "mark").result(DEADLINE)
        assert pool.submit(die_unless_marked, tmp_path / "mark").result(DEADLINE) == "done"


def test_photo_that_its_dead_worker_never_looked_at_is_not_blamed() -> None:
    with FacePool(1, DEADLINE, bare, tries=1) as pool:
        (before,) = pool.pids
        os.kill(before, signal.SIGSTOP)
        photo = pool.submit(pid)
        wait_until(photo.running)
        kill(before)
        assert photo.result(DEADLINE) != before


def test_neighbour_does_not_notice(tmp_path: Path) -> None:
    with FacePool(2, DEADLINE, bare, tries=1) as pool:
        busy = pool.submit(wait_for_file, tmp_path / "started", tmp_path / "go")
        wait_until((tmp_path / "started").exists)
        with pytest.raises(WorkerDied):
            pool.submit(die).result(DEADLINE)
        (tmp_path / "go").touch()
        assert busy.result(DEADLINE) in pool.pids


def test_when_all_are_killed_only_what_was_in_hand_is_affected(tmp_path: Path) -> None:
    with FacePool(2, DEADLINE, bare, tries=1) as pool:
        before = pool.pids
        marks = [tmp_path / "1", tmp_path / "2"]
        in_hand = [pool.submit(wait_for_file, mark, tmp_path / "go") for mark in marks]
        waiting = [pool.submit(pid) for _ in range(5)]
        wait_until(lambda: all(mark.exists() for mark in marks))
        kill(*before)
        for photo in in_hand:
            with pytest.raises(WorkerDied):
                photo.result(DEADLINE)
        assert not {photo.result(DEADLINE) for photo in waiting} & set(before)


def test_photo_that_its_worker_died_of_is_not_kept_in_memory() -> None:
    photo = b"x" * 100_000
    with FacePool(1, DEADLINE, bare, tries=1) as pool:
        gc.disable()  # which would find what only keeps itself
        try:
            before = sys.getrefcount(photo)
            lost = pool.submit(die, photo)
            assert isinstance(lost.exception(DEADLINE), WorkerDied)
            wait_until(lambda: sys.getrefcount(photo) == before)
        finally:
            gc.enable()


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
