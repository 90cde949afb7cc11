"""sendMessage, sendPhoto and sendChatAction."""

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot, fetch
from tests.sandbox.pictures import decoded, encoded, jpeg, picture


def test_a_message_arrives_and_is_answered_as_sent(bot: Bot, ada: Chat) -> None:
    sent = bot.call("sendMessage", chat_id=ada.id, text=" hello ")
    assert sent["text"] == "hello"
    assert sent["from"]["is_bot"] is True
    assert sent["chat"] == {"id": ada.id, "first_name": "Ada", "type": "private"}
    assert ada.wait_for_answers(1, timeout=1) == [sent]


def test_message_ids_rise_within_a_chat(bot: Bot, ada: Chat) -> None:
    numbers = [
        ada.send_text("one")["message_id"],
        bot.call("sendMessage", chat_id=ada.id, text="two")["message_id"],
        ada.send_text("three")["message_id"],
    ]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("text", ["", "   ", "<b></b>"])
def test_an_empty_message_is_refused(bot: Bot, ada: Chat, text: str) -> None:
    refusal = bot.refusal("sendMessage", chat_id=ada.id, text=text, parse_mode="HTML")
    assert refusal == "Bad Request: message text is empty"


def test_length_counts_after_parsing(bot: Bot, ada: Chat) -> None:
    bot.call("sendMessage", chat_id=ada.id, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    refusal = bot.refusal("sendMessage", chat_id=ada.id, text="x" * 4097)
    assert refusal == "Bad Request: message is too long"


@pytest.mark.parametrize(
    "extra", [{"parse_mode": "MarkdownV2"}, {"entities": [{"type": "custom_emoji"}]}]
)
def test_what_the_sandbox_does_not_know_it_does_not_ignore(
    bot: Bot, ada: Chat, extra: dict[str, object]
) -> None:
    assert "the sandbox" in bot.refusal("sendMessage", chat_id=ada.id, text="*x*", **extra)


def test_a_reply_carries_what_it_answers_one_level_deep(bot: Bot, ada: Chat) -> None:
    question = ada.send_text("who?")
    first = bot.call(
        "sendMessage", chat_id=ada.id, text="you", reply_to_message_id=question["message_id"]
    )
    assert first["reply_to_message"] == question
    parameters = {"message_id": first["message_id"]}
    second = bot.call("sendMessage", chat_id=ada.id, text="and me", reply_parameters=parameters)
    assert second["reply_to_message"]["text"] == "you"
    assert "reply_to_message" not in second["reply_to_message"]


def test_a_reply_to_nothing(bot: Bot, ada: Chat) -> None:
    call = {"chat_id": ada.id, "text": "x", "reply_to_message_id": 99}
    assert bot.refusal("sendMessage", **call) == "Bad Request: message to be replied not found"
    forgiven = bot.call("sendMessage", **call, allow_sending_without_reply=True)
    assert "reply_to_message" not in forgiven
    nothing = {"message_id": 99, "allow_sending_without_reply": True}
    assert bot.call("sendMessage", chat_id=ada.id, text="x", reply_parameters=nothing)


def test_an_inline_keyboard_is_kept(bot: Bot, ada: Chat) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Next", "callback_data": "next:1"}]]}
    sent = bot.call("sendMessage", chat_id=ada.id, text="x", reply_markup=keyboard)
    assert sent["reply_markup"] == keyboard
    removal = {"remove_keyboard": True}
    assert "reply_markup" not in bot.call(
        "sendMessage", chat_id=ada.id, text="x", reply_markup=removal
    )


@pytest.mark.parametrize(
    "markup",
    [
        "no json",
        "[]",
        {"inline_keyboard": {}},
        {"inline_keyboard": [["x"]]},
        {"inline_keyboard": [[{"text": "Only words"}]]},
        {"inline_keyboard": [[{"text": "x", "callback_data": "ä" * 33}]]},
    ],
)
def test_a_wrong_keyboard_is_refused(bot: Bot, ada: Chat, markup: object) -> None:
    bot.refusal("sendMessage", chat_id=ada.id, text="x", reply_markup=markup)
    assert ada.answers() == []


def test_a_photo_is_uploaded_with_a_caption(sandbox: Sandbox, bot: Bot, ada: Chat) -> None:
    sent = bot.call(
        "sendPhoto",
        chat_id=ada.id,
        photo=jpeg(1600, 800),
        caption='<a href="https://example.org/a">Ada</a>',
        parse_mode="HTML",
    )
    assert sent["caption"] == "Ada"
    assert sent["caption_entities"][0]["url"] == "https://example.org/a"
    largest = sent["photo"][-1]
    assert (largest["width"], largest["height"]) == (1280, 640)
    path = bot.call("getFile", file_id=largest["file_id"])["file_path"]
    data = fetch(f"{bot.file_root}/{path}").body
    assert data == sandbox.telegram.file_bytes(largest["file_id"])
    assert decoded(data).size == (1280, 640)


def test_a_photo_by_attach_and_by_file_id(bot: Bot, ada: Chat) -> None:
    sent = bot.call("sendPhoto", chat_id=ada.id, photo="attach://face", face=jpeg())
    again = bot.call("sendPhoto", chat_id=ada.id, photo=sent["photo"][0]["file_id"])
    assert again["photo"] == sent["photo"]


def test_a_document_is_no_photo(bot: Bot, ada: Chat) -> None:
    document = ada.send_photo(jpeg(), as_file=True)["document"]
    refusal = bot.refusal("sendPhoto", chat_id=ada.id, photo=document["file_id"])
    assert refusal == "Bad Request: can't use file of type Document as Photo"


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (None, "there is no photo in the request"),
        ("attach://nothing", "URL"),
        ("https://example.org/a.jpg", "URL"),
        ("AgACAgInothing", "wrong file identifier/HTTP URL specified"),
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (jpeg()[:3000], "IMAGE_PROCESS_FAILED"),
        (encoded(picture(9000, 1001, "1"), "PNG"), "PHOTO_INVALID_DIMENSIONS"),
        (encoded(picture(2100, 100), "PNG"), "PHOTO_INVALID_DIMENSIONS"),
        (jpeg() + bytes(10 << 20), "too big for a photo"),
    ],
    ids=["none", "unattached", "url", "unknown id", "text", "cut", "large", "long", "heavy"],
)
def test_photos_that_telegram_refuses(
    bot: Bot, ada: Chat, photo: str | bytes | None, reason: str
) -> None:
    parameters = {} if photo is None else {"photo": photo}
    assert reason in bot.refusal("sendPhoto", chat_id=ada.id, **parameters)
    assert ada.answers() == []


def test_a_long_caption_is_refused(bot: Bot, ada: Chat) -> None:
    refusal = bot.refusal("sendPhoto", chat_id=ada.id, photo=jpeg(), caption="x" * 1025)
    assert refusal == "Bad Request: message caption is too long"


def test_chat_actions_are_checked(bot: Bot, ada: Chat) -> None:
    assert bot.call("sendChatAction", chat_id=ada.id, action="upload_photo") is True
    refusal = bot.refusal("sendChatAction", chat_id=ada.id, action="juggling")
    assert refusal == "Bad Request: wrong parameter action in request"


def test_too_few_answers_are_named(bot: Bot, ada: Chat) -> None:
    bot.call("sendMessage", chat_id=ada.id, text="the only one")
    with pytest.raises(TimeoutError, match=r"1 of 2 answers .*the only one"):
        ada.wait_for_answers(2, timeout=0.01)
