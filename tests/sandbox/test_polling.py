"""getUpdates: long polls, acknowledgement, redelivery, conflicts."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Answer, Bot
from tests.sandbox.pictures import jpeg


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def begin_poll(
    sandbox: Sandbox, bot: Bot, threads: ThreadPoolExecutor, **parameters: Any
) -> Future[Answer]:
    """A long poll that is waiting when this returns."""
    before = len(sandbox.telegram.calls("getUpdates"))
    poll = threads.submit(bot.answer, "getUpdates", timeout=20, **parameters)
    sandbox.telegram.wait_for_calls("getUpdates", before + 1, timeout=5)
    assert sandbox.telegram.bell.wait_for(lambda: len(sandbox.telegram.updates) == 0, timeout=5)
    return poll


def ids(updates: list[dict[str, Any]]) -> list[int]:
    return [update["update_id"] for update in updates]


def test_a_poll_without_updates_ends_empty_in_time(bot: Bot) -> None:
    began = time.monotonic()
    assert bot.call("getUpdates", timeout=1) == []
    assert 0.9 < time.monotonic() - began < 5


def test_a_waiting_poll_gets_the_message_at_once(
    sandbox: Sandbox, bot: Bot, ada: Chat, threads: ThreadPoolExecutor
) -> None:
    poll = begin_poll(sandbox, bot, threads)
    began = time.monotonic()
    ada.send_text("hello")
    [update] = poll.result(5).json["result"]
    assert time.monotonic() - began < 1
    assert update["message"]["text"] == "hello"


def test_update_ids_rise_by_one_from_no_small_number(bot: Bot, ada: Chat) -> None:
    for number in range(3):
        ada.send_text(f"{number}")
    first, *rest = ids(bot.call("getUpdates"))
    assert first > 1000
    assert rest == [first + 1, first + 2]


def test_chat_knows_the_updates_that_tell_of_its_messages(bot: Bot, ada: Chat) -> None:
    album = ada.send_album([jpeg(), jpeg()])
    told = {u["message"]["message_id"]: u["update_id"] for u in bot.call("getUpdates")}
    assert {m["message_id"]: ada.update_id(m["message_id"]) for m in album} == told
    ada.remove_bot()
    unheard = ada.send_text("still there?")
    with pytest.raises(KeyError):
        ada.update_id(unheard["message_id"])


def test_updates_come_again_until_acknowledged(bot: Bot, ada: Chat) -> None:
    ada.send_text("one")
    ada.send_text("two")
    first, second = ids(bot.call("getUpdates"))
    assert ids(bot.call("getUpdates")) == [first, second]
    assert ids(bot.call("getUpdates", offset=second)) == [second]
    assert ids(bot.call("getUpdates", offset=first)) == [second]
    assert bot.call("getUpdates", offset=second + 1) == []
    assert bot.call("getWebhookInfo")["pending_update_count"] == 0


def test_a_negative_offset_keeps_the_last_ones(bot: Bot, ada: Chat) -> None:
    for number in range(5):
        ada.send_text(f"{number}")
    everything = ids(bot.call("getUpdates"))
    assert ids(bot.call("getUpdates", offset=-2)) == everything[-2:]
    assert ids(bot.call("getUpdates")) == everything[-2:]
    assert ids(bot.call("getUpdates", offset=-100)) == everything[-2:]


def test_limit_is_held_between_1_and_100(bot: Bot, ada: Chat) -> None:
    for number in range(102):
        ada.send_text(f"{number}")
    assert len(bot.call("getUpdates")) == 100
    assert len(bot.call("getUpdates", limit=1000)) == 100
    assert len(bot.call("getUpdates", limit=7)) == 7
    assert len(bot.call("getUpdates", limit=-1)) == 1


def test_a_second_poll_ends_the_first(
    sandbox: Sandbox, bot: Bot, ada: Chat, threads: ThreadPoolExecutor
) -> None:
    first = begin_poll(sandbox, bot, threads)
    second = begin_poll(sandbox, bot, threads)
    ended = first.result(5)
    assert ended.status == 409
    assert ended.json == {
        "ok": False,
        "error_code": 409,
        "description": (
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        ),
    }
    ada.send_text("for the second")
    assert second.result(5).json["result"][0]["message"]["text"] == "for the second"


def test_allowed_updates_are_remembered(bot: Bot, ada: Chat) -> None:
    bot.call("getUpdates", allowed_updates=["callback_query"])
    ada.send_text("not wanted")
    assert bot.call("getUpdates") == []
    assert bot.call("getWebhookInfo")["allowed_updates"] == ["callback_query"]
    bot.call("getUpdates", allowed_updates=["message"])
    ada.send_text("wanted")
    bot.call("getUpdates", allowed_updates=[])
    ada.send_text("wanted by default")
    texts = [update["message"]["text"] for update in bot.call("getUpdates")]
    assert texts == ["wanted", "wanted by default"]


def test_delete_webhook_can_drop_what_is_pending(bot: Bot, ada: Chat) -> None:
    ada.send_text("old")
    assert bot.call("deleteWebhook") is True
    assert len(bot.call("getUpdates")) == 1
    assert bot.call("deleteWebhook", drop_pending_updates=True) is True
    assert bot.call("getUpdates") == []


def test_who_hangs_up_leaves_no_thread_waiting(sandbox: Sandbox, bot: Bot) -> None:
    host, _, port = sandbox.url.removeprefix("http://").partition(":")
    updates = sandbox.telegram.updates
    with socket.create_connection((host, int(port)), timeout=5) as client:
        path = f"/bot{sandbox.token}/getUpdates?timeout=50"
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        sandbox.telegram.wait_for_poll(5)
        assert updates.status == "online"
    assert sandbox.telegram.bell.wait_for(lambda: updates.status == "offline", timeout=5)
    assert bot.call("getMe")


def test_closing_ends_a_waiting_poll(threads: ThreadPoolExecutor) -> None:
    with Sandbox() as sandbox:
        poll = threads.submit(Bot(sandbox).answer, "getUpdates", timeout=50)
        sandbox.telegram.wait_for_poll(5)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert poll.exception(5) is not None or poll.result().json["result"] == []


def test_wait_for_poll_says_that_none_came(sandbox: Sandbox) -> None:
    with pytest.raises(TimeoutError, match="getUpdates"):
        sandbox.telegram.wait_for_poll(0.01)
