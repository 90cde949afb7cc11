"""startwin.chat.wire.limits: when a message may go, as arithmetic."""

from itertools import pairwise

import pytest

from startwin.chat.wire.limits import Limit, Rate, Window
from startwin.chat.wire.message_queue import ALL_CHATS, ONE_CHAT, ONE_GROUP


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


def test_group_gets_twenty_in_any_minute() -> None:
    window, now, times = Window(ONE_GROUP), 100.0, list[float]()
    for _ in range(65):
        now = max(now + 0.5, window.free_at())
        window.take(now)
        times.append(now)
    assert times[19] == pytest.approx(110.0)
    assert all(later - first >= 60 for first, later in zip(times, times[20:], strict=False))
    assert not window.is_fresh(now + 59)
    assert window.is_fresh(now + 60)
