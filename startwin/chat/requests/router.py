"""What an update asks of the bot, by python-telegram-bot's handlers and filters."""

import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from telegram import Update
from telegram.ext import (
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    Filters,
    Handler,
    MessageHandler,
)

from startwin.chat.requests import originals
from startwin.chat.requests.filters import MeantForBot, ShowsPicture
from startwin.chat.requests.request import Kind, Request

COMMANDS = (Kind.START, Kind.HELP, Kind.ME, Kind.MATCH, Kind.STATS, Kind.PRIVACY)

HINTED = (
    Filters.text
    | Filters.sticker
    | Filters.voice
    | Filters.audio
    | Filters.video
    | Filters.video_note
    | Filters.animation
    | Filters.document
    | Filters.contact
    | Filters.location
    | Filters.poll
    | Filters.dice
)
"""What people send. Telegram has ever new kinds of messages of its own, too."""


class Router:
    """Says what an update asks for. Used by one thread at a time.

    Args:
        username: the bot's.
        albums: the ids of albums whose first photo was meant for the bot before it was started.
    """

    def __init__(self, username: str, albums: Iterable[str] = ()) -> None:
        message = Filters.update.message
        meant = message & (Filters.chat_type.private | MeantForBot(username, albums))
        hinted = message & Filters.chat_type.private & HINTED
        self._handlers: list[Handler[Any, Any]] = [
            MessageHandler(ShowsPicture() & meant, _photo),
            *(
                CommandHandler(command.value, partial(_command, command), filters=message)
                for command in COMMANDS
            ),
            CallbackQueryHandler(_press),
            ChatMemberHandler(_membership, ChatMemberHandler.MY_CHAT_MEMBER),
            MessageHandler(hinted, partial(_command, Kind.HINT)),
        ]

    def request(self, update: Update) -> Request | None:
        """What an update asks for; None if nothing that the bot does."""
        for handler in self._handlers:
            if handler.check_update(update) not in (None, False):
                found: Any = handler.callback(update, None)
                is_request = isinstance(found, Request)
                return replace(found, received=time.time()) if is_request else None
        return None


def _photo(update: Update, _: object) -> Request | None:
    return _about(update, Kind.PHOTO, update.message)


def _command(kind: Kind, update: Update, _: object) -> Request | None:
    asked: Any = update.message
    if kind is Kind.MATCH and originals.shows_picture(asked.reply_to_message):
        asked = asked.reply_to_message
    return _about(update, kind, asked)


def _about(update: Update, kind: Kind, original: Any) -> Request | None:
    """A message's request, about a photo of its own or in the message that it replies to."""
    message: Any = update.message
    user = message.from_user
    if user is None:  # nobody to take a turn
        return None
    return Request(
        update=update.update_id,
        kind=kind,
        chat=message.chat_id,
        message=message.message_id,
        user=user.id,
        language=user.language_code,
        sent=int(message.date.timestamp()),
        file=originals.file_of(original),
        owner=originals.owner_of(original),
        reply_to=original.message_id,
        album=message.media_group_id,
    )


def _press(update: Update, _: object) -> Request:
    query: Any = update.callback_query
    card = query.message
    original = card.reply_to_message if card else None
    return Request(
        update=update.update_id,
        kind=Kind.PRESS,
        chat=card.chat_id if card else query.from_user.id,
        message=card.message_id if card else 0,
        user=query.from_user.id,
        language=query.from_user.language_code,
        file=originals.file_of(original),
        owner=originals.owner_of(original),
        callback=query.id,
        data=query.data,
    )


def _membership(update: Update, _: object) -> Request | None:
    change: Any = update.my_chat_member
    if change.new_chat_member.status not in ("kicked", "left"):
        return None
    who = change.from_user
    return Request(update.update_id, Kind.LEFT, change.chat.id, 0, who.id, who.language_code)
