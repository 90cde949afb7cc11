"""The methods of the Bot API that the sandbox knows."""

from collections.abc import Callable
from typing import Any

from startwin.sandbox.chats import MAX_CAPTION, MAX_TEXT, Chat
from startwin.sandbox.entities import FormattedText, formatted
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.html_markup import parse_html
from startwin.sandbox.keyboards import inline_keyboard
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.parameters import Parameters
from startwin.sandbox.photos import BadDimensions, NotAPhoto, dimensions
from startwin.sandbox.telegram import BOT, Telegram

_MEGABYTE = 1 << 20
_MAX_DOWNLOAD = 20 * _MEGABYTE
_MAX_PHOTO_UPLOAD = 10 * _MEGABYTE
_MAX_PHOTO_PERIMETER = 10_000  # width + height, in pixels
_MAX_RAW_TEXT = 16 * 1024  # with its markup, before parsing
_MAX_UPDATES = 100
_MAX_POLL_SECONDS = 50
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

Method = Callable[[Parameters], Any]


class Methods:
    """Telegram's methods by their names, over the state that they work on.

    Each takes the call's parameters, returns the answer's `result` and raises `BotApiError`.
    """

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self.table: dict[str, Method] = {
            "getMe": self.get_me,
            "getUpdates": self.get_updates,
            "getFile": self.get_file,
            "sendMessage": self.send_message,
            "sendPhoto": self.send_photo,
            "sendChatAction": self.send_chat_action,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.get_webhook_info,
            "setMyCommands": self.set_my_commands,
            "getMyCommands": self.get_my_commands,
        }

    def get_me(self, _call: Parameters) -> JsonObject:
        """The bot's own `User` object."""
        return {
            **BOT.to_json(),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def get_updates(self, call: Parameters) -> list[JsonObject]:
        """Pending updates, waiting for one as long as the call says."""
        updates = self._telegram.updates
        offset = call.integer("offset")
        limit = min(max(call.integer("limit", _MAX_UPDATES), 1), _MAX_UPDATES)
        timeout = min(max(call.integer("timeout"), 0), _MAX_POLL_SECONDS)
        if call.text("allowed_updates"):
            updates.allow(call.parsed("allowed_updates"))
        return updates.fetch(offset, limit, timeout, call.hung_up)

    def get_file(self, call: Parameters) -> JsonObject:
        """A `File` object with the path to download from."""
        if not call.text("file_id"):
            raise BadRequest("file_id not specified")
        file = self._telegram.files.by_id(call.text("file_id"))
        if file is None:
            raise BadRequest("wrong file_id or the file is temporarily unavailable")
        if len(file.data) > _MAX_DOWNLOAD:
            raise BadRequest("file is too big")
        return {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "file_size": len(file.data),
            "file_path": file.path,
        }

    def send_message(self, call: Parameters) -> JsonObject:
        """Sends a text."""
        chat = self._telegram.chat(call.text("chat_id"))
        text = _formatted(call, "text", "entities")
        if not text.text:
            raise BadRequest("message text is empty")
        if len(text.text) > MAX_TEXT:
            raise BadRequest("message is too long")
        return _send(chat, call, text.as_text)

    def send_photo(self, call: Parameters) -> JsonObject:
        """Sends a photo, uploaded or known by its file_id."""
        chat = self._telegram.chat(call.text("chat_id"))
        caption = _formatted(call, "caption", "caption_entities")
        if len(caption.text) > MAX_CAPTION:
            raise BadRequest("message caption is too long")
        return _send(chat, call, lambda: {"photo": self._photo(call), **caption.as_caption()})

    def send_chat_action(self, call: Parameters) -> bool:
        """Shows what the bot is doing."""
        chat = self._telegram.chat(call.text("chat_id"))
        action = call.text("action").lower()
        if action not in _ACTIONS:
            raise BadRequest("wrong parameter action in request")
        chat.show_action(action)
        return True

    def delete_webhook(self, call: Parameters) -> bool:
        """There is no webhook; forgets the pending updates if asked to."""
        if call.flag("drop_pending_updates"):
            self._telegram.updates.clear()
        return True

    def get_webhook_info(self, _call: Parameters) -> JsonObject:
        """A `WebhookInfo` object without a webhook."""
        return self._telegram.webhook_info()

    def set_my_commands(self, call: Parameters) -> bool:
        """Stores the bot's commands."""
        self._telegram.commands.set(
            call.parsed("commands"), call.parsed("scope"), call.text("language_code")
        )
        return True

    def get_my_commands(self, call: Parameters) -> list[JsonObject]:
        """The `BotCommand` objects stored for this scope and language."""
        return self._telegram.commands.get(call.parsed("scope"), call.text("language_code"))

    def _photo(self, call: Parameters) -> list[JsonObject]:
        """The `PhotoSize` objects of the parameter `photo`."""
        named = call.text("photo")
        field = named.removeprefix("attach://") if named.startswith("attach://") else "photo"
        if field in call.uploads:
            return self._uploaded(call.uploads[field])
        if not named:
            raise BadRequest("there is no photo in the request")
        if "://" in named:
            raise BadRequest("the sandbox takes photos as uploads or by file_id, not by URL")
        file = self._telegram.files.by_id(named)
        if file is None:
            raise BadRequest("wrong file identifier/HTTP URL specified")
        if file.photo is None:
            raise BadRequest("can't use file of type Document as Photo")
        return list(file.photo)

    def _uploaded(self, data: bytes) -> list[JsonObject]:
        if not data:
            raise BadRequest("file must be non-empty")
        if len(data) > _MAX_PHOTO_UPLOAD:
            raise BadRequest("too big for a photo")
        try:
            if sum(dimensions(data)) > _MAX_PHOTO_PERIMETER:
                raise BadRequest("PHOTO_INVALID_DIMENSIONS")
            return self._telegram.files.add_photo(data)
        except BadDimensions:
            raise BadRequest("PHOTO_INVALID_DIMENSIONS") from None
        except NotAPhoto:
            raise BadRequest("IMAGE_PROCESS_FAILED") from None


def _send(chat: Chat, call: Parameters, content: Callable[[], JsonObject]) -> JsonObject:
    """Adds the bot's message with what all kinds of messages have in common."""
    reply_to = _reply_to(chat, call)
    keyboard = inline_keyboard(call.parsed("reply_markup"))
    fields = content()
    if keyboard is not None:
        fields["reply_markup"] = keyboard
    return chat.answer(fields, reply_to)


def _formatted(call: Parameters, name: str, entities_name: str) -> FormattedText:
    if call.text(entities_name):
        raise BadRequest(f"the sandbox does not know the parameter {entities_name}")
    if len(call.text(name)) > _MAX_RAW_TEXT:
        raise BadRequest("message is too long")
    mode = call.text("parse_mode").lower()
    if mode == "html":
        return parse_html(call.text(name))
    if mode:
        raise BadRequest("the sandbox knows no other parse_mode than HTML")
    return formatted(call.text(name))


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
