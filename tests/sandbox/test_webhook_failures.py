"""Web hooks: what happens to an update that is not taken."""

import threading
import time

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.conftest import DEADLINE
from tests.sandbox.client import Bot
from tests.sandbox.hook_server import Answer, HookServer, info, stuck, wait, wait_until_taken


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (500, "Wrong response from the webhook: 500 Internal Server Error"),
        (404, "Wrong response from the webhook: 404 Not Found"),
        ((302, {"Location": "/elsewhere"}), "Wrong response from the webhook: 302 Found"),
        (None, "Connection closed"),
        ((200, {"Content-Length": "3"}), None),
    ],
)
def test_what_is_not_taken_comes_again_in_order(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer, answer: Answer, told: str | None
) -> None:
    sandbox.telegram.courier.time_limit = 0.2
    hook.behave = lambda _: answer if len(hook.pushes) <= 3 else 200
    bot.call("setWebhook", url=hook.url)
    ada.send_text("one")
    ada.send_text("two")
    wait_until_taken(sandbox)
    assert [push.text for push in hook.pushes] == ["one"] * 4 + ["two"]
    found = info(bot)
    assert found["last_error_message"] == (told or "Read timeout expired")
    assert 0 <= time.time() - found["last_error_date"] < DEADLINE
    bot.call("setWebhook", url=hook.url, max_connections=2)
    assert "last_error_date" not in info(bot)


@pytest.mark.parametrize("status", [201, 204])
def test_any_2xx_takes_it(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer, status: int
) -> None:
    hook.behave = lambda _: (status, {"Connection": "close"})
    bot.call("setWebhook", url=hook.url)
    ada.send_text("one")
    ada.send_text("two")
    wait_until_taken(sandbox)
    assert [push.text for push in hook.pushes] == ["one", "two"]
    assert len({push.connection for push in hook.pushes}) == 2


def test_no_answer_in_time_is_none(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer, gate: threading.Event
) -> None:
    sandbox.telegram.courier.time_limit = 0.1
    hook.behave = lambda push: stuck(gate)(push) if len(hook.pushes) == 1 else 200
    bot.call("setWebhook", url=hook.url)
    ada.send_text("patience")
    wait_until_taken(sandbox)
    assert len(hook.pushes) == 2
    assert info(bot)["last_error_message"] == "Read timeout expired"


def test_a_chat_in_trouble_holds_up_no_other(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer
) -> None:
    bob = sandbox.telegram.user("Bob")
    hook.behave = lambda push: 500 if push.update["message"]["chat"]["id"] == ada.id else 200
    bot.call("setWebhook", url=hook.url, max_connections=1)
    ada.send_text("never")
    bob.send_text("at once")
    wait(sandbox, lambda: len(sandbox.telegram.updates) == 1)
    bot.call("deleteWebhook")
    assert [u["message"]["text"] for u in bot.call("getUpdates")] == ["never"]


def test_retry_after_is_obeyed(sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer) -> None:
    hook.behave = lambda _: (503, {"Retry-After": "1"}) if len(hook.pushes) == 1 else 200
    bot.call("setWebhook", url=hook.url)
    ada.send_text("later")
    hook.wait(1)
    began = time.monotonic()
    hook.wait(2)
    assert time.monotonic() - began > 0.9
    wait_until_taken(sandbox)


def test_nobody_there_and_then_somebody(sandbox: Sandbox, bot: Bot, ada: Chat) -> None:
    status = sandbox.telegram.updates
    with HookServer().running() as first:
        pass
    bot.call("setWebhook", url=first.url)
    assert status.status == "online"
    ada.send_text("anybody?")
    wait(sandbox, lambda: status.status == "offline")
    assert info(bot)["last_error_message"] == "Connection refused"
    assert info(bot)["pending_update_count"] == 1
    with HookServer(port=first.port).running() as second:
        assert second.wait(1)[0].text == "anybody?"
        wait(sandbox, lambda: status.status == "online")
        wait_until_taken(sandbox)
        bot.call("deleteWebhook")
    assert status.status == "online"


def test_an_idle_connection_that_was_closed_costs_nothing(
    sandbox: Sandbox, bot: Bot, ada: Chat
) -> None:
    with HookServer().running() as first:
        bot.call("setWebhook", url=first.url)
        ada.send_text("one")
        wait_until_taken(sandbox)
    with HookServer(port=first.port).running() as second:
        ada.send_text("two")
        second.wait(1)
        wait_until_taken(sandbox)
    assert "last_error_date" not in info(bot)
