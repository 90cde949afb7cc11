"""The running bot: wired together, started, watched and stopped."""

import contextlib
import threading
import time
from contextlib import closing

from telegram import Bot, BotCommand
from telegram.error import InvalidToken, TelegramError, Unauthorized
from telegram.utils.request import Request as Connections

from startwin import journal
from startwin.chat import database
from startwin.chat.answers import Answers
from startwin.chat.card import Brand, CardPainter
from startwin.chat.discoveries import Discoveries
from startwin.chat.handlers import Handlers
from startwin.chat.inbox import Inbox
from startwin.chat.ledger import Ledger
from startwin.chat.message_queue import SENDERS, MessageQueue
from startwin.chat.outbox import Outbox
from startwin.chat.poller import Poller
from startwin.chat.receiver import Receiver
from startwin.chat.replies import Translations
from startwin.chat.retries import Retries
from startwin.chat.router import COMMANDS, Router
from startwin.chat.signals import Signals, StoppedWhileStarting
from startwin.chat.turns import Turns
from startwin.chat.verdict import is_forbidden
from startwin.errors import SettingsError, TelegramRefusal
from startwin.face import FacePool
from startwin.gallery import LiveGallery
from startwin.journal.events import Events
from startwin.matcher import Matcher
from startwin.settings import Settings


def run(settings: Settings) -> None:
    """Run the bot until a signal or Telegram stops it.

    Raises:
        StarTwinError: it cannot start, or Telegram refuses it for good; the sentence says why.
    """
    signals = Signals()
    with contextlib.suppress(StoppedWhileStarting):
        bot = _bot(settings)
        with (
            closing(LiveGallery(settings.assets_dir)) as live,
            database.held(settings.data_dir),
            closing(Events()) as events,
            closing(Inbox(settings.data_dir)) as inbox,
            closing(Discoveries(settings.data_dir)) as discoveries,
            FacePool.configured(settings, tries=1) as pool,
            MessageQueue() as queue,
        ):
            translations = Translations(settings.link_template, settings.min_similarity)
            if not _introduced(bot, translations, signals.over):
                return
            painter = CardPainter(Brand(settings.brand_name, settings.brand_logo))
            ledger = Ledger(events, settings.data_dir)
            answers = Answers(bot, inbox, ledger, Matcher(pool, live), painter, discoveries)
            outbox = Outbox(bot, queue, inbox, ledger, settings.send_timeout)
            turns = Turns(settings.handler_threads)
            handlers = Handlers(bot, answers, outbox, turns, discoveries, translations, live)
            log = journal.log("bot")
            log.info("loaded", people=len(live.current), workers=settings.workers)
            _serve(settings, bot, inbox, handlers, queue, signals)


def _serve(
    settings: Settings,
    bot: Bot,
    inbox: Inbox,
    handlers: Handlers,
    queue: MessageQueue,
    signals: Signals,
) -> None:
    """Answer what is left of the last bot and then what comes, until told to stop."""
    log = journal.log("bot")
    unfinished = inbox.unfinished()
    router = Router(str(bot.username), (each.album for each in unfinished if each.album))
    receiver = Receiver(bot, router, inbox, handlers)
    poller = Poller(
        bot,
        receiver.receive,
        inbox.has_room,
        settings.poll_timeout,
        settings.read_timeout,
        signals.over.set,
    )
    signals.started()
    log.info("ready", bot=f"@{bot.username}", unfinished=len(unfinished))
    for request in unfinished:
        handlers.handle(request)
    poller.start()
    # A signal that comes just before the wait begins is seen when it next looks up.
    while not signals.over.wait(timeout=1.0):
        if not queue.is_alive():
            raise RuntimeError("a thread that the bot cannot do without has died")
    log.info("stopping")
    deadline = time.monotonic() + settings.stop_timeout
    poller.stop()
    left = handlers.stop(max(0.0, deadline - time.monotonic()))
    unsent = queue.stop(max(0.0, deadline - time.monotonic()))
    if left or unsent:
        log.warning("stopped with work left to the next start", users=left, unsent=unsent)
    if poller.failure:
        raise poller.failure


def _bot(settings: Settings) -> Bot:
    if settings.telegram_token is None:
        raise SettingsError(
            "TELEGRAM_TOKEN is not set: get a token from @BotFather and put it into .env"
            " (or try the bot without one: `make run`)"
        )
    connections = Connections(
        # every thread that may talk to Telegram at the same time, and the poller
        con_pool_size=settings.handler_threads + SENDERS + 16,
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
    )
    return Bot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=connections,
    )


def _introduced(bot: Bot, translations: Translations, over: threading.Event) -> bool:
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


def _announce_commands(bot: Bot, translations: Translations) -> None:
    """In each language; the first one's also to whoever speaks none of them."""
    for language in (None, *translations.all):
        replies = language or translations.all[0]
        commands = [BotCommand(name, replies.plain(f"command.{name}")) for name in COMMANDS]
        try:
            bot.set_my_commands(commands, language_code=language and language.language)
        except TelegramError as error:  # they work without being announced
            journal.log("bot").warning("the commands could not be announced", error=str(error))
