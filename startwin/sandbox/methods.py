"""The methods of the Bot API that the sandbox knows."""

from collections.abc import Callable
from typing import Any

from startwin.sandbox.editing import Editing
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.parameters import Parameters
from startwin.sandbox.queries import Toast
from startwin.sandbox.sending import Sending
from startwin.sandbox.telegram import BOT, Telegram
from startwin.sandbox.webhook import webhook_of

_MEGABYTE = 1 << 20
_MAX_DOWNLOAD = 20 * _MEGABYTE
_MAX_UPDATES = 100
_MAX_POLL_SECONDS = 50
_MAX_TOAST = 200
_MAX_PROFILE_PHOTOS = 100

Method = Callable[[Parameters], Any]


class Methods:
    """Telegram's methods by their names, over the state that they work on.

    Each takes the call's parameters, returns the answer's `result` and raises `BotApiError`.
    """

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        sending, editing = Sending(telegram), Editing(telegram)
        self.table: dict[str, Method] = {
            "getMe": self.get_me,
            "getUpdates": self.get_updates,
            "getFile": self.get_file,
            "getUserProfilePhotos": self.get_user_profile_photos,
            "sendMessage": sending.send_message,
            "sendPhoto": sending.send_photo,
            "sendChatAction": sending.send_chat_action,
            "editMessageText": editing.edit_message_text,
            "editMessageCaption": editing.edit_message_caption,
            "editMessageMedia": editing.edit_message_media,
            "editMessageReplyMarkup": editing.edit_message_reply_markup,
            "answerCallbackQuery": self.answer_callback_query,
            "setWebhook": self.set_webhook,
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
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
        }

    def get_updates(self, call: Parameters) -> list[JsonObject]:
        """Pending updates, waiting for one as long as the call says."""
        updates = self._telegram.updates
        updates.check_pollable()
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

    def get_user_profile_photos(self, call: Parameters) -> JsonObject:
        """A `UserProfilePhotos` object."""
        person = self._telegram.person(call.integer("user_id"))
        offset = max(call.integer("offset"), 0)
        limit = min(max(call.integer("limit", _MAX_PROFILE_PHOTOS), 1), _MAX_PROFILE_PHOTOS)
        photos = list(person.photos)
        return {"total_count": len(photos), "photos": photos[offset : offset + limit]}

    def answer_callback_query(self, call: Parameters) -> bool:
        """Ends a button's wait, with a note for who pressed it or without."""
        text = call.text("text")
        if len(text) > _MAX_TOAST:
            raise BadRequest("MESSAGE_TOO_LONG")
        if call.text("url"):
            raise BadRequest("the sandbox does not know the parameter url")
        toast = Toast(text, call.flag("show_alert"))
        self._telegram.queries.answer(call.text("callback_query_id"), toast)
        return True

    def set_webhook(self, call: Parameters) -> bool:
        """Pushes the updates from now on; an empty URL ends that, as deleteWebhook does."""
        hook = webhook_of(call)
        if call.text("allowed_updates"):
            self._telegram.updates.allow(call.parsed("allowed_updates"))
        self._telegram.courier.set(hook, drop_pending=call.flag("drop_pending_updates"))
        return True

    def delete_webhook(self, call: Parameters) -> bool:
        """Leaves the updates to getUpdates again; forgets the pending ones if asked to."""
        self._telegram.courier.set(None, drop_pending=call.flag("drop_pending_updates"))
        return True

    def get_webhook_info(self, _call: Parameters) -> JsonObject:
        """A `WebhookInfo` object; its URL is empty where no web hook is set."""
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
