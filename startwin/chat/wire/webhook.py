"""Updates that Telegram pushes over HTTP; see https://core.telegram.org/bots/api#setwebhook."""

import hmac
import json
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from telegram import Bot, WebhookInfo
from telegram.error import BadRequest, InvalidToken, Unauthorized
from werkzeug.exceptions import BadRequest as BadBody
from werkzeug.exceptions import Forbidden, ServiceUnavailable, UnsupportedMediaType

from startwin import journal
from startwin.chat.wire.listener import THREADS, Listener, application
from startwin.chat.wire.poller import ALLOWED_UPDATES
from startwin.chat.wire.retries import Retries
from startwin.chat.wire.verdict import is_forbidden
from startwin.errors import TelegramRefusal

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name alone

LOOK_EVERY = 20.0
"""Seconds between two questions to Telegram how it fares with us."""


class Webhook:
    """Has updates pushed until told to stop, or until Telegram refuses for good.

    Args:
        bot: asks Telegram.
        url: where Telegram is to send to; the path in it is the one that is answered.
        secret: what each request has to show.
        listen: host and port that the updates arrive at.
        receive: is given each update. When it returns, Telegram may forget it.
        has_room: whether it would take more; else Telegram comes again.
        ended: is called when that has ended by itself; see `failure`.

    Attributes:
        failure: why it has ended by itself.
        reached: when Telegram last answered, in seconds of the monotonic clock.
        silence: seconds that may lie between two answers.
    """

    def __init__(
        self,
        bot: Bot,
        url: str,
        secret: str,
        listen: str,
        receive: Callable[[list[dict[str, Any]]], None],
        has_room: Callable[[], bool],
        ended: Callable[[], None],
    ) -> None:
        self.failure: Exception | None = None
        self.reached = float("-inf")
        self.silence = LOOK_EVERY
        self._log = journal.log("bot")
        self._last_error: int | None = None
        self._bot = bot
        self._url = url
        self._secret = secret
        self._ended = ended
        self._stopping = threading.Event()
        app = pushed(urlsplit(url).path or "/", secret, receive, has_room)
        self._listener = Listener("WEBHOOK_LISTEN", listen, app)
        self._thread = threading.Thread(target=self._run, name="web hook", daemon=True)

    def start(self) -> None:
        """Begin to listen, and have Telegram push.

        Raises:
            SettingsError: nobody can listen there.
        """
        self._listener.start()
        self._thread.start()

    def stop(self) -> None:
        """Take no more. Telegram keeps what it cannot deliver until the next start."""
        self._stopping.set()
        self._listener.stop()

    def is_alive(self) -> bool:
        """Whether updates are taken."""
        return self._thread.is_alive() and self._listener.is_alive()

    def _run(self) -> None:
        try:
            self._watch()
        except Exception as failure:  # noqa: BLE001 - raised again by who owns the web hook
            self.failure = failure
        finally:
            self._ended()

    def _watch(self) -> None:
        """Have the web hook set, and look now and then whether it still is and how it fares."""
        retries = Retries("Telegram cannot be reached")
        is_set = False  # by us: the secret may be another one than last time
        while not self._stopping.is_set():
            try:
                info = self._bot.get_webhook_info()
                if not is_set or info.url != self._url:
                    self._set()
                    is_set = True
            except BadRequest as error:
                raise TelegramRefusal(f"Telegram refuses WEBHOOK_URL: {error}") from None
            except (InvalidToken, Unauthorized) as error:
                if isinstance(error, InvalidToken) or not is_forbidden(error):
                    raise TelegramRefusal("Telegram has revoked TELEGRAM_TOKEN") from None
                self._stopping.wait(retries.failed(error))
            except Exception as error:  # noqa: BLE001 - the library's parsers raise all kinds
                self._stopping.wait(retries.failed(error))
            else:
                retries.succeeded()
                self.reached = time.monotonic()
                self._tell(info)
                self._stopping.wait(LOOK_EVERY)

    def _set(self) -> None:
        self._bot.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=THREADS,
        )
        self._log.info("Telegram pushes updates now")

    def _tell(self, info: WebhookInfo) -> None:
        """Say once what has gone wrong with a delivery: an operator would never hear of it."""
        if info.last_error_date and info.last_error_date != self._last_error:
            self._last_error = info.last_error_date
            self._log.warning("Telegram could not deliver", error=info.last_error_message)


def pushed(
    path: str,
    secret: str,
    receive: Callable[[list[dict[str, Any]]], None],
    has_room: Callable[[], bool],
) -> Flask:
    """The application that Telegram calls; see `Webhook` for the arguments."""
    app = application("webhook")
    storing = Retries("updates cannot be stored")

    def push() -> Response:
        shown = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(shown.encode(), secret.encode()):
            raise Forbidden
        if request.mimetype != "application/json":
            raise UnsupportedMediaType
        if not has_room():
            raise ServiceUnavailable
        try:
            receive([_update(request.get_data())])
        except sqlite3.Error as error:
            storing.failed(error)
            raise ServiceUnavailable from None
        storing.succeeded()
        return Response(status=200)

    app.add_url_rule(path, view_func=push, methods=["POST"])
    return app


def _update(body: bytes) -> dict[str, Any]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise BadBody from None
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        raise BadBody
    return update
