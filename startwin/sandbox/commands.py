"""The commands that the bot announces with setMyCommands."""

import json
import re
import threading
from typing import Any

from startwin.sandbox.errors import BadRequest
from startwin.sandbox.objects import JsonObject

_MAX_COMMANDS = 100
_MAX_DESCRIPTION = 256
_COMMAND = re.compile(r"/?([a-z0-9_]{1,32})")
_DEFAULT_SCOPE = {"type": "default"}
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)


class Commands:
    """The lists of commands by scope and language. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lists: dict[tuple[str, str], list[JsonObject]] = {}

    def set(self, commands: Any, scope: Any, language_code: str) -> None:
        """Replaces the list of one scope and language ("" for all languages).

        Raises:
            BadRequest: a command, description or scope that Telegram would not take.
        """
        if not isinstance(commands, list):
            raise BadRequest("can't parse commands: expected an Array of BotCommand")
        if len(commands) > _MAX_COMMANDS:
            raise BadRequest("BOT_COMMANDS_TOO_MUCH")
        checked = [_checked(command) for command in commands]
        with self._lock:
            self._lists[_key(scope), language_code] = checked

    def get(self, scope: Any, language_code: str) -> list[JsonObject]:
        """The list set for exactly this scope and language, or an empty one.

        Raises:
            BadRequest: no such scope.
        """
        with self._lock:
            return list(self._lists.get((_key(scope), language_code), []))

    def shown(self, language_code: str) -> list[JsonObject]:
        """What a person with this language sees in a private chat: the narrowest list there is."""
        language = language_code.split("-", maxsplit=1)[0]
        scopes = ({"type": "all_private_chats"}, _DEFAULT_SCOPE)
        lists = (self.get(scope, code) for scope in scopes for code in (language, ""))
        return next((commands for commands in lists if commands), [])


def _key(scope: Any) -> str:
    scope = _DEFAULT_SCOPE if scope is None else scope
    if not isinstance(scope, dict) or str(scope.get("type")) not in _SCOPES:
        raise BadRequest("can't parse BotCommandScope: unsupported type")
    return json.dumps(scope, sort_keys=True)


def _checked(command: Any) -> JsonObject:
    if not isinstance(command, dict):
        raise BadRequest("can't parse commands: expected BotCommand to be an Object")
    name = _COMMAND.fullmatch(str(command.get("command", "")).strip().lower())
    if name is None:
        raise BadRequest("BOT_COMMAND_INVALID")
    description = str(command.get("description", "")).strip()
    if not 1 <= len(description) <= _MAX_DESCRIPTION:
        raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name[1], "description": description}
