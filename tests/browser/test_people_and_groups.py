"""Several people, the group, albums, replies, and the page's settings."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from startwin.sandbox import Sandbox
from tests.browser.conftest import drop_all
from tests.sandbox.client import Bot
from tests.sandbox.pictures import jpeg


def received(bot: Bot) -> list[dict[str, Any]]:
    """The messages that the bot fetches now, acknowledged."""
    updates = bot.call("getUpdates", timeout=10)
    bot.call("getUpdates", offset=updates[-1]["update_id"] + 1)
    return [update["message"] for update in updates]


def menu(page: Page) -> Locator:
    """The drawer, opened."""
    page.get_by_role("button", name="Chats and settings").click()
    side = page.locator("#side.open")
    expect(side).to_be_visible()
    return side


def open_chat(page: Page, title: str) -> None:
    menu(page).get_by_role("button", name=title).last.click()
    expect(page.locator("#name")).to_have_text(title)


def write(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Message")
    field.fill(text)
    field.press("Enter")


def test_two_people_talk_in_the_group(
    sandbox: Sandbox, bot: Bot, browser: BrowserContext, page: Page
) -> None:
    friend = browser.new_page()
    friend.goto(f"{sandbox.url}/#friend/group")
    expect(friend.locator("#name")).to_have_text("Friends")
    open_chat(page, "Friends")
    write(page, "hello, all")
    theirs = friend.locator(".message:not(.mine)")
    expect(theirs.locator(".sender")).to_have_text("Guest")
    expect(theirs.locator(".words")).to_have_text("hello, all")
    write(friend, "hello, Guest")
    expect(page.locator(".message:not(.mine) .sender")).to_have_text("Friend")
    first, second = received(bot)
    assert first["chat"]["type"] == "group"
    assert [m["from"]["first_name"] for m in (first, second)] == ["Guest", "Friend"]
    friend.close()


def test_the_menu_changes_who_one_is(bot: Bot, page: Page) -> None:
    write(page, "I am Guest")
    expect(page.locator(".mine")).to_have_count(1)
    side = menu(page)
    side.get_by_role("button", name="Friend", exact=True).click()
    expect(page.locator(".message")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    write(page, "I am Friend")
    expect(page.locator(".mine .words")).to_have_text("I am Friend")
    page.reload()
    expect(page.locator(".mine .words")).to_have_text("I am Friend")
    names = [message["from"]["first_name"] for message in received(bot)]
    assert names == ["Guest", "Friend"]


def test_what_comes_in_the_other_chat_is_counted(sandbox: Sandbox, page: Page) -> None:
    expect(page.locator("#welcome")).to_be_visible()
    guest, friend = sandbox.telegram.page_people
    sandbox.telegram.page_group.send_text("are you there?", by=friend)
    sandbox.telegram.page_group.send_text("not counted, my own", by=guest)
    side = menu(page)
    entry = side.get_by_role("button", name="Friends")
    expect(entry.locator(".count")).to_have_text("1")
    entry.click()
    expect(page.locator(".message:not(.mine) .words")).to_have_text("are you there?")
    expect(page.locator(".count")).to_have_count(0)


def test_the_bot_in_the_group(sandbox: Sandbox, bot: Bot, page: Page) -> None:
    group = sandbox.telegram.page_group
    open_chat(page, "Friends")
    assert bot.call("getUpdates") == []
    status = page.locator("#status")
    expect(status).to_have_text("Guest, Friend, StarTwin")
    bot.call("sendChatAction", chat_id=group.id, action="upload_photo")
    expect(status).to_have_text("StarTwin is sending a photo")
    bot.call("sendPhoto", chat_id=group.id, photo=jpeg(), caption="64% alike")
    expect(page.locator(".message:not(.mine) .sender")).to_have_text("StarTwin")
    expect(status).to_have_text("Guest, Friend, StarTwin")
    group.remove_bot()
    expect(page.locator(".notice")).to_have_text("StarTwin left the group")


def test_an_album_changes_as_one(sandbox: Sandbox, page: Page) -> None:
    chat = sandbox.telegram.page_chat
    first, second, _ = chat.send_album([jpeg()] * 3, caption="three")
    album = page.locator(".message")
    expect(album.locator(".words")).to_have_text("three")
    chat.edit_caption(second["message_id"], "the second")
    chat.delete(first["message_id"])
    expect(album.locator(".photo")).to_have_count(2)
    expect(album.locator(".words")).to_have_text("the second")
    expect(album).to_have_count(1)


def test_who_has_the_menu_open_cannot_reach_what_is_behind(page: Page) -> None:
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator("#side")).to_be_hidden()
    opener = page.get_by_role("button", name="Chats and settings")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close the menu")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        outside = (
            "!document.activeElement.closest('#side') && document.activeElement !== document.body"
        )
        assert page.evaluate(outside) is False
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_reply_quotes(bot: Bot, page: Page, sandbox: Sandbox) -> None:
    question = sandbox.telegram.page_chat.send_photo(jpeg(), caption="me")
    page.locator(".message").hover()
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator("#replying")).to_contain_text("me")
    write(page, "/match")
    expect(page.locator("#replying")).to_be_hidden()
    expect(page.locator(".message:not(.pending) .quote")).to_contain_text("me")
    command = received(bot)[-1]
    assert command["reply_to_message"]["message_id"] == question["message_id"]
    page.locator(".message").last.hover()
    page.get_by_role("button", name="Reply", exact=True).last.click()
    page.keyboard.press("Escape")
    write(page, "no reply")
    assert "reply_to_message" not in received(bot)[-1]


@pytest.mark.parametrize(("selector", "kind"), [("body", "photo"), ("[data-as=file]", "document")])
def test_a_drop_of_several_is_one_album(bot: Bot, page: Page, selector: str, kind: str) -> None:
    files = [(jpeg(100 * number, 100), f"{number}.jpg") for number in (1, 2, 3, 4, 5)]
    assert drop_all(page, files, "image/jpeg", selector)
    album = page.locator(".message.mine:not(.pending, .sent)")
    expect(album.locator(".photo img" if kind == "photo" else "a.document")).to_have_count(5)
    expect(album).to_have_count(1)
    messages = received(bot)
    assert len({message["media_group_id"] for message in messages}) == 1
    assert all(kind in message for message in messages)


def test_over_ten_are_two_albums(bot: Bot, page: Page) -> None:
    assert drop_all(page, [(jpeg(20, 20), f"{n}.jpg") for n in range(12)], "image/jpeg")
    expect(page.locator(".message.mine:not(.pending, .sent) .photo")).to_have_count(12)
    groups = [message["media_group_id"] for message in received(bot)]
    assert [groups.count(group) for group in dict.fromkeys(groups)] == [10, 2]


def test_a_profile_photo(sandbox: Sandbox, bot: Bot, page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "me.jpg"
    photo.write_bytes(jpeg())
    me = sandbox.telegram.page_chat.id
    side = menu(page)
    expect(side.get_by_role("button", name="Remove")).to_be_hidden()
    side.get_by_label("Choose a profile photo").set_input_files(photo)
    expect(side.locator(".person").first.locator("img")).to_have_count(1)
    assert bot.call("getUserProfilePhotos", user_id=me)["total_count"] == 1
    side.get_by_role("button", name="Remove").click()
    expect(side.locator(".person img")).to_have_count(0)
    assert bot.call("getUserProfilePhotos", user_id=me)["total_count"] == 0


def test_russian(bot: Bot, page: Page) -> None:
    write(page, "in the browser's language")
    menu(page).get_by_label("Language").select_option("Русский")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("#chats-title")).to_have_text("Чаты")
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Сообщение").fill("по-русски")
    page.keyboard.press("Enter")
    expect(page.locator(".mine:not(.pending)")).to_have_count(2)
    codes = [message["from"]["language_code"] for message in received(bot)]
    assert codes == ["en-us", "ru"]
    page.reload()
    expect(page.locator("#chats-title")).to_have_text("Чаты")
    page.evaluate("localStorage.clear()")


def test_dark_and_light(page: Page) -> None:
    def ground() -> str:
        return str(
            page.evaluate("getComputedStyle(document.querySelector('.bar')).backgroundColor")
        )

    light = ground()
    page.emulate_media(color_scheme="dark")
    dark = ground()
    assert dark != light
    themes = menu(page).get_by_label("Colours")
    themes.select_option("Light")
    assert ground() == light
    page.emulate_media(color_scheme="light")
    themes.select_option("Dark")
    assert ground() == dark
    page.reload()
    assert ground() == dark
    page.evaluate("localStorage.clear()")


def test_nothing_is_wider_than_a_small_phone(sandbox: Sandbox, bot: Bot, page: Page) -> None:
    chat = sandbox.telegram.page_chat
    row = [{"text": f"a long label of button {n}", "callback_data": f"{n}"} for n in range(5)]
    bot.call(
        "sendPhoto",
        chat_id=chat.id,
        photo=jpeg(1200, 300),
        caption="averylongword" * 30,
        reply_markup={"inline_keyboard": [row]},
    )
    chat.send_album([jpeg(900, 300)] * 7, caption="x" * 200)
    chat.send_photo(b"words", file_name="a very long name of a file " * 4 + ".jpg")
    chat.send_text("https://example.org/" + "path/" * 40)
    expect(page.locator(".message")).to_have_count(4)
    for selector in ("html", "#scroller"):
        wider = page.locator(selector).evaluate("node => node.scrollWidth - node.clientWidth")
        assert wider == 0
