"""The running bot: wired together, started, watched and stopped."""

import contextlib
import sqlite3
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from telegram import Bot

from startwin import journal
from startwin.chat.answers import Answers
from startwin.chat.card import Brand, CardPainter
from startwin.chat.discoveries import Discoveries
from startwin.chat.handlers import Handlers
from startwin.chat.ledger import Ledger
from startwin.chat.outbox import Outbox
from startwin.chat.replies import Translations
from startwin.chat.requests import database
from startwin.chat.requests.inbox import Inbox
from startwin.chat.requests.receiver import Receiver
from startwin.chat.requests.request import Request
from startwin.chat.requests.router import Router
from startwin.chat.running import account
from startwin.chat.running.health import Health
from startwin.chat.running.signals import Signals, StoppedWhileStarting
from startwin.chat.running.watchdog import Watchdog
from startwin.chat.turns import Turns
from startwin.chat.wire.message_queue import MessageQueue
from startwin.chat.wire.poller import Poller
from startwin.errors import StarTwinError
from startwin.face import FaceWorkers, workers
from startwin.gallery import Gallery, LiveGallery
from startwin.journal import metrics
from startwin.journal.events import Events
from startwin.matcher import Matcher
from startwin.settings import Settings

if TYPE_CHECKING:
    from startwin.chat.wire.webhook import Webhook

REACHED_WITHIN = 10.0
"""Seconds on top of a long poll, or of the pause between two looks at the web hook, after which
Telegram counts as out of reach."""


@dataclass(frozen=True)
class _Bot:
    """All that is at work."""

    settings: Settings
    telegram: Bot
    live: LiveGallery
    inbox: Inbox
    discoveries: Discoveries
    pool: FaceWorkers
    queue: MessageQueue
    turns: Turns
    handlers: Handlers
    events: Events
    health: Health


def run(settings: Settings) -> None:
    """Run the bot until a signal or Telegram stops it.

    Raises:
        StarTwinError: it cannot start, or Telegram refuses it for good; the sentence says why.
    """
    signals = Signals()
    health = Health()
    telegram = account.bot_of(settings)
    with contextlib.suppress(StoppedWhileStarting), ExitStack() as stack:
        enter = stack.enter_context
        if settings.metrics_listen:
            from startwin.chat.running import endpoints  # noqa: PLC0415 - brings Flask

            enter(endpoints.listener(settings.metrics_listen, health))
        size, kept = settings.journal_megabytes, settings.journal_kept
        events = enter(closing(Events(settings.journal_file, size, kept, [telegram.token])))
        taken = partial(_note_gallery, events)
        live = enter(closing(LiveGallery(settings.assets_dir, taken=taken)))
        enter(database.held(settings.data_dir))
        inbox = enter(closing(Inbox(settings.data_dir)))
        discoveries = enter(closing(Discoveries(settings.data_dir)))
        pool = enter(workers.configured(settings, tries=1))
        queue = enter(MessageQueue())
        translations = Translations(settings.link_template, settings.min_similarity)
        polls = settings.webhook_url is None
        if not account.introduced(telegram, translations, polls, signals.over):
            return
        painter = CardPainter(Brand(settings.brand_name, settings.brand_logo))
        ledger = Ledger(events, settings.data_dir)
        matcher, seconds = Matcher(pool, live), settings.download_timeout
        answers = Answers(telegram, inbox, ledger, matcher, painter, discoveries, seconds)
        outbox = Outbox(telegram, queue, inbox, ledger, settings.send_timeout)
        turns = Turns(settings.handler_threads)
        handlers = Handlers(telegram, answers, outbox, turns, discoveries, translations, live)
        way_out = (queue, turns, handlers)
        bot = _Bot(settings, telegram, live, inbox, discoveries, pool, *way_out, events, health)
        _serve(bot, signals)


def _serve(bot: _Bot, signals: Signals) -> None:
    """Answer what is left of the last bot and then what comes, until told to stop."""
    log = journal.log("bot")
    watchdog = Watchdog()
    unfinished = bot.inbox.unfinished()
    source = _source(bot, unfinished, signals)
    _observe(bot, source)
    signals.started()
    for request in unfinished:
        bot.handlers.handle(request)
    source.start()
    facts = {
        "people": len(bot.live.current),
        "workers": bot.settings.workers,
        "unfinished": len(unfinished),
    }
    log.info("ready", bot=f"@{bot.telegram.username}", **facts)
    bot.events.write("start", **facts)
    bot.health.is_serving = True
    watchdog.ready()
    # A signal that comes just before the wait begins is seen when it next looks up.
    while not signals.over.wait(timeout=1.0):
        if ailing := bot.health.ailing():
            raise StarTwinError(f"a part that the bot cannot live without has died: {ailing}")
        watchdog.alive()
    watchdog.stopping()
    _stop(bot, source)
    if source.failure:
        raise source.failure


def _source(bot: _Bot, unfinished: list[Request], signals: Signals) -> "Poller | Webhook":
    """Where updates come from."""
    settings, inbox = bot.settings, bot.inbox
    router = Router(str(bot.telegram.username), (each.album for each in unfinished if each.album))
    receive = Receiver(bot.telegram, router, inbox, bot.handlers.handle).receive
    if settings.webhook_url is None:
        long_poll, patience = settings.poll_timeout, settings.read_timeout
        over = signals.over.set
        return Poller(bot.telegram, receive, inbox.has_room, long_poll, patience, over)
    from startwin.chat.wire.webhook import Webhook  # noqa: PLC0415 - brings Flask

    return Webhook(
        bot.telegram,
        settings.webhook_url,
        settings.webhook_secret_value,
        settings.webhook_listen,
        receive,
        inbox.has_room,
        signals.over.set,
    )


def _observe(bot: _Bot, source: "Poller | Webhook") -> None:
    """Have health and metrics look at what is at work."""
    begun = time.monotonic()
    within = source.silence + REACHED_WITHIN
    bot.health.add_vital("receiver", lambda: source.is_alive() or not bot.health.is_serving)
    bot.health.add_vital("queue", bot.queue.is_alive)
    bot.health.add_needed(
        "telegram", lambda: time.monotonic() - max(source.reached, begun) <= within
    )
    bot.health.add_needed("workers", lambda: bot.pool.ready > 0)
    bot.health.add_needed("inbox", bot.inbox.is_writable)
    bot.health.add_needed("gallery", lambda: len(bot.live.current) > 0)
    metrics.UNFINISHED.set_function(lambda: len(bot.inbox))
    metrics.WAITING.set_function(lambda: len(bot.turns))
    metrics.UNSENT.set_function(lambda: len(bot.queue))
    metrics.WORKERS.set_function(lambda: bot.pool.ready)
    metrics.GALLERY_PEOPLE.set_function(lambda: len(bot.live.current))
    metrics.GALLERY_BUILT.set_function(lambda: _timestamp(bot.live))
    metrics.DISCOVERED.set_function(lambda: _discovered(bot))


def _note_gallery(events: Events, gallery: Gallery) -> None:
    events.write("gallery", people=len(gallery), gallery=gallery.build)


def _discovered(bot: _Bot) -> float:
    try:
        return bot.discoveries.counts(0, bot.live.current.aliases).found
    except sqlite3.Error:
        return float("nan")


def _timestamp(live: LiveGallery) -> float:
    built = live.current.built
    return built.timestamp() if built else 0.0


def _stop(bot: _Bot, source: "Poller | Webhook") -> None:
    """Finish what is under way, until the deadline; leave the rest to the next start."""
    log = journal.log("bot")
    log.info("stopping")
    bot.health.is_serving = False
    deadline = time.monotonic() + bot.settings.stop_timeout
    source.stop()
    left = bot.handlers.stop(max(0.0, deadline - time.monotonic()))
    unsent = bot.queue.stop(max(0.0, deadline - time.monotonic()))
    if left or unsent:
        log.warning("stopped with work left to the next start", users=left, unsent=unsent)
    bot.events.write("stop", unfinished=len(bot.inbox))
