"""What the bot does with each message."""

import time
from concurrent.futures import Future
from functools import partial
from typing import Any

from cachetools import TTLCache
from telegram import Bot, Message, Update, User
from telegram.error import TelegramError, Unauthorized
from telegram.ext import (
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    Dispatcher,
    Filters,
    MessageHandler,
)

from startwin import journal
from startwin.chat import originals
from startwin.chat.actions import Actions
from startwin.chat.answers import Answers
from startwin.chat.buttons import forget_button
from startwin.chat.discoveries import Discoveries
from startwin.chat.filters import MeantForBot, ShowsPicture
from startwin.chat.outbox import Outbox
from startwin.chat.presses import Presses
from startwin.chat.replies import Replies, Translations
from startwin.chat.turns import Turn, Turns
from startwin.errors import PhotoError

COMMANDS = ("start", "help", "me", "match", "stats", "privacy")

HINT_EVERY = 60.0
"""Seconds in which one hint is enough for a chat, whatever comes."""

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

Context = CallbackContext[Any, Any, Any]


class Handlers:
    """Answers messages; see `startwin.chat.presses` for the buttons.

    Args:
        bot: talks to Telegram.
        answers: makes them.
        outbox: sends them.
        turns: whose turn it is.
        discoveries: what is counted.
        translations: what is said.
        aliases: of everybody in the gallery.
    """

    def __init__(
        self,
        bot: Bot,
        answers: Answers,
        outbox: Outbox,
        turns: Turns,
        discoveries: Discoveries,
        translations: Translations,
        aliases: frozenset[str],
    ) -> None:
        self._log = journal.log("chat")
        self._bot = bot
        self._answers = answers
        self._outbox = outbox
        self._turns = turns
        self._discoveries = discoveries
        self._translations = translations
        self._aliases = aliases
        self._actions = Actions(bot)
        self._presses = Presses(answers, outbox, turns, discoveries, translations)
        self._hinted: TTLCache[int, bool] = TTLCache(10_000, HINT_EVERY)

    def register(self, dispatcher: "Dispatcher[Any, Any, Any, Any]") -> None:
        """Have a dispatcher call these handlers."""
        add = dispatcher.add_handler
        message = Filters.update.message
        meant = message & (Filters.chat_type.private | MeantForBot(self._bot.username))
        add(MessageHandler(ShowsPicture() & meant, self.photo))
        for command in COMMANDS:
            add(CommandHandler(command, getattr(self, command), filters=message))
        add(CallbackQueryHandler(self._presses.press))
        add(ChatMemberHandler(self.membership, ChatMemberHandler.MY_CHAT_MEMBER))
        other = message & Filters.chat_type.private & HINTED
        add(MessageHandler(other, self.hint))
        dispatcher.add_error_handler(self.error)

    def photo(self, update: Update, _: Context) -> None:
        """Answer a photo, or a picture that was sent as a file, with a likeness."""
        self._answer(update, update.effective_message)

    me = photo
    """Answer with the likeness of the user's profile photo, which the message asks for."""

    def match(self, update: Update, _: Context) -> None:
        """Answer the photo that this message replies to."""
        message = update.effective_message
        assert message is not None  # noqa: S101 - the filters see to it
        original = message.reply_to_message
        self._answer(update, original if originals.shows_picture(original) else message)

    def start(self, update: Update, _: Context) -> None:
        """Say how to begin."""
        self._say(update, "start")

    def help(self, update: Update, _: Context) -> None:
        """Say what the percentage means."""
        self._say(update, "help")

    def hint(self, update: Update, _: Context) -> None:
        """Say gently that photos are wanted."""
        message = update.effective_message
        if message is not None and message.chat_id not in self._hinted:
            self._hinted[message.chat_id] = True
            self._say(update, "hint")

    def stats(self, update: Update, _: Context) -> None:
        """Say how many stars have been found."""
        user, replies = update.effective_user, self._replies_to(update.effective_user)
        message = update.effective_message
        if user is None or message is None:
            return
        counts = self._discoveries.counts(user.id, self._aliases)
        own = replies.text("stats.nothing")
        if counts.own:
            own = replies.text("stats.own", own=counts.own, photos=counts.photos)
        everybody = replies.text("stats.all", found=counts.found, stars=len(self._aliases))
        self._outbox.say(message, f"{everybody}\n{own}", quote=False)

    def privacy(self, update: Update, _: Context) -> None:
        """Say what is kept, and offer to delete it."""
        replies = self._replies_to(update.effective_user)
        if update.effective_message is not None:
            text, button = replies.text("privacy.text"), forget_button(replies)
            self._outbox.say(update.effective_message, text, button, quote=False)

    def membership(self, update: Update, _: Context) -> None:
        """Forget a chat that the bot was thrown out of."""
        change = update.my_chat_member
        assert change is not None  # noqa: S101 - likewise
        if change.new_chat_member.status in ("kicked", "left"):
            self._outbox.drop(change.chat.id)
            self._hinted.pop(change.chat.id, None)

    def error(self, update: object, context: Context) -> None:
        """Something unforeseen: say so in the log, and to the user if there is one."""
        self._log.error("a message could not be handled", exc_info=context.error)
        if isinstance(update, Update) and update.effective_message:
            self._say(update, "trouble.unforeseen", quote=True)

    def stop(self, timeout: float) -> int:
        """Finish what was begun, for so many seconds; returns how many users' photos are left."""
        left = self._turns.stop(timeout)
        self._actions.stop()
        self._outbox.stop()
        self._presses.stop()
        return left

    def _answer(self, update: Update, original: Message | None) -> None:
        """Have the photo that a message is about answered when it is its sender's turn."""
        message, user = update.effective_message, update.effective_user
        if message is None or original is None or user is None:
            return
        replies = self._replies_to(user)
        began = time.monotonic()
        self._actions.begin(message.chat_id)
        job = partial(self._answer_now, message, original, user.id, replies, began)
        turn = self._turns.take(user.id, job)
        if turn is not Turn.TAKEN:
            self._actions.end(message.chat_id)
        if turn is Turn.REFUSED:
            self._outbox.say(message, replies.text("flood.notice"))

    def _answer_now(
        self, message: Message, original: Message, user: int, replies: Replies, began: float
    ) -> "Future[Message]":
        """Answer a photo, with a card or with a word; returns what is sent."""
        try:
            answer = self._answers.first(message, original, user, replies)
            sent = self._outbox.send_card(original, answer.card, answer.caption, answer.buttons)
            likeness = answer.likeness
            facts = {
                "alias": likeness.person.alias,
                "distance": round(likeness.distance, 3),
                "percent": round(likeness.percent),
                "faces": len(answer.match.sight.places),
            }
            sent.add_done_callback(partial(self._note_answer, message, replies, facts, began))
        except PhotoError as error:
            key = error.text_key
            self._log.info("photo without a likeness", reason=type(error).__name__)
        except TelegramError as error:
            key = "trouble.unforeseen"
            self._log.warning("a photo could not be fetched", error=str(error))
        except Exception:  # noqa: BLE001 - whatever it was, the user is told
            key = "trouble.unforeseen"
            self._log.exception("a photo could not be answered")
        else:
            return sent
        finally:
            self._actions.end(message.chat_id)
        return self._outbox.say(message, replies.text(key))

    def _say(self, update: Update, key: str, quote: bool = False) -> None:
        if update.effective_message:
            text = self._replies_to(update.effective_user).text(key)
            self._outbox.say(update.effective_message, text, quote=quote)

    def _replies_to(self, user: User | None) -> Replies:
        return self._translations.of(user.language_code if user else None)

    def _note_answer(
        self,
        message: Message,
        replies: Replies,
        facts: dict[str, object],
        began: float,
        sent: "Future[Message]",
    ) -> None:
        if sent.cancelled() or isinstance(sent.exception(), Unauthorized):
            return
        if sent.exception():  # maybe pictures are what cannot be sent there
            self._outbox.say(message, replies.text("trouble.unforeseen"))
        else:
            self._log.info("photo answered", **facts, seconds=round(time.monotonic() - began, 2))
