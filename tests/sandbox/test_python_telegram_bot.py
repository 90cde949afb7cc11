"""The library that the bot uses, against the sandbox."""

import io
from collections.abc import Iterator

import pytest
import telegram
from telegram.error import BadRequest, ChatMigrated, RetryAfter, Unauthorized
from telegram.utils.request import Request

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.pictures import decoded, jpeg


@pytest.fixture
def ptb(sandbox: Sandbox) -> Iterator[telegram.Bot]:
    request = Request(con_pool_size=4, connect_timeout=5, read_timeout=10)
    yield telegram.Bot(
        sandbox.token,
        base_url=f"{sandbox.url}/bot",
        base_file_url=f"{sandbox.url}/file/bot",
        request=request,
    )
    request.stop()


def test_get_me_and_webhook(ptb: telegram.Bot) -> None:
    assert ptb.get_me().username == "StarTwinSandboxBot"
    assert ptb.delete_webhook(drop_pending_updates=True)
    assert ptb.get_webhook_info().url == ""
    assert ptb.set_my_commands([telegram.BotCommand("help", "Help")])
    assert ptb.get_my_commands()[0].command == "help"


def test_a_photo_comes_in_and_is_answered(sandbox: Sandbox, ptb: telegram.Bot, ada: Chat) -> None:
    ada.send_photo(jpeg(900, 600), caption="who?")
    [update] = ptb.get_updates(timeout=5, allowed_updates=["message"])
    file = update.message.photo[-1].get_file()
    assert decoded(bytes(file.download_as_bytearray())).size == (900, 600)

    ptb.send_chat_action(ada.id, telegram.ChatAction.UPLOAD_PHOTO)
    update.message.reply_photo(
        io.BytesIO(jpeg(300, 300)),
        caption='You and <a href="https://example.org/g">Grace 😀</a>',
        parse_mode=telegram.ParseMode.HTML,
        quote=True,
    )
    [answer] = ada.wait_for_answers(1, timeout=5)
    assert answer["caption"] == "You and Grace 😀"
    assert answer["reply_to_message"]["caption"] == "who?"
    assert decoded(sandbox.telegram.file_bytes(answer["photo"][-1]["file_id"])).size == (300, 300)
    assert ptb.get_updates(offset=update.update_id + 1, timeout=0) == []


def test_a_text_with_a_reply_and_buttons(ptb: telegram.Bot, ada: Chat) -> None:
    question = ada.send_text("/start")
    keyboard = telegram.InlineKeyboardMarkup.from_button(
        telegram.InlineKeyboardButton("More", callback_data="more")
    )
    sent = ptb.send_message(
        ada.id,
        "<b>Hi</b> 😀 <i>there</i>",
        parse_mode="HTML",
        reply_to_message_id=question["message_id"],
        disable_web_page_preview=True,
        reply_markup=keyboard,
    )
    assert sent.text_html == "<b>Hi</b> 😀 <i>there</i>"
    assert sent.reply_to_message.text == "/start"
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "more"


def test_a_press_is_answered_and_the_photo_exchanged(ptb: telegram.Bot, ada: Chat) -> None:
    keyboard = telegram.InlineKeyboardMarkup.from_button(
        telegram.InlineKeyboardButton("More", callback_data="more")
    )
    sent = ptb.send_photo(ada.id, io.BytesIO(jpeg()), caption="one", reply_markup=keyboard)
    press = ada.press(sent.message_id, "More")
    [update] = ptb.get_updates(timeout=5)
    query = update.callback_query
    assert query.answer("Here", show_alert=True)
    assert press.wait(5).text == "Here"
    media = telegram.InputMediaPhoto(
        io.BytesIO(jpeg(300, 200)), caption="<b>two</b>", parse_mode="HTML"
    )
    edited = query.edit_message_media(media, reply_markup=keyboard)
    assert isinstance(edited, telegram.Message)
    assert edited.photo[-1].width == 300
    assert edited.caption_html == "<b>two</b>"
    assert ada.wait_for_edit(sent.message_id, 5)["caption"] == "two"
    ada.add_profile_photo(jpeg())
    found = ptb.get_user_profile_photos(ada.id, limit=1)
    assert found is not None
    assert found.total_count == 1


def test_a_group_that_moved(sandbox: Sandbox, ptb: telegram.Bot, ada: Chat) -> None:
    group = sandbox.telegram.group("Twins", ada)
    new = sandbox.telegram.upgrade(group)
    with pytest.raises(ChatMigrated) as raised:
        ptb.send_message(group.id, "x")
    assert raised.value.new_chat_id == new.id
    new.remove_bot()
    with pytest.raises(Unauthorized, match="kicked"):
        ptb.send_message(new.id, "x")


def test_errors_become_the_exceptions_that_bots_expect(
    sandbox: Sandbox, ptb: telegram.Bot, ada: Chat
) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        ptb.send_message(1, "x")
    sandbox.faults.add("sendMessage", status=429, retry_after=3)
    with pytest.raises(RetryAfter) as raised:
        ptb.send_message(ada.id, "x")
    assert raised.value.retry_after == 3
    sandbox.faults.add("sendMessage", status=403, description="Forbidden: bot was blocked")
    with pytest.raises(Unauthorized):
        ptb.send_message(ada.id, "x")
