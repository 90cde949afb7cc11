"""What stands in for Telegram itself: the bot's account, people, chats, files and updates."""

import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from startwin.sandbox.bell import Bell
from startwin.sandbox.chats import Chat
from startwin.sandbox.commands import Commands
from startwin.sandbox.conversation import Exchange
from startwin.sandbox.courier import Courier
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.files import FileStore
from startwin.sandbox.objects import JsonObject, User
from startwin.sandbox.people import Person
from startwin.sandbox.queries import CallbackQueries
from startwin.sandbox.updates import UpdateQueue

BOT = User(id=4242424242, first_name="StarTwin", username="StarTwinSandboxBot", is_bot=True)
TOKEN = f"{BOT.id}:AAStarTwin_Sandbox_NotASecret_00000"
# Beyond 32 bits, as new accounts at Telegram are.
_FIRST_USER_ID = 7_000_000_001
_FIRST_GROUP_ID = -4_100_000_001
_FIRST_SUPERGROUP_ID = -1_002_100_000_001
# A benchmark makes some ten thousands of calls; who watches for days shall not fill the memory.
_CALLS_REMEMBERED = 200_000


@dataclass(frozen=True)
class Call:
    """A call that the bot made.

    Attributes:
        method: in Telegram's spelling, e.g. "sendPhoto".
        at: when it arrived, in seconds of `time.monotonic()`.
        parameters: as sent; an upload is named by its size, e.g. "<48213 bytes>".
    """

    method: str
    at: float
    parameters: Mapping[str, str]


class Telegram:
    """The state behind both sides, the bot's and the page's. Thread-safe.

    Attributes:
        session: another one for every start, so that a page notices a restart.
        page_chat: the private chat that the page shows first.
        page_people: the private chats of those whom the page can be: of two people.
        page_group: the group with both.
    """

    def __init__(self) -> None:
        self.session = secrets.token_hex(8)
        self.bell = Bell()
        self.files = FileStore()
        self.updates = UpdateQueue(self.bell)
        self.courier = Courier(self.bell, self.updates)
        self.queries = CallbackQueries(self.bell)
        self.commands = Commands()
        self._exchange = Exchange(BOT, self.bell, self.files, self.updates, self.queries)
        self._user_ids = count(_FIRST_USER_ID)
        self._group_ids = count(_FIRST_GROUP_ID, -1)
        self._supergroup_ids = count(_FIRST_SUPERGROUP_ID, -1)
        self._chats: dict[int, Chat] = {}
        self._calls: deque[Call] = deque(maxlen=_CALLS_REMEMBERED)
        self.page_chat = self.user("Guest")
        self.page_people = (self.page_chat, self.user("Friend"))
        self.page_group = self.group("Friends", *self.page_people)

    def user(self, first_name: str, language_code: str = "en", username: str | None = None) -> Chat:
        """A new person, and their private chat with the bot to send from."""
        with self.bell:
            user = User(next(self._user_ids), first_name, username, language_code)
            return self._keep(Chat(self._exchange, "private", user.id, "", [Person(user)]))

    def group(self, title: str, *members: Chat) -> Chat:
        """A group of the bot and these people, each named by their private chat.

        The bot is not told: it has been in it for long. It sees all messages, as a bot does whose
        privacy mode is off.

        Raises:
            ValueError: no members.
        """
        if not members:
            raise ValueError("A group has at least one member besides the bot.")
        with self.bell:
            people = [member.people[0] for member in members]
            return self._keep(Chat(self._exchange, "group", next(self._group_ids), title, people))

    def upgrade(self, group: Chat) -> Chat:
        """Makes a group a supergroup, which has another id and its own messages; returns that.

        The bot is told in both, by the messages that Telegram sends then.

        Raises:
            ValueError: it is no group, or one that has been upgraded already.
        """
        if group.kind != "group" or group.upgraded:
            raise ValueError("Only a group becomes a supergroup, and only once.")
        with self.bell:
            chat_id = next(self._supergroup_ids)
            people = list(group.people)
            new = self._keep(Chat(self._exchange, "supergroup", chat_id, group.title, people))
            group.upgrade_to(new, people[0])
            return new

    def person(self, user_id: int) -> Person:
        """Who has this account.

        Raises:
            BadRequest: nobody.
        """
        with self.bell:
            chat = self._chats.get(user_id)
            if chat is None or chat.kind != "private":
                raise BadRequest("user not found")
            return chat.people[0]

    def chat(self, chat_id: str) -> Chat:
        """The chat of this id, as a parameter names it, for the bot to send to.

        Raises:
            BadRequest: there is none.
            Upgraded: it is a supergroup now.
            Forbidden: the bot was blocked or removed.
        """
        if not chat_id:
            raise BadRequest("chat_id is empty")
        try:
            with self.bell:
                chat = self._chats[int(chat_id)]
        except (KeyError, ValueError):
            raise BadRequest("chat not found") from None
        chat.check_open()
        return chat

    def file_bytes(self, file_id: str) -> bytes:
        """The bytes of a file, whoever sent it.

        Raises:
            KeyError: no such file.
        """
        file = self.files.by_id(file_id)
        if file is None:
            raise KeyError(file_id)
        return file.data

    def wait_for_poll(self, timeout: float) -> None:
        """Returns once a bot has called getUpdates, or set a web hook instead.

        Raises:
            TimeoutError: none did within `timeout` seconds.
        """
        if not self.bell.wait_for(lambda: self.updates.polled, timeout):
            raise TimeoutError(f"No bot called getUpdates or setWebhook within {timeout:g} s.")

    def _keep(self, chat: Chat) -> Chat:
        self._chats[chat.id] = chat
        return chat

    def record(self, method: str, parameters: Mapping[str, str]) -> None:
        """Remembers a call of the bot."""
        with self.bell:
            self._calls.append(Call(method, time.monotonic(), parameters))
            self.bell.ring()

    def calls(self, method: str | None = None) -> list[Call]:
        """The bot's calls in the order of their arrival: of one method, or all."""
        with self.bell:
            return [call for call in self._calls if method in (None, call.method)]

    def wait_for_calls(self, method: str, count: int, timeout: float) -> list[Call]:
        """The bot's calls of a method, once there are at least `count`.

        Raises:
            TimeoutError: fewer came within `timeout` seconds.
        """
        if not self.bell.wait_for(lambda: len(self.calls(method)) >= count, timeout):
            came = len(self.calls(method))
            raise TimeoutError(f"{came} of {count} calls of {method} within {timeout:g} s.")
        return self.calls(method)

    def webhook_info(self) -> JsonObject:
        """A `WebhookInfo` object."""
        info = {**self.courier.info(), "pending_update_count": len(self.updates)}
        if self.updates.allowed:
            info["allowed_updates"] = self.updates.allowed
        return info
