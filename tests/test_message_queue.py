"""startwin.chat.wire.message_queue: limits, order and retries with real threads."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial

import pytest

from startwin.chat.wire import message_queue
from startwin.chat.wire.limits import Rate
from startwin.chat.wire.message_queue import MessageQueue
from startwin.chat.wire.outcome import Dropped, Left, NotYet
from tests.conftest import wait_until

DEADLINE = 30
FAST = Rate(10_000, 1.0, burst=10_000)


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
        with pytest.raises(Left):
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
    assert isinstance(refused.exception(0), Left)


def test_quiet_chats_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_queue, "CHATS_KEPT", 10)
    monkeypatch.setattr(message_queue, "TIDY_EVERY", 0)
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
    assert all(isinstance(outcome.exception(0), Dropped) for outcome in waiting)
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


def test_send_that_is_not_yet_possible_is_called_again_before_its_chats_others(
    queue: MessageQueue,
) -> None:
    sent: list[str] = []

    def send() -> str:
        sent.append("first")
        if len(sent) < 3:
            raise NotYet(0.01)
        return "there"

    first = queue.put(1, send)
    second = queue.put(1, partial(sent.append, "second"))
    assert first.result(DEADLINE) == "there"
    second.result(DEADLINE)
    assert sent == ["first", "first", "first", "second"]
    assert queue.stop(DEADLINE) == 0


def test_what_waits_to_be_sent_again_keeps_no_other_chat_up(queue: MessageQueue) -> None:
    def never() -> None:
        raise NotYet(3600, told=True)

    held = queue.put(1, never)
    more = [queue.put(2, lambda: "sent") for _ in range(3)]
    assert [each.result(DEADLINE) for each in more] == ["sent"] * 3
    assert queue.stop(0) == 1
    assert isinstance(held.exception(DEADLINE), Left)


def test_flood_that_telegram_sees_in_two_chats_holds_all(queue: MessageQueue) -> None:
    def told() -> None:
        raise NotYet(3600, told=True)

    for chat in (1, 2):
        queue.put(chat, told)
        wait_until(lambda chat=chat: queue._last_told[0] == chat)  # type: ignore[misc]
    third = queue.put(3, lambda: "held")
    assert queue.stop(0.1) == 3
    assert isinstance(third.exception(DEADLINE), Left)


def test_send_that_is_left_in_the_middle_is_left(queue: MessageQueue) -> None:
    gate, begun = threading.Event(), threading.Event()

    def send() -> None:
        begun.set()
        gate.wait(DEADLINE)
        raise NotYet(0)

    under_way = queue.put(1, send)
    assert begun.wait(DEADLINE)
    assert queue.stop(0) == 1
    gate.set()
    assert isinstance(under_way.exception(DEADLINE), Left)


def test_group_has_a_limit_of_its_own() -> None:
    with MessageQueue(FAST, FAST, one_group=Rate(2, 3600)) as queue:
        in_group = [queue.put(-7, lambda: "sent") for _ in range(3)]
        other_group = [queue.put(-8, lambda: "sent") for _ in range(2)]
        to_a_person = [queue.put(7, lambda: "sent") for _ in range(3)]
        for sent in (*in_group[:2], *other_group, *to_a_person):
            assert sent.result(DEADLINE) == "sent"
        assert queue.stop(0) == 1
        assert isinstance(in_group[2].exception(DEADLINE), Left)


def test_limit_holds_with_slow_sends() -> None:
    """As many go as the limit allows, though each takes far longer than the limit's interval."""
    gate, under_way = threading.Event(), threading.Semaphore(0)

    def send() -> bool:
        under_way.release()
        return gate.wait(DEADLINE)

    with MessageQueue(Rate(1000, 1.0), FAST) as queue:
        outcomes = [queue.put(chat, send) for chat in range(40)]
        for _ in outcomes:
            assert under_way.acquire(timeout=DEADLINE)
        gate.set()
        assert all(outcome.result(DEADLINE) for outcome in outcomes)


def test_queue_that_was_quiet_for_long_is_alive_when_something_comes() -> None:
    """What is put after a pause is due now, not since the pause began."""
    with MessageQueue(FAST, FAST) as queue:
        looking = threading.Event()
        ill: list[bool] = []

        def look() -> None:
            while not looking.is_set():
                ill.append(not queue.is_alive())

        looker = threading.Thread(target=look)
        looker.start()
        for chat in range(300):
            queue.put(chat, lambda: None).result(DEADLINE)
        looking.set()
        looker.join()
        assert not any(ill)


def test_chat_that_was_quiet_is_due_from_now_on() -> None:
    """Else it would go before all who have waited for their time."""
    with MessageQueue(Rate(1, 3600.0), FAST) as queue:
        queue.put(1, lambda: None).result(DEADLINE)
        before = time.monotonic()
        queue.put(2, lambda: None)
        assert queue._due[0][0] >= before
