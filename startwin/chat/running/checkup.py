"""`bot.py --check`: everything that the bot needs, looked at without running it."""

from collections.abc import Callable
from contextlib import closing

from telegram.error import InvalidToken, Unauthorized

from startwin.chat.discoveries import Discoveries
from startwin.chat.requests.inbox import Inbox
from startwin.chat.running import account
from startwin.errors import StarTwinError, TelegramRefusal
from startwin.face import FaceEngine
from startwin.gallery import Gallery
from startwin.settings import Settings


def checkup(settings: Settings, tell: Callable[[str], None]) -> bool:
    """Look at token and API, models, gallery and database; whether all of them are well.

    Args:
        settings: of the bot, which may be running meanwhile.
        tell: is given a line for each.
    """
    looks = {
        "telegram": _telegram,
        "models": _models,
        "gallery": _gallery,
        "database": _database,
    }
    is_well = True
    for name, look in looks.items():
        try:
            tell(f"ok      {name}: {look(settings)}")
        except Exception as error:  # noqa: BLE001 - each is told, and the others are looked at
            is_well = False
            kind = "" if isinstance(error, StarTwinError) else f"{type(error).__name__}: "
            tell(f"FAILED  {name}: {kind}{error}")
    return is_well


def _telegram(settings: Settings) -> str:
    bot = account.bot_of(settings)
    try:
        name = bot.get_me().username
        info = bot.get_webhook_info()
    except (Unauthorized, InvalidToken):
        raise TelegramRefusal(account.UNKNOWN_TOKEN) from None
    finally:
        bot.request.stop()
    waiting = f"{info.pending_update_count} updates wait"
    if settings.webhook_url is None:
        return f"@{name}, {waiting}" + (", a web hook is set still" if info.url else "")
    trouble = f", last error: {info.last_error_message}" if info.last_error_message else ""
    return f"@{name}, {waiting}, web hook {info.url or 'not set yet'}{trouble}"


def _models(settings: Settings) -> str:
    FaceEngine(settings.max_pixels, settings.embedder, settings.data_dir)
    return f"loaded, embeddings by {settings.embedder}"


def _gallery(settings: Settings) -> str:
    gallery = Gallery.load(settings.assets_dir)
    gallery.check_pictures()
    return f"{len(gallery)} people, built {gallery.built:%Y-%m-%d %H:%M}"


def _database(settings: Settings) -> str:
    with (
        closing(Inbox(settings.data_dir)) as inbox,
        closing(Discoveries(settings.data_dir)) as discoveries,
    ):
        inbox.check()
        discoveries.check()
        return f"{inbox.stored()} requests wait for an answer, {inbox.uncertain()} answered twice"
