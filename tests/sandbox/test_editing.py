"""What the bot changes after it was sent."""

from typing import Any

import pytest

from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot
from tests.sandbox.pictures import jpeg

SAME = "Bad Request: message is not modified"
KEYBOARD = {"inline_keyboard": [[{"text": "More", "callback_data": "more"}]]}
OTHER = {"inline_keyboard": [[{"text": "Less", "callback_data": "less"}]]}


def photo(bot: Bot, chat: Chat, **more: Any) -> dict[str, Any]:
    sent: dict[str, Any] = bot.call("sendPhoto", chat_id=chat.id, photo=jpeg(), **more)
    return sent


def place(message: dict[str, Any]) -> dict[str, Any]:
    return {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}


def edit_media(bot: Bot, message: dict[str, Any], upload: bytes, **media: Any) -> dict[str, Any]:
    given = {"type": "photo", "media": "attach://face", **media}
    edited: dict[str, Any] = bot.call(
        "editMessageMedia", **place(message), media=given, face=upload, reply_markup=OTHER
    )
    return edited


def test_a_photo_is_exchanged_with_its_caption_and_buttons(bot: Bot, ada: Chat) -> None:
    question = ada.send_photo(jpeg())
    sent = photo(bot, ada, caption="one", reply_to_message_id=question["message_id"])
    edited = edit_media(bot, sent, jpeg(300, 500), caption="<b>two</b>", parse_mode="HTML")
    assert edited["message_id"] == sent["message_id"]
    assert edited["date"] == sent["date"] <= edited["edit_date"]
    assert edited["photo"][-1]["height"] == 500
    assert edited["caption"] == "two"
    assert edited["caption_entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    assert edited["reply_markup"] == OTHER
    assert edited["reply_to_message"] == question
    assert ada.answers() == [edited]
    assert ada.wait_for_edit(sent["message_id"], timeout=1) == edited


def test_a_caption_with_entities(bot: Bot, ada: Chat) -> None:
    bold = {"type": "bold", "offset": 0, "length": 3}
    edited = edit_media(bot, photo(bot, ada), jpeg(), caption="two", caption_entities=[bold])
    assert edited["caption_entities"] == [bold]
    assert "caption" not in edit_media(bot, edited, jpeg())


@pytest.mark.parametrize(
    "entity",
    [{"type": "bold"}, {"type": "bold", "offset": 2, "length": 2}, {"type": "x"}, "bold"],
)
def test_wrong_entities_are_refused(bot: Bot, ada: Chat, entity: object) -> None:
    bot.refusal("sendMessage", chat_id=ada.id, text="two", entities=[entity])


def test_a_photo_known_by_its_id(bot: Bot, ada: Chat) -> None:
    first, second = photo(bot, ada), photo(bot, ada)
    media = {"type": "photo", "media": second["photo"][0]["file_id"]}
    edited = bot.call("editMessageMedia", **place(first), media=media)
    assert edited["photo"] == second["photo"]
    refusal = bot.refusal("editMessageMedia", **place(first), media=media)
    assert refusal.startswith(SAME)


def test_text_becomes_a_photo(bot: Bot, ada: Chat) -> None:
    sent = bot.call("sendMessage", chat_id=ada.id, text="wait…")
    edited = edit_media(bot, sent, jpeg())
    assert "text" not in edited


@pytest.mark.parametrize("media", ["photo", {"type": "video", "media": "x"}, {"type": "photo"}])
def test_wrong_media_are_refused(bot: Bot, ada: Chat, media: object) -> None:
    bot.refusal("editMessageMedia", **place(photo(bot, ada)), media=media)


def test_captions_and_buttons(bot: Bot, ada: Chat) -> None:
    sent = photo(bot, ada, caption="one", reply_markup=KEYBOARD)
    same = {**place(sent), "caption": "one", "reply_markup": KEYBOARD}
    assert bot.refusal("editMessageCaption", **same).startswith(SAME)
    edited = bot.call("editMessageCaption", **place(sent), caption="two")
    assert edited["photo"] == sent["photo"]
    assert edited["caption"] == "two"
    assert "reply_markup" not in edited
    again = bot.call("editMessageReplyMarkup", **place(sent), reply_markup=OTHER)
    assert (again["caption"], again["reply_markup"]) == ("two", OTHER)
    refusal = bot.refusal("editMessageReplyMarkup", **place(sent), reply_markup=OTHER)
    assert refusal.startswith(SAME)
    assert "caption" not in bot.call("editMessageCaption", **place(sent))
    assert ada.wait_for_edit(sent["message_id"], 1, edits=3)["photo"] == sent["photo"]
    with pytest.raises(TimeoutError, match="3 of 4 edits"):
        ada.wait_for_edit(sent["message_id"], 0.01, edits=4)


def test_texts(bot: Bot, ada: Chat) -> None:
    sent = bot.call("sendMessage", chat_id=ada.id, text="one")
    assert bot.refusal("editMessageText", **place(sent), text=" one ").startswith(SAME)
    edited = bot.call("editMessageText", **place(sent), text="<i>two</i>", parse_mode="HTML")
    assert edited["text"] == "two"
    assert edited["entities"] == [{"type": "italic", "offset": 0, "length": 3}]


def test_only_what_is_there_and_the_bots_own(bot: Bot, ada: Chat) -> None:
    missing = {"chat_id": ada.id, "message_id": 99}
    hers = place(ada.send_photo(jpeg()))
    text = place(bot.call("sendMessage", chat_id=ada.id, text="x"))
    gone = place(photo(bot, ada))
    ada.delete(gone["message_id"])
    for where, reason in (
        (missing, "message to edit not found"),
        (gone, "message to edit not found"),
        (hers, "message can't be edited"),
        (text, "there is no caption in the message to edit"),
        ({"chat_id": ada.id}, "message identifier is not specified"),
        ({"inline_message_id": "1"}, "the sandbox knows no inline messages"),
    ):
        refusal = bot.refusal("editMessageCaption", **where, caption="y")
        assert refusal == f"Bad Request: {reason}"
    refusal = bot.refusal("editMessageText", **place(photo(bot, ada)), text="y")
    assert refusal == "Bad Request: there is no text in the message to edit"
