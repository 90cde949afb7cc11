"""startwin.face.jobs: who gets which job."""

from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from startwin.face.jobs import Job, JobQueue
from tests.conftest import DEADLINE, wait_until


def job() -> Job:
    return Job(print, (), {})


def able() -> bool:
    return True


class Taker:
    """Able until it is broken; tells how often it was asked."""

    def __init__(self) -> None:
        self.is_broken = False
        self.asked = 0

    def is_able(self) -> bool:
        self.asked += 1
        return not self.is_broken


def test_what_was_put_back_comes_first() -> None:
    queue = JobQueue()
    first, second = job(), job()
    queue.put(first)
    queue.put(second)
    assert queue.take(able) is first
    queue.put_back(first)
    assert queue.take(able) is first
    assert queue.take(able) is second


def test_cancelled_job_is_passed_over() -> None:
    queue = JobQueue()
    cancelled, wanted = job(), job()
    queue.put(cancelled)
    queue.put(wanted)
    assert cancelled.result.cancel()
    assert queue.take(able) is wanted


def test_taker_that_became_unable_leaves_the_job_to_the_next() -> None:
    queue = JobQueue()
    first, second = Taker(), Taker()
    with ThreadPoolExecutor(2) as takers:
        unable = takers.submit(queue.take, first.is_able)
        wait_until(lambda: first.asked)
        other = takers.submit(queue.take, second.is_able)
        wait_until(lambda: second.asked)
        first.is_broken = True
        queue.put(there := job())  # which wakes the one that has waited longest
        assert unable.result(DEADLINE) is None
        assert other.result(DEADLINE) is there


def test_closing_ends_what_waits() -> None:
    queue = JobQueue()
    begun, waiting = job(), job()
    queue.put(begun)
    queue.take(able)
    queue.put(waiting)
    queue.close()
    assert waiting.result.cancelled()
    queue.put_back(begun)
    with pytest.raises(CancelledError):
        begun.result.result(0)
    assert queue.take(able) is None
    late = job()
    queue.put(late)
    assert late.result.cancelled()
