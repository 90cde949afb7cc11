"""The bot's account at Telegram: reached, made ready for the way updates come, and introduced."""

import threading
from typing import Any

from telegram import Bot, BotCommand
from telegram.error import InvalidToken, TelegramError, Unauthorized
from telegram.utils.request import Request as Connections

from startwin import journal
from startwin.chat.replies import Translations
from startwin.chat.requests.router import COMMANDS
from startwin.chat.wire.message_queue import SENDERS
from startwin.chat.wire.retries import Retries
from startwin.chat.wire.verdict import is_forbidden
from startwin.errors import SettingsError, TelegramRefusal
from startwin.settings import Settings

UNKNOWN_TOKEN = "Telegram does not know TELEGRAM_TOKEN: copy it again from @BotFather"  # noqa: S105


SENDS = ("sendMessage", "sendPhoto", "editMessageMedia")


class _Bot(Bot):
    """One for whom a message is sent when Telegram has said so.

    The library makes an object of Telegram's answer, which nobody here wants, and what it stumbles
    over there would look like a send that failed.
    """

    def _post(self, endpoint: str, *args: Any, **kwargs: Any) -> Any:
        result: Any = super()._post(endpoint, *args, **kwargs)
        return True if endpoint in SENDS else result


def bot_of(settings: Settings) -> Bot:
    """Who talks to Telegram, by the settings.

    Raises:
        SettingsError: there is no token.
    """
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
    return _Bot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=connections,
    )


def introduced(bot: Bot, translations: Translations, polls: bool, over: threading.Event) -> bool:
    """Reach Telegram and tell it what the bot is; False if told to stop before that.

    Args:
        bot: talks to Telegram.
        translations: the commands in all languages.
        polls: updates are polled for; a web hook that was set before is unregistered.
        over: set to stop.

    Raises:
        TelegramRefusal: it does not know the token.
    """
    retries = Retries("Telegram cannot be reached")
    while not over.is_set():
        try:
            bot.get_me()
            if polls:
                bot.delete_webhook()  # while one is set, Telegram refuses to be polled
        except (Unauthorized, InvalidToken) as error:
            if isinstance(error, Unauthorized) and is_forbidden(error):
                over.wait(retries.failed(error))
                continue
            raise TelegramRefusal(UNKNOWN_TOKEN) from None
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
