"""Messages and edits on their way to the queue, and what is done when one does not arrive."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message, ParseMode
from telegram.error import BadRequest, ChatMigrated, RetryAfter, Unauthorized

from startwin import journal
from startwin.chat.message_queue import MessageQueue

T = TypeVar("T")

TRIES = 5
"""For a message that Telegram has no time for."""

LONGEST_WAIT = 60.0
"""Seconds until the next one."""


class Outbox:
    """Hands answers to the queue. Safe to use from many threads.

    Args:
        bot: talks to Telegram.
        queue: takes the answers.
        timeout: seconds that one send may take.
    """

    def __init__(self, bot: Bot, queue: MessageQueue, timeout: float) -> None:
        self._log = journal.log("chat")
        self._bot = bot
        self._queue = queue
        self._timeout = timeout
        self._over = threading.Event()

    def say(
        self,
        message: Message,
        text: str,
        buttons: InlineKeyboardMarkup | None = None,
        quote: bool = True,
    ) -> "Future[Message]":
        """Send a text to a message's chat, in answer to it; returns what becomes of it."""
        send = partial(self._bot.send_message, text=text, reply_markup=buttons)
        return self._answer(message, quote, send)

    def send_card(
        self,
        message: Message,
        card: bytes,
        caption: str,
        buttons: InlineKeyboardMarkup,
    ) -> "Future[Message]":
        """Send a card in answer to a message; returns what becomes of it."""
        send = partial(self._bot.send_photo, photo=card, caption=caption, reply_markup=buttons)
        return self._answer(message, True, send)

    def change_card(
        self,
        message: Message,
        card: bytes,
        caption: str,
        buttons: InlineKeyboardMarkup,
    ) -> "Future[Message | bool]":
        """Put another card into one of the bot's messages; returns what becomes of it."""
        edit = partial(
            self._bot.edit_message_media,
            chat_id=message.chat_id,
            message_id=message.message_id,
            media=InputMediaPhoto(card, caption, parse_mode=ParseMode.HTML),
            reply_markup=buttons,
            timeout=self._timeout,
        )
        changed = self._queue.put(message.chat_id, partial(self._patiently, edit))
        changed.add_done_callback(self._note_failure)
        return changed

    def drop(self, chat: int) -> None:
        """Send nothing that waits for a chat: the bot is no longer wanted there."""
        self._queue.drop(chat)

    def _answer(
        self, message: Message, quote: bool, send: Callable[..., Message]
    ) -> "Future[Message]":
        quoted = message.message_id if quote else None
        ready = partial(
            send,
            parse_mode=ParseMode.HTML,
            allow_sending_without_reply=True,
            timeout=self._timeout,
        )
        follow = partial(_follow, ready, message.chat_id, quoted)
        sent = self._queue.put(message.chat_id, partial(self._patiently, follow))
        sent.add_done_callback(self._note_failure)
        return sent

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._over.set()

    def _patiently(self, send: Callable[[], T]) -> T:
        """Send, and again if Telegram says when: it has not taken the first one then."""
        for _ in range(TRIES - 1):
            try:
                return send()
            except RetryAfter as error:
                if self._over.wait(min(error.retry_after, LONGEST_WAIT)):
                    raise
        return send()

    def _note_failure(self, sent: "Future[Any]") -> None:
        if sent.cancelled():
            self._log.warning("an answer was dropped because the bot stopped or left the chat")
            return
        error = sent.exception()
        if isinstance(error, Unauthorized):
            self._log.info("an answer is not wanted any more", error=str(error))
        elif error is not None and not changes_nothing(error):
            self._log.error("an answer could not be sent", error=str(error))


def _follow(send: Callable[..., Message], chat: int, quoted: int | None) -> Message:
    """Send, and where a group has become a supergroup, send there: its messages are others."""
    try:
        return send(chat_id=chat, reply_to_message_id=quoted)
    except ChatMigrated as moved:
        return send(chat_id=moved.new_chat_id)


def changes_nothing(error: BaseException | None) -> bool:
    """Whether an edit was refused because the message is like that already: pressed twice."""
    return isinstance(error, BadRequest) and "not modified" in str(error).lower()
