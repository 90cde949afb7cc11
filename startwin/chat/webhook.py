"""Updates that Telegram pushes over HTTP; see https://core.telegram.org/bots/api#setwebhook."""

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, Forbidden, ServiceUnavailable, UnsupportedMediaType

from startwin.chat.listener import application
from startwin.chat.retries import Retries

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name alone


def webhook(
    url: str,
    secret: str,
    receive: Callable[[list[dict[str, Any]]], None],
    has_room: Callable[[], bool],
) -> Flask:
    """The application that Telegram calls.

    Args:
        url: where Telegram sends to; the path in it is the one that is answered.
        secret: what each request has to show.
        receive: is given each update. When it returns, Telegram is told to forget it.
        has_room: whether it would take more; else Telegram is told to come again.
    """
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

    app.add_url_rule(urlsplit(url).path or "/", view_func=push, methods=["POST"])
    return app


def secret_of(token: str) -> str:
    """A secret for who has chosen none: the same after each start, and nothing of the token.

    Args:
        token: the bot's.
    """
    return hmac.new(token.encode(), b"web hook", hashlib.sha256).hexdigest()


def _update(body: bytes) -> dict[str, Any]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        raise BadRequest
    return update
