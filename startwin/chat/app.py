"""The running bot: wired together, started, watched and stopped."""

import os
import signal
import threading
import time
from contextlib import closing
from queue import Queue
from typing import Any

from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError, Unauthorized
from telegram.ext import Dispatcher, ExtBot
from telegram.utils.request import Request

from startwin import journal
from startwin.chat.answers import Answers
from startwin.chat.card import Brand, CardPainter
from startwin.chat.discoveries import Discoveries
from startwin.chat.handlers import COMMANDS, Handlers
from startwin.chat.message_queue import SENDERS, MessageQueue
from startwin.chat.outbox import Outbox
from startwin.chat.poller import Poller, Retries, is_forbidden
from startwin.chat.replies import Translations
from startwin.chat.turns import Turns
from startwin.errors import SettingsError, TelegramRefusal
from startwin.face import FacePool
from startwin.gallery import Gallery
from startwin.matcher import Matcher
from startwin.settings import Settings


def run(settings: Settings) -> None:
    """Run the bot until a signal or Telegram stops it.

    Raises:
        StarTwinError: it cannot start, or Telegram refuses it for good; the sentence says why.
    """
    log = journal.log("bot")
    over = _signals()
    bot = _bot(settings)
    gallery = Gallery.load(settings.assets_dir)
    translations = Translations(settings.link_template, settings.min_similarity)
    painter = CardPainter(Brand(settings.brand_name, settings.brand_logo))
    with (
        closing(Discoveries(settings.data_dir)) as discoveries,
        FacePool.configured(settings) as pool,
        MessageQueue() as queue,
    ):
        if not _introduced(bot, translations, over):
            return
        updates: Queue[Any] = Queue()
        # The handlers themselves are quick: what takes time waits for its turn. (Without any worker
        # the library warns.)
        dispatcher = Dispatcher(bot, updates, workers=1)
        handlers = Handlers(
            bot,
            Answers(bot, Matcher(pool, gallery), painter, discoveries),
            Outbox(bot, queue, settings.send_timeout),
            Turns(settings.handler_threads),
            discoveries,
            translations,
            gallery.aliases,
        )
        handlers.register(dispatcher)
        poller = Poller(bot, updates, settings.poll_timeout, settings.read_timeout, over.set)
        running = threading.Event()  # before that, the library's stop() can hang
        dispatching = threading.Thread(
            target=dispatcher.start, args=[running], name="dispatcher", daemon=True
        )
        dispatching.start()
        running.wait()
        poller.start()
        log.info("ready", bot=f"@{bot.username}", people=len(gallery), workers=settings.workers)
        # A signal that comes just before the wait begins is seen when it next looks up.
        while not over.wait(timeout=1.0):
            if not (dispatching.is_alive() and queue.is_alive()):
                raise RuntimeError("a thread that the bot cannot do without has died")
        log.info("stopping")
        deadline = time.monotonic() + settings.stop_timeout
        poller.stop()
        _finish(dispatcher, handlers, queue, deadline)
    if poller.failure:
        raise poller.failure


def _signals() -> threading.Event:
    """An event that SIGINT and SIGTERM set; at the second signal the process leaves at once."""
    over = threading.Event()

    def note(number: int, _: object) -> None:
        if over.is_set():
            os._exit(128 + number)
        over.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    return over


def _bot(settings: Settings) -> ExtBot:
    if settings.telegram_token is None:
        raise SettingsError(
            "TELEGRAM_TOKEN is not set: get a token from @BotFather and put it into .env"
            " (or try the bot without one: `make run`)"
        )
    request = Request(
        # every thread that may talk to Telegram at the same time, and the poller
        con_pool_size=settings.handler_threads + SENDERS + 16,
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
    )
    return ExtBot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=request,
    )


def _introduced(bot: ExtBot, translations: Translations, over: threading.Event) -> bool:
    """Reach Telegram and tell it what the bot is; False if told to stop before that.

    Raises:
        TelegramRefusal: it does not know the token.
    """
    retries = Retries("Telegram cannot be reached")
    while not over.is_set():
        try:
            bot.get_me()
            bot.delete_webhook()  # while one is set, Telegram refuses to be polled
        except (Unauthorized, InvalidToken) as error:
            if isinstance(error, Unauthorized) and is_forbidden(error):
                over.wait(retries.failed(error))
                continue
            raise TelegramRefusal(
                "Telegram does not know TELEGRAM_TOKEN: copy it again from @BotFather"
            ) from None
        except Exception as error:  # noqa: BLE001 - the library's parsers raise all kinds
            over.wait(retries.failed(error))
        else:
            retries.succeeded()
            _announce_commands(bot, translations)
            return True
    return False


def _announce_commands(bot: ExtBot, translations: Translations) -> None:
    """In each language; the first one's also to whoever speaks none of them."""
    for language in (None, *translations.all):
        replies = language or translations.all[0]
        commands = [BotCommand(name, replies.plain(f"command.{name}")) for name in COMMANDS]
        try:
            bot.set_my_commands(commands, language_code=language and language.language)
        except TelegramError as error:  # they work without being announced
            journal.log("bot").warning("the commands could not be announced", error=str(error))


def _finish(
    dispatcher: "Dispatcher[Any, Any, Any, Any]",
    handlers: Handlers,
    queue: MessageQueue,
    deadline: float,
) -> None:
    """Let what is under way come to its end, until the deadline; then leave regardless."""
    stopper = threading.Thread(target=dispatcher.stop, daemon=True)
    stopper.start()
    stopper.join(max(0.0, deadline - time.monotonic()))
    unanswered = handlers.stop(max(0.0, deadline - time.monotonic()))
    unsent = queue.stop(max(0.0, deadline - time.monotonic()))
    if unsent or unanswered or stopper.is_alive():
        log = journal.log("bot")
        log.warning("stopped with work left", unsent=unsent, unanswered=unanswered)
