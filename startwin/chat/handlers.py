"""What the bot does with each request but the presses on buttons."""

import time
from concurrent.futures import Future
from functools import partial

from cachetools import TTLCache
from telegram import Bot, Message

from startwin import journal
from startwin.chat.actions import Actions
from startwin.chat.answers import Answers
from startwin.chat.buttons import forget_button
from startwin.chat.discoveries import Discoveries
from startwin.chat.outbox import Outbox
from startwin.chat.presses import Presses
from startwin.chat.replies import Replies, Translations
from startwin.chat.requests.request import Request
from startwin.chat.turns import Turn, Turns
from startwin.chat.wire.outcome import Left
from startwin.gallery import LiveGallery

HINT_EVERY = 60.0
"""Seconds in which one hint is enough for a chat, whatever comes."""


class Handlers:
    """Answers requests; see `startwin.chat.presses` for the buttons.

    Args:
        bot: talks to Telegram.
        answers: makes them.
        outbox: sends them.
        turns: whose turn it is.
        discoveries: what is counted.
        translations: what is said.
        live: whose stars can be found.
    """

    def __init__(
        self,
        bot: Bot,
        answers: Answers,
        outbox: Outbox,
        turns: Turns,
        discoveries: Discoveries,
        translations: Translations,
        live: LiveGallery,
    ) -> None:
        self._log = journal.log("chat")
        self._answers = answers
        self._outbox = outbox
        self._ledger = outbox.ledger
        self._turns = turns
        self._discoveries = discoveries
        self._translations = translations
        self._live = live
        self._actions = Actions(bot)
        self._presses = Presses(bot, answers, outbox, discoveries, translations)
        self._hinted: TTLCache[int, bool] = TTLCache(10_000, HINT_EVERY)
        self._overloaded: TTLCache[int, bool] = TTLCache(10_000, HINT_EVERY)

    def handle(self, request: Request) -> None:
        """Do what a request asks for, or see to it that it is done when its turn comes."""
        self._ledger.begin(request)
        try:
            getattr(self, request.kind)(request)
        except Exception as error:  # noqa: BLE001 - whatever it was, the user is told
            self._log.exception("a request could not be handled")
            self._ledger.note(request, outcome="unforeseen", error=type(error).__name__)
            self._say(request, "trouble.unforeseen")

    def photo(self, request: Request) -> None:
        """Answer a photo with a likeness when it is its sender's turn."""
        replies = self._replies_to(request)
        self._actions.begin(request.chat)
        job = partial(self._answer_now, request, replies)
        # One line for each person and chat: a notice in one is none in another.
        turn = self._turns.take((request.chat, request.user), job)
        if turn is Turn.TAKEN:
            return
        self._actions.end(request.chat)
        if turn is Turn.STOPPED:  # it stays in the inbox
            return
        is_overload = turn is Turn.OVERLOADED
        self._ledger.note(request, outcome="overload" if is_overload else "flood")
        if turn is Turn.REFUSED:
            self._say(request, "flood.notice")
        elif is_overload and self._is_first(self._overloaded, request.chat):
            self._say(request, "flood.overload")
        else:  # the notice of a moment ago holds for this one, too
            self._outbox.settle(request)

    me = photo
    """Answer with the likeness of the user's profile photo."""

    match = photo
    """Answer the photo that the command replies to."""

    def start(self, request: Request) -> None:
        """Say how to begin."""
        self._say(request, "start", quote=False)

    def help(self, request: Request) -> None:
        """Say what the percentage means."""
        self._say(request, "help", quote=False)

    def hint(self, request: Request) -> None:
        """Say gently that photos are wanted."""
        if self._is_first(self._hinted, request.chat):
            self._say(request, "hint", quote=False)
        else:
            self._outbox.settle(request, "ignored")

    def stats(self, request: Request) -> None:
        """Say how many stars have been found."""
        replies, aliases = self._replies_to(request), self._live.current.aliases
        counts = self._discoveries.counts(request.user, aliases)
        own = replies.text("stats.nothing")
        if counts.own:
            own = replies.text("stats.own", own=counts.own, photos=counts.photos)
        everybody = replies.text("stats.all", found=counts.found, stars=len(aliases))
        self._outbox.say(request, f"{everybody}\n{own}", quote=False)

    def privacy(self, request: Request) -> None:
        """Say what is kept, and offer to delete it."""
        replies = self._replies_to(request)
        button = forget_button(replies)
        self._outbox.say(request, replies.text("privacy.text"), button, quote=False)

    def press(self, request: Request) -> None:
        """Do what a button says."""
        self._presses.press(request)

    def left(self, request: Request) -> None:
        """Forget a chat that the bot was thrown out of."""
        self._outbox.drop(request.chat)
        self._hinted.pop(request.chat, None)
        self._outbox.settle(request, "left")

    def stop(self, timeout: float) -> int:
        """Finish what was begun, for so many seconds; returns how many users' photos are left."""
        deadline = time.monotonic() + timeout
        left = self._turns.stop(timeout)
        left += self._presses.stop(max(0.0, deadline - time.monotonic()))
        self._answers.stop()
        self._actions.stop()
        return left

    def _answer_now(self, request: Request, replies: Replies) -> "Future[Message | None] | None":
        """Answer a photo, with a card or with a word; returns what is sent."""
        self._ledger.begin_turn(request)
        try:
            answer = self._answers.first(request, replies)
        except Left:  # it stays in the inbox
            return None
        except Exception as error:  # noqa: BLE001 - whatever it was, the user is told
            return self._outbox.say(request, replies.text(self._ledger.trouble(request, error)))
        else:
            apology = replies.text("trouble.unforeseen")
            sent = self._outbox.send_card(
                request, answer.card, answer.caption, answer.buttons, apology
            )
            alias = answer.likeness.person.alias
            sent.add_done_callback(partial(self._settle_find, request, alias))
            return sent
        finally:
            self._actions.end(request.chat)

    def _say(self, request: Request, key: str, quote: bool = True) -> None:
        self._outbox.say(request, self._replies_to(request).text(key), quote=quote)

    def _replies_to(self, request: Request) -> Replies:
        return self._translations.of(request.language)

    @staticmethod
    def _is_first(lately: "TTLCache[int, bool]", chat: int) -> bool:
        is_first = chat not in lately
        lately[chat] = True
        return is_first

    def _settle_find(self, request: Request, alias: str, sent: "Future[Message | None]") -> None:
        finder = None if sent.exception() else request.user
        self._discoveries.settle(alias, request.update, finder)
