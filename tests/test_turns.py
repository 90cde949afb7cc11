"""startwin.chat.turns: in order for each user, side by side for all."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial

import pytest

from startwin.chat import turns as turn_taking
from startwin.chat.turns import MOST_WAITING, Turn, Turns
from tests.conftest import DEADLINE, wait_until


@pytest.fixture
def turns() -> Iterator[Turns]:
    turns = Turns(threads=2)
    yield turns
    turns.stop(0)


def wait(event: threading.Event) -> None:
    assert event.wait(DEADLINE)


def test_one_users_jobs_are_done_in_order_one_at_a_time(turns: Turns) -> None:
    done: list[int] = []
    under_way = threading.Semaphore()

    def job(number: int) -> None:
        assert under_way.acquire(blocking=False)
        done.append(number)
        under_way.release()

    for number in range(MOST_WAITING):
        assert turns.take(1, partial(job, number)) is Turn.TAKEN
    assert turns.stop(DEADLINE) == 0
    assert done == list(range(MOST_WAITING))


def test_flood_of_one_delays_no_other(turns: Turns) -> None:
    gate, other = threading.Event(), threading.Event()
    for _ in range(MOST_WAITING):
        turns.take(1, partial(wait, gate))
    turns.take(2, other.set)
    wait(other)
    gate.set()


def test_what_does_not_fit_is_refused_and_told_once_a_burst(turns: Turns) -> None:
    for _ in range(2):
        gate, last = threading.Event(), threading.Event()
        taken = [turns.take(1, partial(wait, gate)) for _ in range(MOST_WAITING - 1)]
        taken.append(turns.take(1, last.set))
        assert set(taken) == {Turn.TAKEN}
        refused = [turns.take(1, gate.set) for _ in range(3)]
        assert refused == [Turn.REFUSED, Turn.REFUSED_AGAIN, Turn.REFUSED_AGAIN]
        gate.set()
        wait(last)
        wait_until(lambda: not turns._lines)  # the last job's line is cleared just after it


def test_what_is_too_much_for_all_together_is_refused(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_taking, "MOST_IN_ALL", 2)
    gate = threading.Event()
    taken = [turns.take(user, partial(wait, gate)) for user in (1, 2, 3, 1)]
    assert taken == [Turn.TAKEN, Turn.TAKEN, Turn.OVERLOADED, Turn.OVERLOADED]
    gate.set()
    wait_until(lambda: not turns._lines)
    assert turns.take(3, lambda: None) is Turn.TAKEN


def test_turn_lasts_until_the_answer_is_sent(turns: Turns) -> None:
    sent: Future[None] = Future()
    second = threading.Event()
    turns.take(1, lambda: sent)
    turns.take(1, second.set)
    other = threading.Event()
    turns.take(2, other.set)
    wait(other)  # no thread is kept up
    assert not second.is_set()
    sent.set_result(None)
    wait(second)


def test_job_that_fails_keeps_nobody_up(turns: Turns) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    done = threading.Event()
    turns.take(1, fail)
    turns.take(1, done.set)
    wait(done)


def test_stop_waits_for_what_was_taken_but_not_for_ever(turns: Turns) -> None:
    gate = threading.Event()
    turns.take(1, partial(wait, gate))
    turns.take(1, partial(wait, gate))
    turns.take(2, partial(wait, gate))
    assert turns.stop(0.01) == 2
    gate.set()


def test_nothing_is_begun_after_the_stop(turns: Turns) -> None:
    turns.stop(0)
    assert turns.take(1, lambda: None) is Turn.STOPPED
