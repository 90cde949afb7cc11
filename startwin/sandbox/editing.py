"""The methods that change what the bot has sent: text, caption, photo and buttons."""

from startwin.sandbox.chats import Chat
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.parameters import Parameters
from startwin.sandbox.sending import caption_fields, keyboard_fields, text_fields
from startwin.sandbox.telegram import Telegram
from startwin.sandbox.uploads import sent_photo

_MEDIA = ("photo", "document")
_CONTENT = ("text", "entities", "caption", "caption_entities", "reply_markup", *_MEDIA)


class Editing:
    """Methods that edit a message of the bot; each answers with the message as it is then.

    As at Telegram, an edit without `reply_markup` takes the buttons away.
    """

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def edit_message_text(self, call: Parameters) -> JsonObject:
        """Replaces the text."""
        chat, message = self._target(call)
        if "text" not in message:
            raise BadRequest("there is no text in the message to edit")
        return _edited(chat, message, {**text_fields(call), **keyboard_fields(call)})

    def edit_message_caption(self, call: Parameters) -> JsonObject:
        """Replaces the caption; an empty one takes it away."""
        chat, message = self._target(call)
        media = _media_of(message)
        if not media:
            raise BadRequest("there is no caption in the message to edit")
        caption = caption_fields(
            call.text("caption"), call.text("parse_mode"), call.parsed("caption_entities")
        )
        return _edited(chat, message, {**media, **caption, **keyboard_fields(call)})

    def edit_message_media(self, call: Parameters) -> JsonObject:
        """Replaces photo and caption by those of an `InputMediaPhoto`."""
        chat, message = self._target(call)
        media = call.parsed("media")
        if not isinstance(media, dict):
            raise BadRequest("can't parse InputMedia: expected an Object")
        if media.get("type") != "photo":
            raise BadRequest("the sandbox knows no other InputMedia than photo")
        caption = caption_fields(
            str(media.get("caption") or ""),
            str(media.get("parse_mode") or ""),
            media.get("caption_entities"),
        )
        keyboard = keyboard_fields(call)
        named = str(media.get("media") or "")
        photo = {"photo": sent_photo(self._telegram.files, call, named)}
        return _edited(chat, message, {**photo, **caption, **keyboard})

    def edit_message_reply_markup(self, call: Parameters) -> JsonObject:
        """Replaces the buttons alone."""
        chat, message = self._target(call)
        kept = {name: message[name] for name in _CONTENT if name in message}
        kept.pop("reply_markup", None)
        return _edited(chat, message, {**kept, **keyboard_fields(call)})

    def _target(self, call: Parameters) -> tuple[Chat, JsonObject]:
        """The chat and the message of the bot that the call names."""
        if call.text("inline_message_id"):
            raise BadRequest("the sandbox knows no inline messages")
        chat = self._telegram.chat(call.text("chat_id"))
        if not call.text("message_id"):
            raise BadRequest("message identifier is not specified")
        return chat, chat.own_message(call.integer("message_id"))


def _media_of(message: JsonObject) -> JsonObject:
    return {name: message[name] for name in _MEDIA if name in message}


def _edited(chat: Chat, message: JsonObject, content: JsonObject) -> JsonObject:
    if {name: message[name] for name in _CONTENT if name in message} == content:
        raise BadRequest(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    return chat.edit(message["message_id"], content)
