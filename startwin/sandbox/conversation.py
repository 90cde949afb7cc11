"""A chat as Telegram keeps it: who is in it, what was said, and whether the bot may speak."""

import secrets
import time
from dataclasses import dataclass
from typing import Literal

from startwin.sandbox.bell import Bell
from startwin.sandbox.errors import BadRequest, Forbidden, Upgraded
from startwin.sandbox.files import FileStore
from startwin.sandbox.objects import JsonObject, User
from startwin.sandbox.people import Person
from startwin.sandbox.queries import CallbackQueries
from startwin.sandbox.transcript import Transcript
from startwin.sandbox.updates import UpdateQueue

Kind = Literal["private", "group", "supergroup"]


@dataclass(frozen=True)
class Exchange:
    """What all chats share.

    Attributes:
        bot: the bot's account.
        bell: guards everything.
        files: all that were sent.
        updates: what the bot has yet to fetch.
        queries: presses of buttons that the bot has yet to answer.
    """

    bot: User
    bell: Bell
    files: FileStore
    updates: UpdateQueue
    queries: CallbackQueries


class Conversation:
    """The messages between the bot and one or more people. Thread-safe.

    What its methods return are `Message` objects as the bot gets them.

    Attributes:
        id: the person's in a private chat, else negative.
        kind: the chat's type in the Bot API.
        people: its members but for the bot, at least one.
        transcript: what was said.
        instance: by which callback queries name the chat.
        age: seconds ago that what is sent now is dated, as if the bot had been away.
    """

    def __init__(
        self, exchange: Exchange, kind: Kind, chat_id: int, title: str, people: list[Person]
    ) -> None:
        self.id = chat_id
        self.kind = kind
        self.title = title
        self.people = people
        self.transcript = Transcript(exchange.bell)
        self.instance = str(secrets.randbits(63))
        self.age = 0
        self._exchange = exchange
        self._bot_is_in = True
        self._upgraded_to: int | None = None
        self._update_ids: dict[int, int] = {}

    @property
    def upgraded(self) -> bool:
        """Whether a supergroup has taken its place."""
        return self._upgraded_to is not None

    def to_json(self) -> JsonObject:
        """Its `Chat` object."""
        if self.kind == "private":
            return self.people[0].user.to_private_chat()
        return {"id": self.id, "title": self.title, "type": self.kind}

    def check_open(self) -> None:
        """Makes sure that the bot may send to this chat.

        Raises:
            Upgraded: it is a supergroup now, which has another id.
            Forbidden: the bot was blocked or removed.
        """
        with self._exchange.bell:
            if self._upgraded_to is not None:
                raise Upgraded(self._upgraded_to)
            if not self._bot_is_in:
                raise Forbidden(
                    "bot was blocked by the user"
                    if self.kind == "private"
                    else f"bot was kicked from the {self.kind} chat"
                )

    def require(self, message_id: int) -> None:
        """Makes sure that there is such a message to reply to.

        Raises:
            BadRequest: there is none.
        """
        if self.transcript.find(message_id) is None:
            raise BadRequest("message to be replied not found")

    def own_message(self, message_id: int) -> JsonObject:
        """A message that the bot may edit.

        Raises:
            BadRequest: there is none, or it is somebody else's.
        """
        message = self.transcript.find(message_id)
        if message is None:
            raise BadRequest("message to edit not found")
        if message["from"]["id"] != self._exchange.bot.id:
            raise BadRequest("message can't be edited")
        return message

    def answer(self, content: JsonObject, reply_to: int | None = None) -> JsonObject:
        """Adds a message of the bot.

        Args:
            content: the fields beyond who, where and when.
            reply_to: the id of the message that it quotes.
        """
        with self._exchange.bell:
            self.transcript.show_action(None)
            return self.transcript.add(self._fields(self._exchange.bot, content), reply_to)

    def deliver(
        self, content: JsonObject, person: Person, reply_to: int | None = None, nonce: str = ""
    ) -> JsonObject:
        """Adds a message of a member and tells the bot.

        Args:
            content: the fields beyond who, where and when.
            person: who says it.
            reply_to: the id of the message that it answers.
            nonce: by which the page knows it again.

        Raises:
            ValueError: this person is no member, or there is nothing to reply to.
        """
        with self._exchange.bell:
            if person not in self.people:
                raise ValueError(f"{person.user.first_name} is no member of this chat.")
            if reply_to is not None and self.transcript.find(reply_to) is None:
                raise ValueError(f"There is no message {reply_to} to reply to.")
            message = self.transcript.add(self._fields(person.user, content), reply_to, nonce)
            update_id = self._tell("message", message)
            if update_id is not None:
                self._update_ids[message["message_id"]] = update_id
            return message

    def update_id(self, message_id: int) -> int:
        """The id of the update by which the bot is told of a member's message.

        Raises:
            KeyError: no such message, or the bot is not told of it.
        """
        with self._exchange.bell:
            return self._update_ids[message_id]

    def edit(self, message_id: int, content: JsonObject) -> JsonObject:
        """Replaces the fields that make a message's content; who, where and when stay."""
        with self._exchange.bell:
            message = self.transcript.find(message_id)
            if message is None:
                raise BadRequest("message to edit not found")
            kept = ("message_id", "from", "chat", "date", "reply_to_message", "media_group_id")
            head = {name: message[name] for name in kept if name in message}
            return self.transcript.edit(message_id, {**head, **content})

    def turn_bot(self, person: Person, status: Literal["member", "kicked"]) -> None:
        """Lets the bot in or puts it out (in a private chat: blocks it), and tells it so."""
        with self._exchange.bell:
            before = self._member("member" if self._bot_is_in else "kicked")
            self._exchange.updates.put(
                "my_chat_member",
                {
                    "chat": self.to_json(),
                    "from": person.user.to_json(),
                    "date": int(time.time()),
                    "old_chat_member": before,
                    "new_chat_member": self._member(status),
                },
            )
            self._bot_is_in = status == "member"

    def upgrade_to(self, successor: "Conversation", person: Person) -> None:
        """Makes this group's place be taken by a supergroup, and tells the bot in both."""
        with self._exchange.bell:
            self.deliver({"migrate_to_chat_id": successor.id}, person)
            self._upgraded_to = successor.id
            successor.deliver({"migrate_from_chat_id": self.id}, person)

    def _tell(self, kind: str, content: JsonObject) -> int | None:
        if self._bot_is_in and self._upgraded_to is None:
            return self._exchange.updates.put(kind, content)
        return None

    def _fields(self, sender: User, content: JsonObject) -> JsonObject:
        return {
            "from": sender.to_json(),
            "chat": self.to_json(),
            "date": int(time.time()) - self.age,
            **content,
        }

    def _member(self, status: str) -> JsonObject:
        member: JsonObject = {"user": self._exchange.bot.to_json(), "status": status}
        return {**member, "until_date": 0} if status == "kicked" else member
