"""Answers: from a message with a photo to a card, its words and its buttons."""

import sqlite3
import threading
import time
from dataclasses import dataclass

from cachetools import TTLCache
from telegram import Bot, InlineKeyboardMarkup, Message

from startwin import journal
from startwin.chat import originals
from startwin.chat.buttons import MOST_LIKENESSES, Press, answer_buttons
from startwin.chat.card import CardPainter
from startwin.chat.discoveries import Discoveries
from startwin.chat.replies import Replies
from startwin.gallery import Likeness
from startwin.matcher import Match, Matcher

LATE = 3600.0
"""Seconds after which an answer begins with an apology."""

CHATS = 10_000
"""Chats that are remembered for having been apologised to."""


@dataclass(frozen=True)
class Answer:
    """What is sent.

    Attributes:
        card: JPEG bytes.
        caption: Telegram's HTML.
        buttons: below it.
        match: what it tells.
        likeness: which one of that.
    """

    card: bytes
    caption: str
    buttons: InlineKeyboardMarkup
    match: Match
    likeness: Likeness


class Answers:
    """Makes answers. Safe to use from many threads.

    Args:
        bot: fetches photos.
        matcher: finds the likeness.
        painter: draws the card.
        discoveries: counts what was found.
    """

    def __init__(
        self, bot: Bot, matcher: Matcher, painter: CardPainter, discoveries: Discoveries
    ) -> None:
        self._log = journal.log("chat")
        self._bot = bot
        self._matcher = matcher
        self._painter = painter
        self._discoveries = discoveries
        self._lock = threading.Lock()
        self._apologised: TTLCache[int, bool] = TTLCache(CHATS, LATE)

    def first(self, asked: Message, original: Message, user: int, replies: Replies) -> Answer:
        """The answer to a photo, counted as a user's find; see `again` for what it raises.

        Args:
            asked: the message that wants it.
            original: the one with the photo; often the same.
            user: who is answered.
            replies: in their language.
        """
        answer = self.again(original, Press(), replies)
        lines = [answer.caption]
        person = answer.likeness.person
        if self._is_discovery(user, person.alias):
            lines.append(replies.text("answer.discovery", star=replies.name(person)))
        waited = time.time() - asked.date.timestamp()
        if waited > LATE and self._is_first_apology(asked.chat_id):
            lines.insert(0, replies.text("answer.late"))
        return Answer(answer.card, "\n".join(lines), answer.buttons, answer.match, answer.likeness)

    def _is_discovery(self, user: int, alias: str) -> bool:
        try:
            return self._discoveries.add(user, alias)
        except sqlite3.Error as error:  # the answer is worth more than the count
            self._log.warning("a find could not be counted", error=str(error))
            return False

    def _is_first_apology(self, chat: int) -> bool:
        with self._lock:
            is_first = chat not in self._apologised
            self._apologised[chat] = True
            return is_first

    def again(self, original: Message | None, press: Press, replies: Replies) -> Answer:
        """The answer to a photo, for a press on one of its buttons.

        Args:
            original: the message with the photo, or that asks for a profile photo.
            press: which face and which star.
            replies: in the user's language.

        Raises:
            PhotoError: there is none; one of its leaves says why.
            TelegramError: the photo could not be fetched.
        """
        photo = originals.fetch(self._bot, original)
        match = self._matcher.match(photo, press.face, MOST_LIKENESSES)
        press = press._replace(rank=min(press.rank, len(match.likenesses) - 1))
        likeness = match.likenesses[press.rank]
        card = self._painter.paint(
            match.sight.frame,
            self._matcher.frame(likeness.person),
            replies.percent(likeness),
            replies.name(likeness.person),
        )
        buttons = answer_buttons(match, press, replies, str(self._bot.username))
        return Answer(card, replies.caption(likeness, press.rank), buttons, match, likeness)
