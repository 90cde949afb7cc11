"""Buttons: pressed by people, answered by the bot."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from startwin.sandbox.queries import Toast
from tests.sandbox.client import Answer, Bot, fetch, multipart
from tests.sandbox.pictures import jpeg

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "◀", "callback_data": "page:1"}, {"text": "▶", "callback_data": "page:3"}],
        [{"text": "Who?", "url": "https://example.org/who"}],
    ]
}


@pytest.fixture
def answered(bot: Bot, ada: Chat) -> dict[str, Any]:
    """The bot's photo with buttons, in reply to Ada's."""
    question = ada.send_photo(jpeg())
    bot.call("getUpdates", offset=bot.call("getUpdates")[-1]["update_id"] + 1)
    sent: dict[str, Any] = bot.call(
        "sendPhoto",
        chat_id=ada.id,
        photo=jpeg(),
        reply_to_message_id=question["message_id"],
        reply_markup=KEYBOARD,
    )
    return sent


def test_a_press_is_a_callback_query(bot: Bot, ada: Chat, answered: dict[str, Any]) -> None:
    ada.press(answered["message_id"], "page:3")
    ada.press(answered["message_id"], "◀")
    first, second = (update["callback_query"] for update in bot.call("getUpdates"))
    assert first["message"] == answered
    assert first["message"]["reply_to_message"]["photo"]
    assert first["from"]["id"] == ada.id
    assert (first["data"], second["data"]) == ("page:3", "page:1")
    assert first["id"] != second["id"]
    assert first["chat_instance"] == second["chat_instance"]


def test_the_answer_reaches_who_pressed(bot: Bot, ada: Chat, answered: dict[str, Any]) -> None:
    press = ada.press(answered["message_id"], "▶")
    with pytest.raises(TimeoutError, match="did not answer"):
        press.wait(0.01)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(press.wait, 5)
        call = {"callback_query_id": press.id, "text": "No more", "show_alert": True}
        assert bot.call("answerCallbackQuery", **call) is True
        assert waiting.result(5) == Toast("No more", alert=True)


def test_an_answer_without_words(bot: Bot, ada: Chat, answered: dict[str, Any]) -> None:
    press = ada.press(answered["message_id"], "▶")
    bot.call("answerCallbackQuery", callback_query_id=press.id)
    assert press.wait(5) == Toast("", alert=False)


def test_unknown_and_old_queries(bot: Bot, ada: Chat, answered: dict[str, Any]) -> None:
    assert bot.refusal("answerCallbackQuery", callback_query_id="1") == TOO_OLD
    assert bot.refusal("answerCallbackQuery") == TOO_OLD
    press = ada.press(answered["message_id"], "▶")
    press.expire()
    assert bot.refusal("answerCallbackQuery", callback_query_id=press.id) == TOO_OLD


def test_a_long_answer_is_refused(bot: Bot, ada: Chat, answered: dict[str, Any]) -> None:
    press = ada.press(answered["message_id"], "▶")
    call = {"callback_query_id": press.id, "text": "x" * 201}
    assert bot.refusal("answerCallbackQuery", **call) == "Bad Request: MESSAGE_TOO_LONG"


def test_what_cannot_be_pressed(bot: Bot, ada: Chat, answered: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="page:1"):
        ada.press(answered["message_id"], "Who?")
    with pytest.raises(ValueError, match="There is no message 99"):
        ada.press(99, "page:1")
    assert bot.call("getUpdates") == []


def test_a_deleted_question_is_not_quoted(bot: Bot, ada: Chat, answered: dict[str, Any]) -> None:
    ada.delete(answered["reply_to_message"]["message_id"])
    ada.press(answered["message_id"], "▶")
    [update] = bot.call("getUpdates")
    assert "reply_to_message" not in update["callback_query"]["message"]


@pytest.mark.parametrize(
    "button",
    [
        {"text": "x", "url": "no address"},
        {"text": "x", "url": "javascript:alert(1)"},
        {"text": "x", "url": "https://example.org", "callback_data": "x"},
        {"text": "x", "callback_data": ""},
        {"text": "x", "callback_data": "x" * 65},
    ],
)
def test_buttons_that_telegram_refuses(bot: Bot, ada: Chat, button: dict[str, str]) -> None:
    markup = {"inline_keyboard": [[button]]}
    bot.refusal("sendMessage", chat_id=ada.id, text="x", reply_markup=markup)


def test_64_bytes_of_data_and_no_rows(bot: Bot, ada: Chat) -> None:
    button = {"text": "x", "callback_data": "é" * 32}
    full = {"inline_keyboard": [[button]]}
    assert bot.call("sendMessage", chat_id=ada.id, text="x", reply_markup=full)["reply_markup"]
    none = bot.call("sendMessage", chat_id=ada.id, text="x", reply_markup={"inline_keyboard": []})
    assert "reply_markup" not in none


def page_press(sandbox: Sandbox, **fields: str) -> Answer:
    body, content_type = multipart(fields, {})
    return fetch(f"{sandbox.url}/chat/presses", body, {"Content-Type": content_type})


def test_the_page_presses_too(sandbox: Sandbox, bot: Bot) -> None:
    me = sandbox.telegram.page_chat
    sent = bot.call("sendMessage", chat_id=me.id, text="x", reply_markup=KEYBOARD)
    fields = {"message_id": str(sent["message_id"]), "data": "page:3", "language": "ru"}
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(page_press, sandbox, **fields)
        [update] = bot.call("getUpdates", timeout=5)
        query = update["callback_query"]
        assert query["from"]["language_code"] == "ru"
        bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Done")
        assert waiting.result(5).json == {"answered": True, "text": "Done", "alert": False}
    assert page_press(sandbox, **{**fields, "data": "nothing"}).status == 400
