"""startwin.chat.wire.retries: pauses between tries."""

import pytest
from telegram.error import NetworkError, RetryAfter

from startwin.chat.wire.retries import LONGEST_PAUSE, Retries, pause


def test_pauses_double_to_a_limit_and_are_scattered() -> None:
    for tries, longest in ((1, 1), (2, 2), (5, 16), (9, LONGEST_PAUSE), (2000, LONGEST_PAUSE)):
        pauses = [pause(tries) for _ in range(200)]
        assert longest / 2 <= min(pauses)
        assert max(pauses) <= longest
        assert max(pauses) - min(pauses) > longest / 4


def test_pauses_start_over_after_a_success() -> None:
    retries = Retries("test")
    for _ in range(9):
        last = retries.failed(NetworkError("refused"))
    assert last >= LONGEST_PAUSE / 2
    retries.succeeded()
    assert retries.failed(NetworkError("refused")) <= 1


@pytest.mark.parametrize(("told", "waited"), [(17, 17), (10**12, 3600)])
def test_telegrams_own_pause_is_kept(told: int, waited: int) -> None:
    assert Retries("test").failed(RetryAfter(told)) == waited
