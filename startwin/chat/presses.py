"""What the bot does with a press on a button."""

import contextlib
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from telegram import CallbackQuery, Update
from telegram.error import TelegramError
from telegram.ext import CallbackContext

from startwin import journal
from startwin.chat.answers import Answers
from startwin.chat.buttons import FORGET, Press
from startwin.chat.discoveries import Discoveries
from startwin.chat.outbox import Outbox, changes_nothing
from startwin.chat.replies import Replies, Translations
from startwin.chat.turns import Turn, Turns
from startwin.errors import NoPhotoInReply, PhotoError

CALLERS = 8
"""Presses that are acknowledged at once."""


class Presses:
    """Answers presses: those on one message one after another.

    Args:
        answers: makes the cards.
        outbox: puts them into the messages.
        turns: whose turn it is.
        discoveries: what is counted.
        translations: what is said.
    """

    def __init__(
        self,
        answers: Answers,
        outbox: Outbox,
        turns: Turns,
        discoveries: Discoveries,
        translations: Translations,
    ) -> None:
        self._log = journal.log("chat")
        self._answers = answers
        self._outbox = outbox
        self._turns = turns
        self._discoveries = discoveries
        self._translations = translations
        self._callers = ThreadPoolExecutor(CALLERS, thread_name_prefix="press")

    def stop(self) -> None:
        """Acknowledge nothing any more."""
        self._callers.shutdown(wait=False, cancel_futures=True)

    def press(self, update: Update, _: CallbackContext[Any, Any, Any]) -> None:
        """Do what a button says."""
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind sees to it
        replies = self._translations.of(query.from_user.language_code)
        press = Press.read(query.data)
        if query.data == FORGET:
            self._acknowledge(query, replies.plain(self._forgotten(query.from_user.id)), alert=True)
        elif press is None or not query.message:
            self._acknowledge(query, replies.plain("press.gone"), alert=True)
        else:
            job = partial(self._see_again, query, press, replies)
            which = ("buttons", query.message.chat_id, query.message.message_id)
            if self._turns.take(which, job) is not Turn.TAKEN:
                self._acknowledge(query, replies.plain("press.busy"))

    def _forgotten(self, user: int) -> str:
        """Delete a user's counts; returns the key of what to say."""
        try:
            self._discoveries.forget(user)
        except sqlite3.Error as error:
            self._log.warning("counts could not be deleted", error=str(error))
            return "privacy.failed"
        return "privacy.forgotten"

    def _see_again(
        self, query: CallbackQuery, press: Press, replies: Replies
    ) -> "Future[Any] | None":
        original = query.message.reply_to_message if query.message else None
        key = "trouble.unforeseen"
        try:
            answer = self._answers.again(original, press, replies)
            assert query.message is not None  # noqa: S101 - or there were no original
            changed = self._outbox.change_card(
                query.message, answer.card, answer.caption, answer.buttons
            )
        except NoPhotoInReply:
            key = "press.gone"  # what was answered is there, without its photo
        except PhotoError as error:
            key = error.text_key
        except TelegramError as error:
            self._log.warning("a photo could not be fetched again", error=str(error))
        except Exception:  # noqa: BLE001 - whatever it was, the user is told
            self._log.exception("a press could not be answered")
        else:
            changed.add_done_callback(partial(self._note_change, query, replies))
            return changed
        self._acknowledge(query, replies.plain(key), alert=True)
        return None

    def _note_change(self, query: CallbackQuery, replies: Replies, changed: "Future[Any]") -> None:
        if changed.cancelled():
            return
        failed = changed.exception() is not None and not changes_nothing(changed.exception())
        self._acknowledge(
            query, replies.plain("trouble.unforeseen") if failed else "", alert=failed
        )

    def _acknowledge(self, query: CallbackQuery, text: str = "", alert: bool = False) -> None:
        """End a button's wait. Nobody else waits for Telegram meanwhile."""
        with contextlib.suppress(RuntimeError):  # the bot has stopped
            self._callers.submit(self._acknowledge_now, query, text, alert)

    def _acknowledge_now(self, query: CallbackQuery, text: str, alert: bool) -> None:
        try:
            query.answer(text, show_alert=alert)
        except TelegramError as error:  # the press is too old; the answer is there all the same
            self._log.debug("a press was not acknowledged", error=str(error))
