"""What the bot does with each message."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from telegram import Bot, ChatAction, Message, ParseMode, Update
from telegram.error import TelegramError
from telegram.ext import CallbackContext, CommandHandler, Dispatcher, Filters, MessageHandler
from telegram.ext.filters import MessageFilter

from startwin import journal
from startwin.chat.message_queue import MessageQueue
from startwin.chat.replies import Replies
from startwin.errors import PhotoError
from startwin.matcher import Match, Matcher

COMMANDS = ("start", "help")

LARGEST_FILE = 20_000_000
"""What Telegram lets a bot fetch, in bytes."""

Context = CallbackContext[Any, Any, Any]


class Handlers:
    """Answers messages.

    Args:
        bot: talks to Telegram.
        matcher: finds the likeness.
        queue: takes the answers.
        replies: words them.
        send_timeout: seconds that one send may take.
    """

    def __init__(
        self,
        bot: Bot,
        matcher: Matcher,
        queue: MessageQueue,
        replies: Replies,
        send_timeout: float,
    ) -> None:
        self._log = journal.log("chat")
        self._bot = bot
        self._matcher = matcher
        self._queue = queue
        self._replies = replies
        self._send_timeout = send_timeout
        self._actions = ThreadPoolExecutor(4, thread_name_prefix="chat action")

    def register(self, dispatcher: "Dispatcher[Any, Any, Any, Any]") -> None:
        """Have a dispatcher call these handlers."""
        pictures = Filters.photo | Filters.document.category("image/")
        meant = Filters.chat_type.private | _MeantForBot(self._bot.username)
        dispatcher.add_handler(MessageHandler(pictures & meant, self.photo, run_async=True))
        for command in COMMANDS:
            dispatcher.add_handler(CommandHandler(command, partial(self._say_text, command)))
        other = Filters.chat_type.private & ~Filters.status_update
        dispatcher.add_handler(MessageHandler(other, partial(self._say_text, "hint")))
        dispatcher.add_error_handler(self.error)

    def photo(self, update: Update, _: Context) -> None:
        """Answer a photo, or a picture that was sent as a file, with a likeness."""
        message = update.effective_message
        assert message is not None  # noqa: S101 - the filters see to it
        began = time.monotonic()
        self._actions.submit(self._show_action, message.chat_id)
        try:
            photo = self._download(message)
            if photo is None:
                self._say(message, self._replies.text("file_too_big"))
                return
            match = self._matcher.match(photo)
        except PhotoError as error:
            self._say(message, self._replies.text(error.text_key))
            self._log.info("photo without a likeness", reason=type(error).__name__)
            return
        sent = self._put(
            message,
            self._bot.send_photo,
            photo=self._matcher.picture(match.likenesses[0]),
            caption=self._replies.match(match),
        )
        sent.add_done_callback(partial(self._note_answer, match, began))

    def error(self, update: object, context: Context) -> None:
        """Something unforeseen: say so in the log, and to the user if there is one."""
        self._log.error("a message could not be handled", exc_info=context.error)
        if isinstance(update, Update) and update.effective_message:
            self._say(update.effective_message, self._replies.text("trouble"))

    def _say_text(self, key: str, update: Update, _: Context) -> None:
        if update.effective_message:
            self._say(update.effective_message, self._replies.text(key), quote=False)

    def _say(self, message: Message, text: str, quote: bool = True) -> None:
        self._put(message, self._bot.send_message, quote=quote, text=text)

    def _put(
        self,
        message: Message,
        method: Callable[..., Message],
        quote: bool = True,
        **content: object,
    ) -> "Future[Message]":
        """Send something to a message's chat, in answer to it, when its turn comes."""
        sent = self._queue.put(
            message.chat_id,
            partial(
                method,
                chat_id=message.chat_id,
                parse_mode=ParseMode.HTML,
                reply_to_message_id=message.message_id if quote else None,
                allow_sending_without_reply=True,
                timeout=self._send_timeout,
                **content,
            ),
        )
        sent.add_done_callback(self._note_failure)
        return sent

    def _note_failure(self, sent: "Future[Message]") -> None:
        if sent.cancelled():
            self._log.warning("an answer was dropped because the bot stopped")
        elif error := sent.exception():
            self._log.error("an answer could not be sent", error=str(error))

    def _note_answer(self, match: Match, began: float, sent: "Future[Message]") -> None:
        if sent.cancelled() or sent.exception():
            return
        best = match.likenesses[0]
        self._log.info(
            "photo answered",
            alias=best.person.alias,
            distance=round(best.distance, 3),
            percent=round(best.percent),
            faces=match.faces,
            seconds=round(time.monotonic() - began, 2),
        )

    def _show_action(self, chat_id: int) -> None:
        try:
            self._bot.send_chat_action(chat_id, ChatAction.UPLOAD_PHOTO)
        except TelegramError as error:  # a courtesy, not worth a second try
            self._log.debug("chat action not shown", error=str(error))

    @staticmethod
    def _download(message: Message) -> bytes | None:
        """The largest of a photo's sizes, or the file; None if it is too big to be fetched."""
        if message.photo:
            source: Any = max(message.photo, key=lambda size: size.width * size.height)
        else:
            source = message.document
        if (source.file_size or 0) > LARGEST_FILE:
            return None
        return bytes(source.get_file().download_as_bytearray())


class _MeantForBot(MessageFilter):
    """In a group: a message that mentions the bot or replies to it."""

    def __init__(self, username: str) -> None:
        self._username = username

    def filter(self, message: Message) -> bool:
        original = message.reply_to_message
        if original and original.from_user and original.from_user.username == self._username:
            return True
        mention = f"@{self._username}".casefold()
        mentions = {
            **message.parse_entities(["mention"]),
            **message.parse_caption_entities(["mention"]),
        }
        return mention in (text.casefold() for text in mentions.values())
