"""Answers: from a request for a likeness to a card, its words and its buttons."""

import threading
import time
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace

from cachetools import TTLCache
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import TelegramError

from startwin import journal
from startwin.chat.buttons import MOST_LIKENESSES, Press, answer_buttons
from startwin.chat.card import CardPainter
from startwin.chat.discoveries import Discoveries
from startwin.chat.ledger import Ledger
from startwin.chat.replies import Replies
from startwin.chat.requests import originals
from startwin.chat.requests.inbox import Inbox
from startwin.chat.requests.request import Request
from startwin.chat.wire.outcome import Left
from startwin.chat.wire.retries import Retries
from startwin.chat.wire.verdict import Verdict, verdict
from startwin.errors import GalleryError, WorkerDied
from startwin.gallery import Likeness
from startwin.matcher import Match, Matcher

LATE = 3600.0
"""Seconds after which an answer begins with an apology."""

CHATS = 10_000
"""Chats that are remembered for having been apologised to."""

FETCH_TRIES = 5
"""For a photo that Telegram is reached about, and does not give."""

DEATHS = 2
"""Workers may be killed by chance; a photo that two of them died of is to blame itself."""


@dataclass(frozen=True)
class Answer:
    """What is sent.

    Attributes:
        card: JPEG bytes; if the star's picture is gone, the address of another one of theirs, or
            None.
        caption: Telegram's HTML.
        buttons: below it.
        match: what it tells.
        likeness: which one of that.
    """

    card: bytes | str | None
    caption: str
    buttons: InlineKeyboardMarkup
    match: Match
    likeness: Likeness


class Answers:
    """Makes answers. Safe to use from many threads.

    Args:
        bot: fetches photos.
        inbox: counts the workers that died of a photo.
        ledger: is told how long what takes.
        matcher: finds the likeness.
        painter: draws the card.
        discoveries: tells what was found before.
        download_timeout: seconds that a photo's download may take.
    """

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        ledger: Ledger,
        matcher: Matcher,
        painter: CardPainter,
        discoveries: Discoveries,
        download_timeout: float,
    ) -> None:
        self._log = journal.log("chat")
        self._bot = bot
        self._inbox = inbox
        self._ledger = ledger
        self._matcher = matcher
        self._painter = painter
        self._discoveries = discoveries
        self._download_timeout = download_timeout
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._apologised: TTLCache[int, bool] = TTLCache(CHATS, LATE)

    def stop(self) -> None:
        """Begin nothing any more."""
        self._over.set()

    def first(self, request: Request, replies: Replies) -> Answer:
        """The answer to a photo; see `again` for what it raises."""
        answer = self.again(request, Press(), replies)
        lines = [answer.caption]
        person = answer.likeness.person
        if self._discoveries.claim(person.alias, request.update):
            self._ledger.note(request, discovery=True)
            lines.append(replies.text("answer.discovery", star=replies.name(person)))
        waited = time.time() - request.sent
        if waited > LATE and self._is_first_apology(request.chat):
            lines.insert(0, replies.text("answer.late"))
        return replace(answer, caption="\n".join(lines))

    def _is_first_apology(self, chat: int) -> bool:
        with self._lock:
            is_first = chat not in self._apologised
            self._apologised[chat] = True
            return is_first

    def again(self, request: Request, press: Press, replies: Replies) -> Answer:
        """The answer to a photo, for a press on one of its buttons.

        Args:
            request: about the photo.
            press: which face and which star.
            replies: in the user's language.

        Raises:
            PhotoError: there is none; one of its leaves says why.
            TelegramError: the photo could not be fetched.
            Left: the bot is stopping.
        """
        watch = self._ledger.watch(request)
        with watch.stage("download"):
            photo = self._fetched(request)
        match = self._matched(request, photo, press.face)
        press = press._replace(rank=min(press.rank, len(match.likenesses) - 1))
        likeness = match.likenesses[press.rank]
        with watch.stage("render"):
            card = self._card(match, likeness, replies)
        self._ledger.likeness(request, match, press.rank)
        buttons = answer_buttons(match, press, replies, str(self._bot.username))
        return Answer(card, replies.caption(likeness, press.rank), buttons, match, likeness)

    def _card(self, match: Match, likeness: Likeness, replies: Replies) -> bytes | str | None:
        person = likeness.person
        try:
            star = match.gallery.frame(person)
        except GalleryError as error:  # the words are worth having without it
            self._log.error("a star's picture is missing", error=str(error))
            return person.photo_url
        percent, name = replies.percent(likeness), replies.name(person)
        return self._painter.paint(match.sight.frame, star, percent, name)

    def _fetched(self, request: Request) -> bytes:
        """The photo, after as many tries as it takes while Telegram cannot be reached."""
        retries = Retries("a photo cannot be fetched")
        tries = 0
        while True:
            try:
                return originals.fetch(self._bot, request, self._download_timeout)
            except TelegramError as error:
                found = verdict(error)
                tries += found is Verdict.UNCERTAIN
                if found in (Verdict.REFUSED, Verdict.UNWANTED) or tries == FETCH_TRIES:
                    raise
                if self._over.wait(retries.failed(error)):
                    raise Left from None

    def _matched(self, request: Request, photo: bytes, face: int) -> Match:
        """The match, after another try if a worker died of it for the first time."""
        while True:
            try:
                watch = self._ledger.watch(request)
                return self._matcher.match(photo, face, MOST_LIKENESSES, watch)
            except CancelledError:  # the workers were stopped with the bot
                raise Left from None
            except WorkerDied:
                if self._over.is_set():
                    raise Left from None
                if self._inbox.note_death(request) >= DEATHS:
                    raise
