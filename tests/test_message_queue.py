"""startwin.chat.message_queue: the limits as arithmetic, the order with real threads."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from functools import partial
from itertools import pairwise

import pytest

from startwin.chat import message_queue
from startwin.chat.message_queue import ALL_CHATS, ONE_CHAT, Limit, MessageQueue, Rate

DEADLINE = 30
FAST = Rate(10_000, 1.0, burst=10_000)


def send_times(rate: Rate, messages: int, now: float = 100.0) -> list[float]:
    """When messages go that are all there from the beginning."""
    limit, times = Limit(rate), []
    for _ in range(messages):
        now = max(now, limit.free_at())
        limit.take(now)
        times.append(now - 100.0)
    return times


def test_all_chats_are_evenly_spaced_at_30_a_second() -> None:
    times = send_times(ALL_CHATS, 61)
    assert times[-1] == pytest.approx(2.0)
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == pytest.approx([1 / 30] * 60)


def test_one_chat_gets_a_short_burst_and_then_one_a_second() -> None:
    assert send_times(ONE_CHAT, 6) == pytest.approx([0, 0, 0, 1, 2, 3])


def test_burst_of_one_is_even_spacing() -> None:
    assert send_times(Rate(1, 2.0, burst=1), 3) == pytest.approx([0, 2, 4])


def test_burst_comes_back_after_a_pause() -> None:
    limit = Limit(ONE_CHAT)
    for _ in range(3):
        limit.take(100.0)
    assert limit.free_at() == pytest.approx(101.0)
    assert not limit.is_fresh(102.9)
    assert limit.is_fresh(103.0)
    assert limit.free_at() <= 101.0


@pytest.fixture
def queue() -> Iterator[MessageQueue]:
    with MessageQueue(FAST, FAST) as queue:
        yield queue


def test_outcome_is_what_send_returns_or_raises(queue: MessageQueue) -> None:
    def fail() -> None:
        raise ConnectionError("refused")

    assert queue.put(1, lambda: "message").result(DEADLINE) == "message"
    with pytest.raises(ConnectionError, match="refused"):
        queue.put(1, fail).result(DEADLINE)
    assert queue.put(1, lambda: "goes on").result(DEADLINE) == "goes on"


def test_chat_keeps_its_order_one_at_a_time(queue: MessageQueue) -> None:
    sent: list[int] = []
    under_way = threading.Semaphore(1)

    def send(number: int) -> None:
        assert under_way.acquire(blocking=False), "two at a time"
        sent.append(number)
        under_way.release()

    outcomes = [queue.put(1, partial(send, number)) for number in range(200)]
    for outcome in outcomes:
        outcome.result(DEADLINE)
    assert sent == list(range(200))


def test_slow_send_delays_only_its_own_chat(queue: MessageQueue) -> None:
    release = threading.Event()
    slow = queue.put(1, lambda: release.wait(DEADLINE))
    behind = queue.put(1, lambda: "behind")
    others = [queue.put(chat, lambda: "sent") for chat in range(2, 40)]
    assert [other.result(DEADLINE) for other in others] == ["sent"] * 38
    assert not slow.done()
    assert not behind.done()
    release.set()
    assert behind.result(DEADLINE) == "behind"


def test_waiting_chat_does_not_hold_up_others() -> None:
    with MessageQueue(FAST, Rate(1, 3600.0, burst=1)) as queue:
        assert queue.put(1, lambda: "first").result(DEADLINE) == "first"
        late = queue.put(1, lambda: "an hour later")
        assert queue.put(2, lambda: "at once").result(DEADLINE) == "at once"
        assert not late.done()
        assert queue.stop(0) == 1
        with pytest.raises(CancelledError):
            late.result(DEADLINE)


def test_limit_of_all_chats_holds_over_chats() -> None:
    with MessageQueue(Rate(1, 3600.0, burst=2), FAST) as queue:
        outcomes = [queue.put(chat, lambda: "sent") for chat in (1, 2, 3)]
        assert [o.result(DEADLINE) for o in outcomes[:2]] == ["sent"] * 2
        assert not outcomes[2].done()


def test_stop_sends_what_is_waiting_first() -> None:
    gate = threading.Event()
    with MessageQueue(FAST, FAST) as queue:
        outcomes = [queue.put(1, lambda: gate.wait(DEADLINE))]
        outcomes += [queue.put(1, lambda: True) for _ in range(20)]
        gate.set()
        assert queue.stop(DEADLINE) == 0
        assert all(outcome.result(0) for outcome in outcomes)


def test_nothing_goes_after_stop(queue: MessageQueue) -> None:
    queue.stop(0)
    refused: Future[str] = queue.put(1, lambda: "late")
    assert refused.cancelled()


def test_quiet_chats_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_queue, "CHATS_KEPT", 10)
    with MessageQueue(FAST, Rate(1, 1e-6)) as queue:
        for chat in range(200):
            queue.put(chat, lambda: None).result(DEADLINE)
        queue.put(-1, lambda: None).result(DEADLINE)
        assert len(queue._chats) < 50


def test_what_waits_for_a_chat_can_be_dropped(queue: MessageQueue) -> None:
    begun, gate = threading.Event(), threading.Event()

    def send() -> bool:
        begun.set()
        return gate.wait(DEADLINE)

    under_way = queue.put(1, send)
    assert begun.wait(DEADLINE)
    waiting = [queue.put(1, lambda: "never") for _ in range(3)]
    queue.drop(1)
    queue.drop(2)  # where nothing waits
    assert all(outcome.cancelled() for outcome in waiting)
    gate.set()
    assert under_way.result(DEADLINE)
    assert queue.put(1, lambda: "again").result(DEADLINE) == "again"
    assert queue.stop(DEADLINE) == 0


def test_chat_keeps_its_order_after_a_drop() -> None:
    """What was due was dropped before its time; what follows is not sent two at a time."""
    sent: list[int] = []
    with MessageQueue(Rate(1, 0.05), FAST) as queue:
        queue.put(2, lambda: None)
        for _ in range(3):
            queue.put(1, lambda: None)
            queue.drop(1)
        outcomes = [queue.put(1, partial(sent.append, number)) for number in range(5)]
        for outcome in outcomes:
            outcome.result(DEADLINE)
    assert sent == list(range(5))
