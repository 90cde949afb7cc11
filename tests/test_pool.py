"""startwin.face.pool: real processes, really killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path

import pytest

from startwin.errors import BadPhoto, ModelError, PhotoTimeout, WorkerDied
from startwin.face import FaceEngine, FacePool
from tests.conftest import DEADLINE, ROOT, wait_until


def pid(_: FaceEngine) -> int:
    return os.getpid()


def die(_: FaceEngine) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_unless_marked(_: FaceEngine, mark: Path) -> str:
    """Dies the first time, as from a chance kill."""
    if mark.exists():
        return "done"
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return "unreachable"


def wait_for_file(_: FaceEngine, started: Path, go: Path) -> int:
    started.touch()
    wait_until(go.exists)
    return os.getpid()


def hang(_: FaceEngine) -> None:
    threading.Event().wait()


def fail(_: FaceEngine) -> None:
    raise TimeoutError("the task's own")


def fragile_engine(mark: Path) -> FaceEngine:
    if mark.exists():
        raise ModelError("damaged")
    return FaceEngine()


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def one() -> Iterator[FacePool]:
    with FacePool(workers=1, time_limit=DEADLINE) as pool:
        yield pool


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


def test_worker_killed_while_idle_is_replaced(one: FacePool) -> None:
    (before,) = one.pids
    os.kill(before, signal.SIGKILL)
    after = one.submit(pid).result(DEADLINE)
    assert after != before
    assert one.pids == [after]


def test_photo_whose_worker_is_killed_once_is_tried_again(one: FacePool, tmp_path: Path) -> None:
    assert one.submit(die_unless_marked, tmp_path / "mark").result(DEADLINE) == "done"


def test_photo_that_kills_every_worker_is_given_up_and_the_next_one_read(one: FacePool) -> None:
    with pytest.raises(WorkerDied):
        one.submit(die).result(DEADLINE)
    assert one.submit(pid).result(DEADLINE) in one.pids


def test_worker_that_could_not_load_is_not_used(tmp_path: Path, hopper: bytes) -> None:
    """As when a package is upgraded under a running bot."""
    with FacePool(1, DEADLINE, partial(fragile_engine, tmp_path / "broken")) as pool:
        (tmp_path / "broken").touch()
        os.kill(pool.pids[0], signal.SIGKILL)
        with pytest.raises(ModelError):
            pool.submit(FaceEngine.read, hopper).result(DEADLINE)
        (tmp_path / "broken").unlink()
        assert len(pool.submit(FaceEngine.read, hopper).result(DEADLINE)) == 1


def test_neighbour_does_not_notice(tmp_path: Path) -> None:
    with FacePool(workers=2, time_limit=DEADLINE) as pool:
        busy = pool.submit(wait_for_file, tmp_path / "started", tmp_path / "go")
        wait_until((tmp_path / "started").exists)
        with pytest.raises(WorkerDied):
            pool.submit(die).result(DEADLINE)
        (tmp_path / "go").touch()
        assert busy.result(DEADLINE) in pool.pids


def test_hanging_worker_is_replaced(hopper: bytes) -> None:
    with FacePool(workers=1, time_limit=5) as pool:
        (before,) = pool.pids
        with pytest.raises(PhotoTimeout):
            pool.submit(hang).result(DEADLINE)
        wait_until(lambda: not alive(before))
        assert len(pool.submit(FaceEngine.read, hopper).result(DEADLINE)) == 1


def test_timeout_inside_a_task_is_the_tasks_own(one: FacePool) -> None:
    before = one.pids
    with pytest.raises(TimeoutError, match="the task's own"):
        one.submit(fail).result(DEADLINE)
    assert one.pids == before


def test_stop_ends_the_processes_and_what_waits(tmp_path: Path) -> None:
    pool = FacePool(workers=1, time_limit=DEADLINE)
    pool.start()
    (process,) = pool.pids
    busy = pool.submit(wait_for_file, tmp_path / "started", tmp_path / "go")
    wait_until((tmp_path / "started").exists)
    waiting = pool.submit(pid)
    pool.stop()
    with pytest.raises(WorkerDied):
        busy.result(DEADLINE)
    with pytest.raises(CancelledError):
        waiting.result(DEADLINE)
    with pytest.raises(RuntimeError, match="stopped"):
        pool.submit(pid)
    wait_until(lambda: not alive(process))


def test_workers_ignore_ctrl_c_and_sigterm(one: FacePool, hopper: bytes) -> None:
    """A terminal and systemd signal the whole group; a photo in hand is still finished."""
    (before,) = one.pids
    os.kill(before, signal.SIGINT)
    os.kill(before, signal.SIGTERM)
    assert len(one.submit(FaceEngine.read, hopper).result(DEADLINE)) == 1
    assert one.pids == [before]


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
