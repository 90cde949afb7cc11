"""The chat page in a real browser; the bot's side is played by calls of its methods."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from startwin.sandbox import Sandbox
from tests.browser.conftest import drop
from tests.sandbox.client import Bot
from tests.sandbox.pictures import encoded, jpeg, picture


def received(bot: Bot) -> list[dict[str, Any]]:
    """The messages that the bot fetches now, acknowledged."""
    updates = bot.call("getUpdates", timeout=10)
    bot.call("getUpdates", offset=updates[-1]["update_id"] + 1)
    return [update["message"] for update in updates]


def test_a_photo_by_picker_is_answered(
    sandbox: Sandbox, bot: Bot, page: Page, tmp_path: Path
) -> None:
    status = page.locator("#status")
    expect(status).to_have_text("waiting for the bot to start…")
    photo = tmp_path / "me.jpg"
    photo.write_bytes(jpeg(1000, 800))
    page.get_by_label("Choose pictures").set_input_files(photo)
    [message] = received(bot)
    assert message["photo"][-1]["width"] == 1000
    expect(status).to_have_text("online")
    expect(page.locator(".mine img")).to_have_count(1)

    chat_id = sandbox.telegram.page_chat.id
    bot.call("sendChatAction", chat_id=chat_id, action="upload_photo")
    expect(status).to_have_text("is sending a photo")
    bot.call(
        "sendPhoto",
        chat_id=chat_id,
        photo=jpeg(300, 400),
        caption='You and <a href="https://example.org/grace?a=1&amp;b=2">Grace</a> 😀 <b>87%</b>',
        parse_mode="HTML",
        reply_to_message_id=message["message_id"],
    )
    answer = page.locator(".message:not(.mine)")
    expect(answer.locator(".words")).to_have_text("You and Grace 😀 87%")
    expect(answer.locator("b").last).to_have_text("87%")
    link = answer.get_by_role("link", name="Grace")
    expect(link).to_have_attribute("href", "https://example.org/grace?a=1&b=2")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(status).to_have_text("online")
    expect(answer.locator(".quote")).to_contain_text("Photo")


def test_a_photo_opens_in_full_size_and_escape_closes_it(sandbox: Sandbox, page: Page) -> None:
    message = sandbox.telegram.page_chat.send_photo(jpeg(1000, 800), caption="me")
    page.locator(".photo").click()
    viewer = page.get_by_role("dialog")
    expect(viewer).to_contain_text("me")
    largest = message["photo"][-1]["file_id"]
    expect(viewer.locator("img")).to_have_attribute("src", f"/chat/files/{largest}")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()


@pytest.mark.parametrize(
    ("selector", "kind"),
    [("body", "photo"), ("[data-as=file]", "document")],
)
def test_a_drop_anywhere_sends(bot: Bot, page: Page, selector: str, kind: str) -> None:
    assert drop(page, encoded(picture(), "PNG"), "me.png", "image/png", selector)
    expect(page.locator("#drop")).to_be_hidden()
    [message] = received(bot)
    assert kind in message


def test_several_pictures_go_in_order_with_the_words(bot: Bot, page: Page, tmp_path: Path) -> None:
    files = []
    for width in (300, 200, 100):
        files.append(tmp_path / f"{width}.jpg")
        files[-1].write_bytes(jpeg(width, 100))
    page.get_by_label("Message", exact=True).fill("three of me")
    page.get_by_label("Choose pictures").set_input_files(files)
    album = page.locator(".message.mine:not(.pending, .sent)")
    expect(album.locator(".photo img")).to_have_count(3)
    expect(album).to_have_count(1)
    expect(album.locator(".words")).to_have_text("three of me")
    messages = received(bot)
    assert [message["photo"][-1]["width"] for message in messages] == [300, 200, 100]
    assert [message.get("caption") for message in messages] == ["three of me", None, None]
    assert len({message["media_group_id"] for message in messages}) == 1


def test_as_file_sends_what_is_no_picture(bot: Bot, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "face.jpg"
    file.write_bytes(b"just words")
    page.get_by_role("button", name="as file").click()
    page.get_by_label("Choose pictures").set_input_files(file)
    [message] = received(bot)
    assert message["document"]["file_name"] == "face.jpg"
    shown = page.locator("a.document")
    expect(shown).to_contain_text("face.jpg")
    expect(shown).to_contain_text("10 B")


def test_start_and_enter_send_text(bot: Bot, page: Page) -> None:
    page.get_by_role("button", name="Start").click()
    assert received(bot)[0]["text"] == "/start"
    expect(page.locator("#welcome")).to_be_hidden()
    field = page.get_by_label("Message", exact=True)
    field.fill("two lines?")
    field.press("Shift+Enter")
    field.type("yes")
    field.press("Enter")
    assert received(bot)[0]["text"] == "two lines?\nyes"
    expect(field).to_have_value("")


def test_markup_in_a_text_stays_text(sandbox: Sandbox, page: Page) -> None:
    text = '<img src=x onerror="alert(1)"> javascript:alert(1)'
    sandbox.telegram.page_chat.send_text(text)
    expect(page.locator(".words")).to_have_text(text)
    expect(page.locator(".words *")).to_have_count(0)


def test_a_command_of_the_bot_is_offered(bot: Bot, page: Page) -> None:
    bot.call("setMyCommands", commands=[{"command": "help", "description": "What it means"}])
    page.reload()
    expect(page.locator("#status")).to_have_text("waiting for the bot to start…")
    page.get_by_label("Message", exact=True).fill("/he")
    page.get_by_role("button", name="What it means").click()
    assert received(bot)[0]["text"] == "/help"


def test_two_tabs_and_a_reload_show_the_same_chat(browser: BrowserContext, page: Page) -> None:
    other = browser.new_page()
    other.goto(page.url)
    page.get_by_label("Message", exact=True).fill("hello")
    page.get_by_role("button", name="Send the message").click()
    expect(other.locator(".mine .words")).to_have_text("hello")
    page.reload()
    expect(page.locator(".mine .words")).to_have_text("hello")
    expect(page.locator(".message")).to_have_count(1)
    other.close()


def test_a_restart_is_survived(browser: BrowserContext) -> None:
    opened = browser.new_page()
    with Sandbox() as first:
        port = int(first.url.rpartition(":")[2])
        first.telegram.page_chat.send_text("before")
        opened.goto(f"{first.url}/")
        expect(opened.locator(".words")).to_have_text("before")
    expect(opened.get_by_role("alert")).to_contain_text("cannot be reached")
    field = opened.get_by_label("Message", exact=True)
    field.fill("into the void")
    field.press("Enter")
    expect(opened.locator(".failure")).to_contain_text("Not sent")
    with Sandbox(port) as second:
        expect(opened.locator(".notice")).to_contain_text("restarted")
        expect(opened.locator("#trouble")).to_be_hidden()
        opened.get_by_role("button", name="Try again").click()
        expect(opened.locator(".message.mine:not(.pending) .words")).to_have_text("into the void")
        assert second.telegram.bell.wait_for(lambda: len(second.telegram.updates) == 1, timeout=5)
        opened.close()
