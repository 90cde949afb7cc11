"""The parameters of a call: query string, form, multipart or JSON, all as Telegram takes them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Request

from startwin.sandbox.errors import BadRequest

_TRUE = frozenset({"true", "1", "yes"})


@dataclass(frozen=True)
class Parameters:
    """What a method was called with.

    Attributes:
        values: texts as sent; what was nested in a JSON body is JSON text again.
        uploads: the bytes of uploaded files by field name.
        hung_up: whether the client has gone, for methods that wait.
    """

    values: dict[str, str]
    uploads: dict[str, bytes] = field(default_factory=dict)
    hung_up: Callable[[], bool] = lambda: False

    def text(self, name: str) -> str:
        """The value, or "" where it is missing."""
        return self.values.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        """The value as a number.

        Raises:
            BadRequest: it is none.
        """
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            raise BadRequest(f'parameter "{name}" must be an integer') from None

    def flag(self, name: str) -> bool:
        """Whether the value says yes, by Telegram's reading: anything else says no."""
        return self.text(name).lower() in _TRUE

    def parsed(self, name: str) -> Any:
        """The value as JSON; None where it is missing.

        Raises:
            BadRequest: it is no JSON.
        """
        value = self.text(name)
        if not value:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise BadRequest(f'can\'t parse "{name}": it is no JSON') from None


def parameters_of(request: Request) -> Parameters:
    """Reads the parameters of a request; the body wins over the query string.

    Raises:
        BadRequest: the JSON body is no object.
    """
    values = {**request.args.to_dict(), **request.form.to_dict()}
    if request.is_json and request.content_length:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise BadRequest("can't parse the JSON body: it is no object")
        values.update(
            (name, value if isinstance(value, str) else json.dumps(value))
            for name, value in body.items()
            if value is not None
        )
    uploads = {name: file.read() for name, file in request.files.items()}
    gone: Callable[[], bool] = request.environ.get("waitress.client_disconnected", lambda: False)
    return Parameters(values, uploads, gone)
