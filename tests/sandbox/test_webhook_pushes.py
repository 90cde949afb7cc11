"""Web hooks: what is pushed, and what ends it."""

import threading

import pytest
from aiogram.types import Update

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot
from tests.sandbox.hook_server import HookServer, info, stuck, wait_until_taken
from tests.sandbox.test_types import check


def test_an_update_is_pushed_and_forgotten(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer
) -> None:
    ada.send_text("sent before")
    bot.call("setWebhook", url=f"{hook.url}?a=b", secret_token="a_Secret-1")
    ada.send_text("Grüße 😀")
    first, second = hook.wait(2)
    wait_until_taken(sandbox)
    assert (first.text, second.text) == ("sent before", "Grüße 😀")
    assert check(Update, second.update).update_id == first.update["update_id"] + 1
    assert second.path == "/hook?a=b"
    assert second.headers["X-Telegram-Bot-Api-Secret-Token"] == "a_Secret-1"
    assert second.headers["Content-Type"] == "application/json"
    assert second.headers["Host"] == "127.0.0.1"
    bot.call("deleteWebhook")
    assert bot.call("getUpdates") == []


def test_without_a_secret_no_header(bot: Bot, ada: Chat, hook: HookServer) -> None:
    bot.call("setWebhook", url=hook.url)
    ada.send_text("hello")
    assert "X-Telegram-Bot-Api-Secret-Token" not in hook.wait(1)[0].headers


def test_a_user_in_the_address_is_basic_authorization(
    bot: Bot, ada: Chat, hook: HookServer
) -> None:
    bot.call("setWebhook", url=hook.url.replace("//", "//ada:l%40ve@"))
    ada.send_text("hello")
    assert hook.wait(1)[0].headers["Authorization"] == "Basic YWRhOmxAdmU="


def test_allowed_updates_hold(bot: Bot, ada: Chat, hook: HookServer) -> None:
    bot.call("setWebhook", url=hook.url, allowed_updates=["callback_query"])
    ada.send_text("not wanted")
    bot.call("setWebhook", url=hook.url, allowed_updates=["message"])
    ada.send_text("wanted")
    assert hook.wait(1)[0].text == "wanted"


@pytest.mark.parametrize("method", ["setWebhook", "deleteWebhook"])
def test_pending_updates_can_be_dropped(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer, method: str
) -> None:
    hook.behave = lambda _: 500
    bot.call("setWebhook", url=hook.url)
    ada.send_text("old")
    hook.wait(2)
    bot.call(method, url=hook.url, drop_pending_updates=True)
    assert info(bot)["pending_update_count"] == 0
    hook.behave = lambda _: 200
    bot.call("setWebhook", url=hook.url)
    ada.send_text("new")
    wait_until_taken(sandbox)
    assert hook.pushes[-1].text == "new"


def test_one_connection_serves_one_after_another(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer
) -> None:
    bot.call("setWebhook", url=hook.url)
    for number in range(20):
        ada.send_text(f"{number}")
    wait_until_taken(sandbox)
    assert [push.text for push in hook.pushes] == [f"{number}" for number in range(20)]
    assert len({push.connection for push in hook.pushes}) == 1


def test_chats_go_side_by_side_up_to_the_limit(
    sandbox: Sandbox, bot: Bot, hook: HookServer, gate: threading.Event
) -> None:
    hook.behave = stuck(gate)
    bot.call("setWebhook", url=hook.url, max_connections=3)
    people = [sandbox.telegram.user(f"Person {number}") for number in range(5)]
    for number in range(2):
        for person in people:
            person.send_text(f"{number}")
    under_way = hook.wait(3)
    assert len({push.update["message"]["chat"]["id"] for push in under_way}) == 3
    assert len({push.connection for push in under_way}) == 3
    gate.set()
    wait_until_taken(sandbox)
    assert len({push.connection for push in hook.pushes}) == 3
    for person in people:
        said = [p.text for p in hook.pushes if p.update["message"]["chat"]["id"] == person.id]
        assert said == ["0", "1"]


def test_a_press_may_overtake_a_message(
    bot: Bot, ada: Chat, hook: HookServer, gate: threading.Event
) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    sent = bot.call("sendMessage", chat_id=ada.id, text="x", reply_markup=markup)
    hook.behave = lambda push: stuck(gate)(push) if "message" in push.update else 200
    bot.call("setWebhook", url=hook.url)
    ada.send_text("slow")
    hook.wait(1)
    ada.press(sent["message_id"], "a")
    assert check(Update, hook.wait(2)[1].update).event_type == "callback_query"


def test_deleting_cuts_what_is_under_way(
    bot: Bot, ada: Chat, hook: HookServer, gate: threading.Event
) -> None:
    hook.behave = stuck(gate)
    bot.call("setWebhook", url=hook.url)
    ada.send_text("who has it?")
    hook.wait(1)
    bot.call("deleteWebhook")
    gate.set()
    assert [u["message"]["text"] for u in bot.call("getUpdates")] == ["who has it?"]


def test_the_same_again_cuts_nothing(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer, gate: threading.Event
) -> None:
    hook.behave = stuck(gate)
    bot.call("setWebhook", url=hook.url, secret_token="s")
    ada.send_text("once")
    hook.wait(1)
    bot.call("setWebhook", url=hook.url, secret_token="s")
    gate.set()
    wait_until_taken(sandbox)
    assert len(hook.pushes) == 1


def test_closing_ends_the_threads_and_starting_goes_on(
    sandbox: Sandbox, bot: Bot, ada: Chat, hook: HookServer, gate: threading.Event
) -> None:
    hook.behave = stuck(gate)
    bot.call("setWebhook", url=hook.url)
    ada.send_text("under way")
    hook.wait(1)
    sandbox.close()
    assert [t.name for t in threading.enumerate() if t.name.startswith("sandbox")] == []
    ada.send_text("meanwhile")
    gate.set()
    sandbox.start()
    wait_until_taken(sandbox)
    assert [push.text for push in hook.pushes] == ["under way", "under way", "meanwhile"]
