"""The refusals of the Bot API, as exceptions.

BotApiError             any answer with `"ok": false`
├── BadRequest          400
├── Unauthorized        401: not our token
├── Forbidden           403: not our page
├── NotFound            404: no such method or file
└── Conflict            409: another getUpdates took over
"""

from typing import Any


class BotApiError(Exception):
    """An answer with `"ok": false`.

    Attributes:
        status: the HTTP status, which is also the body's `error_code`.
        description: the sentence in Telegram's wording.
        retry_after: whole seconds the bot shall wait (429 only).
    """

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after

    def to_json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


class BadRequest(BotApiError):
    """400: a parameter is missing or wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, f"Bad Request: {reason}")


class Unauthorized(BotApiError):
    """401: the token is not the sandbox's."""

    def __init__(self) -> None:
        super().__init__(401, "Unauthorized")


class Forbidden(BotApiError):
    """403: the request came by a name or from a page that is not ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, f"Forbidden: {reason}")


class NotFound(BotApiError):
    """404: there is no such method or file."""

    def __init__(self) -> None:
        super().__init__(404, "Not Found")


class Conflict(BotApiError):
    """409: a second getUpdates ended this one."""

    def __init__(self) -> None:
        super().__init__(
            409,
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running",
        )
