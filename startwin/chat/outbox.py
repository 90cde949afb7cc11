"""Answers on their way to the queue, and what is done with those that Telegram refuses."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message, ParseMode
from telegram.error import ChatMigrated

from startwin import journal
from startwin.chat.delivery import Delivery
from startwin.chat.ledger import Ledger
from startwin.chat.requests.inbox import Inbox
from startwin.chat.requests.request import Request
from startwin.chat.wire.message_queue import MessageQueue
from startwin.chat.wire.outcome import Dropped, Left
from startwin.chat.wire.retries import Retries
from startwin.chat.wire.verdict import Verdict, verdict

T = TypeVar("T")


class Outbox:
    """Hands answers to the queue; their requests are done when Telegram has them.

    Safe to use from many threads.

    Args:
        bot: talks to Telegram.
        queue: takes the answers.
        inbox: is told what becomes of them.
        ledger: likewise, for the journal.
        timeout: seconds that one send may take.

    Attributes:
        ledger: as given.
    """

    def __init__(
        self, bot: Bot, queue: MessageQueue, inbox: Inbox, ledger: Ledger, timeout: float
    ) -> None:
        self._log = journal.log("chat")
        self._bot = bot
        self._queue = queue
        self._inbox = inbox
        self.ledger = ledger
        self._timeout = timeout
        self._storing = Retries("what is sent cannot be noted")

    def say(
        self,
        request: Request,
        text: str,
        buttons: InlineKeyboardMarkup | None = None,
        quote: bool = True,
    ) -> "Future[Message | None]":
        """Answer a request with a text; returns what becomes of it."""
        send = partial(self._bot.send_message, text=text, reply_markup=buttons)
        sent = self._answer(request, request.message if quote else None, send)
        sent.add_done_callback(partial(self._note, request))
        return sent

    def send_card(
        self,
        request: Request,
        card: bytes | str | None,
        caption: str,
        buttons: InlineKeyboardMarkup,
        apology: str,
    ) -> "Future[Message | None]":
        """Answer a request with a card; returns what becomes of it.

        Args:
            request: a request.
            card: a picture, the address of one that Telegram is to fetch, or None for the caption
                alone.
            caption: Telegram's HTML; alone as well if Telegram cannot fetch the picture.
            buttons: below it.
            apology: what is sent if Telegram does not take pictures there.
        """
        if card is None:
            return self.say(request, caption)
        send = partial(self._bot.send_photo, photo=card, caption=caption, reply_markup=buttons)
        sent = self._answer(request, request.reply_to, send)
        instead = partial(self.say, request, apology)
        if isinstance(card, str):
            instead = partial(self.say, request, caption)
        sent.add_done_callback(partial(self._note_or, instead, request))
        return sent

    def change_card(
        self,
        request: Request,
        card: bytes | str,
        caption: str,
        buttons: InlineKeyboardMarkup,
    ) -> "Future[Message | None]":
        """Put another card into the message with the button; returns what becomes of it."""
        edit: Callable[[], Any] = partial(
            self._bot.edit_message_media,
            chat_id=request.chat,
            message_id=request.message,
            media=InputMediaPhoto(card, caption, parse_mode=ParseMode.HTML),
            reply_markup=buttons,
            timeout=self._timeout,
        )
        changed = self._put(request, edit, repeatable=True)
        changed.add_done_callback(partial(self._note, request))
        return changed

    def settle(self, request: Request, outcome: str | None = None) -> None:
        """A request needs no answer from here.

        Args:
            request: a request.
            outcome: what became of it, if the ledger does not know.
        """
        self._inbox.done(request)
        self.ledger.end(request, outcome)

    def drop(self, chat: int) -> None:
        """Send nothing that waits for a chat: the bot is no longer wanted there."""
        self._queue.drop(chat)

    def _answer(
        self, request: Request, quoted: int | None, send: Callable[..., Message]
    ) -> "Future[Message | None]":
        ready = partial(
            send,
            parse_mode=ParseMode.HTML,
            allow_sending_without_reply=True,
            timeout=self._timeout,
        )
        return self._put(request, partial(_follow, ready, request.chat, quoted), repeatable=False)

    def _put(self, request: Request, send: Callable[[], T], repeatable: bool) -> "Future[T | None]":
        inbox, ledger = self._inbox, self.ledger
        delivery = Delivery(inbox, ledger, request, send, repeatable, self._storing)
        return self._queue.put(request.chat, delivery)

    def _note_or(self, instead: Callable[[], Any], request: Request, sent: "Future[Any]") -> None:
        """Note what became of an answer, or send something else if it was refused."""
        error = sent.exception()
        if error is None or isinstance(error, Left | Dropped) or _is_unwanted(error):
            self._note(request, sent)
        else:
            self._log.error("a card could not be sent", error=str(error))
            self.ledger.note(request, outcome="refused", error=str(error))
            instead()

    def _note(self, request: Request, sent: "Future[Any]") -> None:
        """A request whose answer was left for the next start stays; all others are done."""
        error = sent.exception()
        if error is None:
            self.ledger.end(request)
        elif isinstance(error, Left):
            pass
        elif isinstance(error, Dropped) or _is_unwanted(error):
            self._log.info("an answer is not wanted any more")
            self.settle(request, "unwanted")
        else:
            self._log.error("an answer could not be sent", error=str(error))
            self.ledger.note(request, error=str(error))
            self.settle(request, "failed")


def _is_unwanted(error: BaseException) -> bool:
    return verdict(error) is Verdict.UNWANTED


def _follow(send: Callable[..., Message], chat: int, quoted: int | None) -> Message:
    """Send, and where a group has become a supergroup, send there: its messages are others."""
    try:
        return send(chat_id=chat, reply_to_message_id=quoted)
    except ChatMigrated as moved:
        return send(chat_id=moved.new_chat_id)
