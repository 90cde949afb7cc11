"""startwin.chat.wire.poller: against the sandbox, over HTTP."""

import sqlite3
import threading
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest
from telegram import Bot

from startwin.chat.wire import poller as pollers
from startwin.chat.wire.poller import Poller
from startwin.errors import TelegramRefusal
from startwin.sandbox import Sandbox
from tests.conftest import DEADLINE


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


class Polling:
    """A poller at work, and what it hands out."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.updates: Queue[dict[str, Any]] = Queue()
        self.troubles: list[Exception] = []
        self.has_room = True
        self.ended = threading.Event()
        self.bot = Bot(sandbox.token, base_url=f"{sandbox.url}/bot")
        self.poller = Poller(
            self.bot, self._receive, lambda: self.has_room, 1, DEADLINE, self.ended.set
        )
        self.poller.start()

    def _receive(self, updates: list[dict[str, Any]]) -> None:
        if self.troubles:
            raise self.troubles.pop()
        for update in updates:
            self.updates.put(update)

    def stop(self) -> None:
        self.poller.stop()
        assert self.ended.wait(DEADLINE)
        self.bot.request.stop()

    def texts(self, count: int) -> list[Any]:
        updates = [self.updates.get(timeout=DEADLINE) for _ in range(count)]
        return [update["message"]["text"] for update in updates]


@pytest.fixture
def polling(sandbox: Sandbox) -> Iterator[Polling]:
    polling = Polling(sandbox)
    yield polling
    polling.stop()


def test_updates_come_once_and_in_order(sandbox: Sandbox, polling: Polling) -> None:
    chat = sandbox.telegram.user("Ada")
    for number in range(250):  # more than one getUpdates carries
        chat.send_text(f"text {number}")
    assert polling.texts(250) == [f"text {number}" for number in range(250)]
    chat.send_text("last")
    assert polling.texts(1) == ["last"]


def test_says_each_time_which_updates_it_wants(sandbox: Sandbox, polling: Polling) -> None:
    sandbox.telegram.user("Ada").send_text("one")
    polling.texts(1)
    asked = '["message","callback_query","my_chat_member"]'
    for call in sandbox.telegram.wait_for_calls("getUpdates", 2, DEADLINE):
        assert call.parameters["allowed_updates"] == asked


def test_what_was_not_handed_out_comes_again(sandbox: Sandbox) -> None:
    first = Polling(sandbox)
    sandbox.telegram.wait_for_poll(DEADLINE)
    first.poller.stop()
    sandbox.telegram.user("Ada").send_text("after the stop")
    first.stop()
    assert first.updates.empty()
    second = Polling(sandbox)
    assert second.texts(1) == ["after the stop"]
    second.stop()


def test_errors_are_got_over(sandbox: Sandbox, polling: Polling) -> None:
    for status in (500, 409, 400):
        sandbox.faults.add(method="getUpdates", status=status)
    chat = sandbox.telegram.user("Ada")
    chat.send_text("wakes the long poll")
    chat.send_text("and goes on")
    assert polling.texts(2) == ["wakes the long poll", "and goes on"]
    assert not polling.ended.is_set()


def test_revoked_token_ends_it(sandbox: Sandbox, polling: Polling) -> None:
    sandbox.faults.add(method="getUpdates", status=401, description="Unauthorized")
    sandbox.telegram.user("Ada").send_text("wakes the long poll")
    assert polling.ended.wait(DEADLINE)
    assert isinstance(polling.poller.failure, TelegramRefusal)
    assert "revoked" in str(polling.poller.failure)


def test_another_poller_ends_it_when_patience_is_over(
    sandbox: Sandbox, polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pollers, "CONFLICT_PATIENCE", 0.1)
    sandbox.faults.add(method="getUpdates", status=409, description="Conflict", times=10)
    sandbox.telegram.user("Ada").send_text("wakes the long poll")
    assert polling.ended.wait(DEADLINE)
    assert "another program polls with the same TELEGRAM_TOKEN" in str(polling.poller.failure)


def test_what_could_not_be_stored_comes_again(sandbox: Sandbox, polling: Polling) -> None:
    polling.troubles = [sqlite3.OperationalError("database or disk is full") for _ in range(2)]
    sandbox.telegram.user("Ada").send_text("stored")
    assert polling.texts(1) == ["stored"]
    assert not polling.troubles
    sandbox.telegram.user("Ada").send_text("last")
    assert polling.texts(1) == ["last"]


def test_unforeseen_trouble_ends_it(sandbox: Sandbox, polling: Polling) -> None:
    polling.troubles = [RuntimeError("nobody knows")]
    sandbox.telegram.user("Ada").send_text("one")
    assert polling.ended.wait(DEADLINE)
    assert isinstance(polling.poller.failure, RuntimeError)


def test_nothing_is_fetched_while_there_is_no_room(sandbox: Sandbox, polling: Polling) -> None:
    sandbox.telegram.wait_for_poll(DEADLINE)
    polling.has_room = False
    chat = sandbox.telegram.user("Ada")
    chat.send_text("wakes the long poll")
    assert polling.texts(1) == ["wakes the long poll"]
    chat.send_text("waits at Telegram")
    polled = len(sandbox.telegram.calls("getUpdates"))
    polling.has_room = True
    assert polling.texts(1) == ["waits at Telegram"]
    assert len(sandbox.telegram.calls("getUpdates")) > polled


@pytest.mark.parametrize("answer", [None, {}, [None], [{"message": {}}], [{"update_id": "x"}], 7])
def test_answer_that_makes_no_sense_is_got_over(
    answer: object, sandbox: Sandbox, polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_post, nonsense = Bot._post, [answer]

    def post(bot: Bot, *args: Any, **kwargs: Any) -> Any:
        return nonsense.pop() if nonsense else true_post(bot, *args, **kwargs)

    monkeypatch.setattr(Bot, "_post", post)
    sandbox.telegram.user("Ada").send_text("goes on")
    assert polling.texts(1) == ["goes on"]


def test_proxy_that_forbids_is_no_revoked_token(sandbox: Sandbox, polling: Polling) -> None:
    sandbox.faults.add(method="getUpdates", status=403, description="Forbidden")
    sandbox.telegram.user("Ada").send_text("goes on")
    assert polling.texts(1) == ["goes on"]
