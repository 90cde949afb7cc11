"""What the bot does with a press on a button."""

import contextlib
import sqlite3
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from startwin import journal
from startwin.chat.answers import Answers
from startwin.chat.buttons import FORGET, Press
from startwin.chat.discoveries import Discoveries
from startwin.chat.outbox import Outbox
from startwin.chat.replies import Replies, Translations
from startwin.chat.requests.request import Request
from startwin.chat.turns import Turn, Turns
from startwin.chat.wire.outcome import Dropped, Left
from startwin.errors import GalleryError

CALLERS = 8
"""Presses that are worked on, and that are acknowledged, at once."""

MOST_PRESSES = 10
"""Presses of one user that wait, so that nobody's keep everybody else's."""


class Presses:
    """Answers presses: those on one message one after another.

    Args:
        bot: acknowledges them.
        answers: makes the cards.
        outbox: puts them into the messages.
        discoveries: what is counted.
        translations: what is said.
    """

    def __init__(
        self,
        bot: Bot,
        answers: Answers,
        outbox: Outbox,
        discoveries: Discoveries,
        translations: Translations,
    ) -> None:
        self._log = journal.log("chat")
        self._bot = bot
        self._answers = answers
        self._outbox = outbox
        self._ledger = outbox.ledger
        self._turns = Turns(CALLERS)
        self._lock = threading.Lock()
        self._open: Counter[int] = Counter()
        self._discoveries = discoveries
        self._translations = translations
        self._callers = ThreadPoolExecutor(CALLERS, thread_name_prefix="press")

    def stop(self, timeout: float) -> int:
        """Finish what was begun, for so many seconds; returns how many messages' are left."""
        left = self._turns.stop(timeout)
        self._callers.shutdown(wait=False, cancel_futures=True)
        return left

    def press(self, request: Request) -> None:
        """Do what a button says."""
        replies = self._translations.of(request.language)
        press = Press.read(request.data)
        if request.data == FORGET:
            self._end(request, replies.plain(self._forgotten(request.user)), alert=True)
        elif press is None:
            self._end(request, replies.plain("press.gone"), alert=True)
        else:
            self._take(request, press, replies)

    def _take(self, request: Request, press: Press, replies: Replies) -> None:
        with self._lock:
            self._open[request.user] += 1
            is_too_much = self._open[request.user] > MOST_PRESSES
        turn = Turn.REFUSED
        if not is_too_much:
            job = partial(self._see_again, request, press, replies)
            turn = self._turns.take((request.chat, request.message), job)
        if turn is Turn.TAKEN:
            return
        self._close(request)
        if turn is not Turn.STOPPED:  # else it stays in the inbox
            self._ledger.note(request, outcome="flood")
            self._end(request, replies.plain("press.busy"))

    def _close(self, request: Request, _: object = None) -> None:
        with self._lock:
            self._open[request.user] -= 1
            if not self._open[request.user]:
                del self._open[request.user]

    def _forgotten(self, user: int) -> str:
        """Delete a user's counts; returns the key of what to say."""
        try:
            self._discoveries.forget(user)
        except sqlite3.Error as error:
            self._log.warning("counts could not be deleted", error=str(error))
            return "privacy.failed"
        return "privacy.forgotten"

    def _see_again(self, request: Request, press: Press, replies: Replies) -> "Future[Any] | None":
        self._ledger.begin_turn(request)
        try:
            answer = self._answers.again(request, press, replies)
            if answer.card is None:
                raise GalleryError("there is no picture to show")  # noqa: TRY301 - told below
        except Left:  # it stays in the inbox
            return None
        except Exception as error:  # noqa: BLE001 - whatever it was, the user is told
            self._close(request)
            key = self._ledger.trouble(request, error)
            self._end(request, replies.plain(key), alert=True)
            return None
        changed = self._outbox.change_card(request, answer.card, answer.caption, answer.buttons)
        changed.add_done_callback(partial(self._close, request))
        changed.add_done_callback(partial(self._note_change, request, replies))
        return changed

    def _note_change(self, request: Request, replies: Replies, changed: "Future[Any]") -> None:
        error = changed.exception()
        if error is None:
            self._acknowledge(request)
        elif not isinstance(error, Left | Dropped):
            self._acknowledge(request, replies.plain("trouble.unforeseen"), alert=True)

    def _end(self, request: Request, text: str, alert: bool = False) -> None:
        """Answer a press with words alone."""
        self._outbox.settle(request)
        self._acknowledge(request, text, alert)

    def _acknowledge(self, request: Request, text: str = "", alert: bool = False) -> None:
        """End a button's wait. Nobody else waits for Telegram meanwhile."""
        with contextlib.suppress(RuntimeError):  # the bot has stopped
            self._callers.submit(self._acknowledge_now, request, text, alert)

    def _acknowledge_now(self, request: Request, text: str, alert: bool) -> None:
        try:
            self._bot.answer_callback_query(request.callback, text, show_alert=alert)
        except TelegramError as error:  # the press is too old; the answer is there all the same
            self._log.debug("a press was not acknowledged", error=str(error))
