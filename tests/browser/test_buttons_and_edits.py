"""Buttons under messages, what the bot answers to them, and messages that change in place."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from startwin.sandbox import Sandbox
from tests.sandbox.client import Bot
from tests.sandbox.pictures import jpeg

KEYBOARD = {
    "inline_keyboard": [
        [{"text": "◀", "callback_data": "page:1"}, {"text": "▶", "callback_data": "page:2"}],
        [{"text": "Who is it?", "url": "https://example.org/who"}],
    ]
}


def query_of(bot: Bot) -> dict[str, Any]:
    """The press that the bot fetches next."""
    [update] = bot.call("getUpdates", timeout=10, allowed_updates=["callback_query"])
    query: dict[str, Any] = update["callback_query"]
    bot.call("getUpdates", offset=update["update_id"] + 1)
    return query


@pytest.fixture
def sent(sandbox: Sandbox, bot: Bot) -> dict[str, Any]:
    me = sandbox.telegram.page_chat
    message: dict[str, Any] = bot.call(
        "sendPhoto", chat_id=me.id, photo=jpeg(), caption="one", reply_markup=KEYBOARD
    )
    return message


def test_a_press_waits_and_then_shows_the_answer(
    bot: Bot, page: Page, sent: dict[str, Any]
) -> None:
    key = page.get_by_role("button", name="▶")
    key.click()
    expect(key).to_have_attribute("aria-busy", "true")
    query = query_of(bot)
    assert query["data"] == "page:2"
    assert query["message"]["message_id"] == sent["message_id"]
    expect(page.locator(".toast")).to_have_count(0)
    bot.call("answerCallbackQuery", callback_query_id=query["id"], text="The last one")
    expect(page.locator("#toasts")).to_have_text("The last one")
    expect(key).not_to_have_attribute("aria-busy", "true")


@pytest.mark.usefixtures("sent")
def test_an_alert_is_a_dialog(bot: Bot, page: Page) -> None:
    page.get_by_role("button", name="◀").click()
    call = {"callback_query_id": query_of(bot)["id"], "text": "Read this", "show_alert": True}
    bot.call("answerCallbackQuery", **call)
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Read this")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_be_hidden()


@pytest.mark.usefixtures("sent")
def test_rows_and_links_as_at_telegram(page: Page) -> None:
    link = page.get_by_role("link", name="Who is it?")
    expect(link).to_have_attribute("href", "https://example.org/who")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    # In the layout, which no animation moves.
    left, right, below, bubble = (
        page.locator(selector).nth(number).evaluate("n => [n.offsetTop, n.offsetWidth]")
        for selector, number in ((".key", 0), (".key", 1), (".key", 2), (".bubble", 0))
    )
    assert left[0] == right[0] < below[0]
    assert abs(left[1] - right[1]) <= 1
    assert below[1] == bubble[1]


def test_an_edit_takes_the_place_of_what_was_there(
    sandbox: Sandbox, bot: Bot, page: Page, sent: dict[str, Any]
) -> None:
    me = sandbox.telegram.page_chat
    bot.call("sendMessage", chat_id=me.id, text="below")
    expect(page.locator(".message")).to_have_count(2)
    key = page.get_by_role("button", name="▶")
    key.focus()
    keyboard = {"inline_keyboard": [[{"text": "◀", "callback_data": "page:1"}]]}
    edited = bot.call(
        "editMessageMedia",
        chat_id=me.id,
        message_id=sent["message_id"],
        media={"type": "photo", "media": "attach://face", "caption": "two"},
        face=jpeg(200, 300),
        reply_markup=keyboard,
    )
    first = page.locator(".message").first
    expect(first.locator(".words")).to_have_text("two")
    expect(first.locator(".when")).to_contain_text("edited")
    expect(first.locator(".photo img")).to_have_attribute(
        "src", f"/chat/files/{edited['photo'][-1]['file_id']}"
    )
    expect(page.locator(".message")).to_have_count(2)
    expect(page.get_by_role("button", name="▶")).to_have_count(0)


def test_the_keyboard_keeps_the_focus_through_an_edit(
    bot: Bot, page: Page, sent: dict[str, Any]
) -> None:
    page.get_by_role("button", name="▶").focus()
    place = {"chat_id": sent["chat"]["id"], "message_id": sent["message_id"]}
    bot.call("editMessageCaption", **place, caption="two", reply_markup=KEYBOARD)
    expect(page.locator(".words")).to_have_text("two")
    expect(page.get_by_role("button", name="▶")).to_be_focused()
    page.keyboard.press("Enter")
    assert query_of(bot)["data"] == "page:2"


def test_what_is_deleted_disappears(sandbox: Sandbox, page: Page, sent: dict[str, Any]) -> None:
    expect(page.locator(".message")).to_have_count(1)
    sandbox.telegram.page_chat.delete(sent["message_id"])
    expect(page.locator(".message")).to_have_count(0)
