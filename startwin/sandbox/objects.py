"""The people of the Bot API. Everything else is its JSON, as it goes over the wire."""

from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class User:
    """A person or a bot.

    Attributes:
        id: positive; beyond 32 bits, as new accounts at Telegram are.
        first_name: never empty.
        username: without the @; None for most people.
        language_code: an IETF language tag of the person's app, e.g. "en" or "pt-br".
        is_bot: true for the bot alone.
    """

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def to_json(self) -> JsonObject:
        """A `User` object."""
        user: JsonObject = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username is not None:
            user["username"] = self.username
        if self.language_code is not None:
            user["language_code"] = self.language_code
        return user

    def to_private_chat(self) -> JsonObject:
        """The `Chat` object of this person's private chat: at Telegram it has the same id."""
        chat: JsonObject = {"id": self.id, "first_name": self.first_name, "type": "private"}
        if self.username is not None:
            chat["username"] = self.username
        return chat
