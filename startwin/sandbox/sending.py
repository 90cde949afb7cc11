"""The methods that send: sendMessage, sendPhoto and sendChatAction."""

from collections.abc import Callable
from typing import Any

from startwin.sandbox.chats import Chat
from startwin.sandbox.contents import MAX_CAPTION, MAX_TEXT
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.keyboards import inline_keyboard
from startwin.sandbox.markup import formatted_text
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.parameters import Parameters
from startwin.sandbox.telegram import Telegram
from startwin.sandbox.uploads import sent_photo

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


class Sending:
    """Methods that put something into a chat."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def send_message(self, call: Parameters) -> JsonObject:
        """Sends a text."""
        chat = self._telegram.chat(call.text("chat_id"))
        return _send(chat, call, lambda: text_fields(call))

    def send_photo(self, call: Parameters) -> JsonObject:
        """Sends a photo, uploaded or known by its file_id."""
        chat = self._telegram.chat(call.text("chat_id"))
        caption = caption_fields(
            call.text("caption"), call.text("parse_mode"), call.parsed("caption_entities")
        )
        files = self._telegram.files
        return _send(
            chat, call, lambda: {"photo": sent_photo(files, call, call.text("photo")), **caption}
        )

    def send_chat_action(self, call: Parameters) -> bool:
        """Shows what the bot is doing."""
        chat = self._telegram.chat(call.text("chat_id"))
        action = call.text("action").lower()
        if action not in _ACTIONS:
            raise BadRequest("wrong parameter action in request")
        chat.transcript.show_action(action)
        return True


def text_fields(call: Parameters) -> JsonObject:
    """The text and its entities.

    Raises:
        BadRequest: empty, too long or malformed.
    """
    text = formatted_text(call.text("text"), call.text("parse_mode"), call.parsed("entities"))
    if not text.text:
        raise BadRequest("message text is empty")
    if len(text.text) > MAX_TEXT:
        raise BadRequest("message is too long")
    return text.as_text()


def caption_fields(caption: str, parse_mode: str, entities: Any) -> JsonObject:
    """The caption and its entities; nothing where it is empty.

    Raises:
        BadRequest: too long or malformed.
    """
    text = formatted_text(caption, parse_mode, entities)
    if len(text.text) > MAX_CAPTION:
        raise BadRequest("message caption is too long")
    return text.as_caption()


def keyboard_fields(call: Parameters) -> JsonObject:
    """The inline keyboard, as a field of a message; nothing where there is none.

    Raises:
        BadRequest: not as the Bot API describes it.
    """
    keyboard = inline_keyboard(call.parsed("reply_markup"))
    return {} if keyboard is None else {"reply_markup": keyboard}


def _send(chat: Chat, call: Parameters, content: Callable[[], JsonObject]) -> JsonObject:
    """Adds the bot's message with what all kinds of messages have in common."""
    reply_to = _reply_to(chat, call)
    keyboard = keyboard_fields(call)
    return chat.answer({**content(), **keyboard}, reply_to)


def _reply_to(chat: Chat, call: Parameters) -> int | None:
    """The id of the message to quote, from either form of the parameter; None for none."""
    message_id: Any = call.integer("reply_to_message_id")
    forgiving = call.flag("allow_sending_without_reply")
    described = call.parsed("reply_parameters")
    if described is not None:
        message_id = described.get("message_id") if isinstance(described, dict) else None
        if not isinstance(message_id, int):
            raise BadRequest("can't parse reply parameters: expected an Object with a message_id")
        forgiving = described.get("allow_sending_without_reply") is True
    if not message_id:
        return None
    try:
        chat.require(message_id)
    except BadRequest:
        if forgiving:
            return None
        raise
    return int(message_id)
