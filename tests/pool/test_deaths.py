"""startwin.face.pool: real processes, really killed."""

import gc
import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from startwin.errors import BadPhoto, WorkerDied
from startwin.face import FaceEngine, FacePool
from tests.conftest import DEADLINE, wait_until
from tests.pool.tasks import (
    bare,
    die,
    die_unless_marked,
    fail,
    fail_oddly,
    kill,
    pid,
    return_a_lock,
    slow,
    wait_for_file,
)


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
