"""The refusals of the Bot API, as exceptions.

BotApiError             any answer with `"ok": false`
├── BadRequest          400
│   └── Upgraded        the group is a supergroup now
├── Unauthorized        401: not our token
├── Forbidden           403: not our page, or the bot is not welcome
├── NotFound            404: no such method or file
└── Conflict            409: updates go another way

HungUp                  no answer at all: the test harness wants the connection cut
"""

from collections.abc import Mapping
from typing import Any


class BotApiError(Exception):
    """An answer with `"ok": false`.

    Attributes:
        status: the HTTP status, which is also the body's `error_code`.
        description: the sentence in Telegram's wording.
        parameters: what the bot may act on, e.g. `retry_after` in whole seconds.
    """

    def __init__(
        self, status: int, description: str, parameters: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = dict(parameters or {})

    def to_json(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class BadRequest(BotApiError):
    """400: a parameter is missing or wrong."""

    def __init__(self, reason: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(400, f"Bad Request: {reason}", parameters)


class Upgraded(BadRequest):
    """400: the group has become a supergroup, which has another id."""

    def __init__(self, chat_id: int) -> None:
        super().__init__(
            "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat_id}
        )


class Unauthorized(BotApiError):
    """401: the token is not the sandbox's."""

    def __init__(self) -> None:
        super().__init__(401, "Unauthorized")


class Forbidden(BotApiError):
    """403: a name or a page that is not ours, or a chat that does not want the bot."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, f"Forbidden: {reason}")


class NotFound(BotApiError):
    """404: there is no such method or file."""

    def __init__(self) -> None:
        super().__init__(404, "Not Found")


class Conflict(BotApiError):
    """409: a second getUpdates or a web hook has the updates."""

    def __init__(self, reason: str) -> None:
        super().__init__(409, f"Conflict: {reason}")


class HungUp(Exception):
    """No answer: the connection is cut."""
