"""The whole way: a photo given to the page, read by the real bot, its answer seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from startwin.sandbox import Sandbox
from tests.bot_process import BotProcess
from tests.browser.conftest import drop
from tests.conftest import DEADLINE, PHOTOS, furnish

HOPPER = PHOTOS / "Grace Hopper.jpg"


@pytest.fixture
def bot(sandbox: Sandbox, assets: Path, converted: Path, tmp_path: Path) -> Iterator[BotProcess]:
    furnish(tmp_path / "data", converted)
    bot = BotProcess(
        tmp_path / "bot.log",
        TELEGRAM_TOKEN=sandbox.token,
        TELEGRAM_API_URL=sandbox.url,
        ASSETS_DIR=str(assets),
        WORKERS="1",
        LINK_TEMPLATE="https://example.org/person/{alias}",
    )
    sandbox.telegram.wait_for_poll(DEADLINE)
    yield bot
    assert bot.stop() == 0, bot.printed


def answers(page: Page) -> Locator:
    return page.locator(".message:not(.mine)")


def expect_grace_hopper(answer: Locator) -> None:
    expect(answer.locator(".words")).to_contain_text("You and Grace Hopper are 100% alike")
    expect(answer.get_by_role("link", name="Grace Hopper")).to_have_attribute(
        "href", "https://example.org/person/grace-hopper"
    )
    picture = answer.locator(".photo img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 200


@pytest.mark.usefixtures("bot")
def test_by_file_picker_by_drop_and_as_a_file(page: Page) -> None:
    page.set_default_timeout(1000 * DEADLINE)
    page.get_by_label("Choose pictures").set_input_files(HOPPER)
    answers(page).first.wait_for()
    expect_grace_hopper(answers(page).nth(0))
    assert drop(page, HOPPER.read_bytes(), "me.jpg", "image/jpeg")
    answers(page).nth(1).wait_for()
    expect_grace_hopper(answers(page).nth(1))
    assert drop(page, HOPPER.read_bytes(), "me.jpg", "image/jpeg", "[data-as=file]")
    answers(page).nth(2).wait_for()
    expect_grace_hopper(answers(page).nth(2))


@pytest.mark.usefixtures("bot")
def test_what_is_no_picture_gets_a_kind_sentence(page: Page) -> None:
    page.set_default_timeout(1000 * DEADLINE)
    assert drop(page, b"a text, renamed", "me.jpg", "image/jpeg")
    answers(page).first.wait_for()
    expect(answers(page).locator(".words")).to_contain_text("not a picture")
    expect(page.locator("#status")).to_have_text("online")


@pytest.mark.usefixtures("bot")
def test_button_is_pressed_and_the_answer_changes_in_place(page: Page) -> None:
    page.set_default_timeout(1000 * DEADLINE)
    page.get_by_label("Choose pictures").set_input_files(HOPPER)
    answer = answers(page).first
    answer.wait_for()
    expect_grace_hopper(answer)
    picture = answer.locator(".photo img")
    before = picture.get_attribute("src")
    answer.get_by_role("button", name="Next look-alike").click()
    expect(answer.locator(".words")).not_to_contain_text("Grace Hopper", timeout=1000 * DEADLINE)
    expect(answers(page)).to_have_count(1)
    assert picture.get_attribute("src") != before
    share = answer.get_by_role("link", name="Tell a friend")
    assert str(share.get_attribute("href")).startswith("https://t.me/share/url?")
