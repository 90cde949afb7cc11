"""Every object of the sandbox against aiogram's types, which are kept by others.

Parsing is not enough: a field that the Bot API does not have must not be there either.
"""

from typing import Any

import pytest
from aiogram.types import (
    BotCommand,
    File,
    Message,
    Update,
    User,
    UserProfilePhotos,
    WebhookInfo,
)
from pydantic import BaseModel

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot
from tests.sandbox.pictures import jpeg


def check(kind: type[BaseModel], value: Any) -> Any:
    """The value as this type, with no field left over at any depth."""
    parsed = kind.model_validate(value)
    assert strangers(parsed) == []
    return parsed


def strangers(value: Any, path: str = "") -> list[str]:
    """The places of all fields that their types do not know."""
    if isinstance(value, BaseModel):
        found = [f"{path}.{name}" for name in value.model_extra or {}]
        for name in value.model_fields_set & set(type(value).model_fields):
            found += strangers(getattr(value, name), f"{path}.{name}")
        return found
    if isinstance(value, list):
        return [place for n, item in enumerate(value) for place in strangers(item, f"{path}[{n}]")]
    return []


def test_a_stranger_deep_inside_is_found() -> None:
    user = {"id": 1, "is_bot": False, "first_name": "A", "shoe_size": 42}
    chat = {"id": 1, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": user}
    with pytest.raises(AssertionError, match="shoe_size"):
        check(Update, {"update_id": 1, "message": message})


def test_get_me(bot: Bot) -> None:
    assert check(User, bot.call("getMe")).is_bot


def test_updates(sandbox: Sandbox, bot: Bot) -> None:
    chat = sandbox.telegram.user("Ada", language_code="pt-br", username="ada_l")
    chat.send_text("/start 😀 https://example.org @someone")
    chat.send_photo(jpeg(), caption="me #selfie")
    chat.send_photo(b"words", caption="a file", file_name="a.jpg")
    updates = [check(Update, update) for update in bot.call("getUpdates")]
    text, photo, document = (update.message for update in updates)
    assert [entity.type for entity in text.entities] == ["bot_command", "url", "mention"]
    assert text.from_user.language_code == "pt-br"
    assert text.chat.type == "private"
    assert photo.photo[-1].width == 640
    assert photo.caption_entities[0].type == "hashtag"
    assert document.document.mime_type == "image/jpeg"


def test_messages_of_the_bot(bot: Bot, ada: Chat) -> None:
    question = ada.send_photo(jpeg(), caption="me")
    markup = "<b>b</b><i>i</i><u>u</u><s>s</s><code>c</code><tg-spoiler>t</tg-spoiler>"
    markup += '<a href="https://example.org">a</a><blockquote>q</blockquote>'
    markup += '<pre><code class="language-py">p</code></pre>'
    text = check(
        Message,
        bot.call(
            "sendMessage",
            chat_id=ada.id,
            text=markup,
            parse_mode="HTML",
            reply_to_message_id=question["message_id"],
            reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]},
        ),
    )
    assert len(text.entities) == 9
    assert text.reply_to_message.caption == "me"
    assert text.reply_markup.inline_keyboard[0][0].callback_data == "b"
    photo = bot.call("sendPhoto", chat_id=ada.id, photo=jpeg(), caption="<b>x</b>")
    assert check(Message, photo).photo


def test_files_webhook_and_commands(bot: Bot, ada: Chat) -> None:
    file_id = ada.send_photo(jpeg())["photo"][-1]["file_id"]
    assert check(File, bot.call("getFile", file_id=file_id)).file_path
    bot.call("getUpdates", allowed_updates=["message"])
    info = check(WebhookInfo, bot.call("getWebhookInfo"))
    assert info.url == ""
    assert info.pending_update_count == 1
    bot.call("setMyCommands", commands=[{"command": "/help", "description": "Help"}])
    [command] = bot.call("getMyCommands")
    assert check(BotCommand, command).command == "help"


def test_what_people_do(sandbox: Sandbox, bot: Bot, ada: Chat) -> None:
    ada.add_profile_photo(jpeg())
    found = bot.call("getUserProfilePhotos", user_id=ada.id)
    assert check(UserProfilePhotos, found).photos[0][-1].width == 640
    group = sandbox.telegram.group("Twins", ada, sandbox.telegram.user("Bob"))
    first, _ = group.send_album([jpeg(), jpeg()])
    group.send_sticker()
    group.send_voice()
    group.forward(ada.send_text("hello"))
    group.forward(first, hidden=True)
    group.edit_caption(first["message_id"], "us")
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    sent = bot.call("sendMessage", chat_id=group.id, text="x", reply_markup=markup)
    group.press(sent["message_id"], "a")
    place = {"chat_id": group.id, "message_id": sent["message_id"]}
    assert check(Message, bot.call("editMessageText", **place, text="y")).edit_date
    group.remove_bot()
    group.add_bot()
    sandbox.telegram.upgrade(group)
    kinds = {check(Update, update).event_type for update in bot.call("getUpdates")}
    assert kinds == {"message", "edited_message", "callback_query", "my_chat_member"}
