"""A chat: its messages, and what a person does in it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from startwin.sandbox.bell import Bell
from startwin.sandbox.entities import formatted
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.files import FileStore
from startwin.sandbox.objects import JsonObject, User
from startwin.sandbox.photos import NotAPhoto
from startwin.sandbox.updates import BotStatus, UpdateQueue

MAX_TEXT = 4096
MAX_CAPTION = 1024
# How long the apps show a chat action, unless a message comes
# (https://core.telegram.org/bots/api#sendchataction).
_ACTION_SECONDS = 5.0


@dataclass
class Post:
    """A message as the page follows it.

    Attributes:
        message: the `Message` object.
        revision: of the chat when the message came or last changed.
        nonce: by which the sending page knows its own message again.
    """

    message: JsonObject
    revision: int
    nonce: str = ""


@dataclass(frozen=True)
class News:
    """What changed in a chat.

    Attributes:
        revision: to be passed as `after` next time.
        posts: new and changed messages, in order.
        action: what the bot is doing, e.g. "upload_photo"; None for nothing.
        action_seconds: for how much longer.
        status: whether the bot polls.
    """

    revision: int
    posts: list[Post]
    action: str | None
    action_seconds: float
    status: BotStatus


class Chat:
    """A chat of the bot with its members; so far with one, a private chat.

    What its methods return are `Message` objects as the bot gets them. Thread-safe.
    """

    def __init__(
        self, person: User, bot: User, bell: Bell, files: FileStore, updates: UpdateQueue
    ) -> None:
        self.id = person.id
        self.members = [person]
        self._bot = bot
        self._bell = bell
        self._files = files
        self._updates = updates
        self._posts: list[Post] = []
        self._message_ids = count(1)
        self._revision = 0
        self._action: str | None = None
        self._action_ends = 0.0

    @property
    def person(self) -> User:
        """Who the private chat is with."""
        return self.members[0]

    def speak(self, language_code: str) -> None:
        """Sets the language of the person's app for what is sent from now on."""
        self.members[0] = replace(self.person, language_code=language_code)

    # What the person does

    def send_text(self, text: str, nonce: str = "") -> JsonObject:
        """The person sends a text of 1 to 4096 characters.

        Raises:
            ValueError: empty or too long, which the apps would not send.
        """
        content = formatted(text[: MAX_TEXT + 1])
        if not 1 <= len(content.text) <= MAX_TEXT:
            raise ValueError(f"A message has 1 to {MAX_TEXT} characters.")
        return self._deliver(content.as_text(), nonce)

    def send_photo(
        self,
        data: bytes,
        caption: str = "",
        as_file: bool = False,
        file_name: str = "photo.jpg",
        nonce: str = "",
    ) -> JsonObject:
        """The person sends a picture, or as a file what is none (or with `as_file`).

        Raises:
            ValueError: the caption is over 1024 characters, or there is no data.
        """
        text = formatted(caption[: MAX_CAPTION + 1])
        if len(text.text) > MAX_CAPTION:
            raise ValueError(f"A caption has at most {MAX_CAPTION} characters.")
        if not data:
            raise ValueError("An empty file cannot be sent.")
        return self._deliver({**self._media(data, as_file, file_name), **text.as_caption()}, nonce)

    def wait_for_answers(self, count: int, timeout: float) -> list[JsonObject]:
        """All messages of the bot in this chat, once there are at least `count`.

        Raises:
            TimeoutError: fewer came within `timeout` seconds; says which.
        """
        if not self._bell.wait_for(lambda: len(self.answers()) >= count, timeout):
            came = [
                answer.get("text", answer.get("caption", "(a photo)")) for answer in self.answers()
            ]
            raise TimeoutError(f"{len(came)} of {count} answers within {timeout:g} s: {came}")
        return self.answers()

    def answers(self) -> list[JsonObject]:
        """The bot's messages so far."""
        with self._bell:
            return [post.message for post in self._posts if post.message["from"]["is_bot"]]

    # What the bot does

    def answer(self, content: JsonObject, reply_to: int | None = None) -> JsonObject:
        """Adds a message of the bot.

        Args:
            content: the fields beyond who, where and when.
            reply_to: the id of the message that it quotes.
        """
        with self._bell:
            self._action = None
            return self._append(self._bot, content, reply_to).message

    def require(self, message_id: int) -> None:
        """Makes sure that there is such a message to reply to.

        Raises:
            BadRequest: there is none.
        """
        if self._message(message_id) is None:
            raise BadRequest("message to be replied not found")

    def show_action(self, action: str) -> None:
        """Shows what the bot is doing, for five seconds or until its next message."""
        with self._bell:
            self._action = action
            self._action_ends = time.monotonic() + _ACTION_SECONDS
            self._revision += 1
            self._bell.ring()

    # What the page sees

    def news(self, after: int, status: str, timeout: float, hung_up: Callable[[], bool]) -> News:
        """Waits until there is something after this revision or the bot's status is another."""
        with self._bell:
            self._bell.wait_for(
                lambda: self._revision > after or self._updates.status != status, timeout, hung_up
            )
            left = self._action_ends - time.monotonic()
            return News(
                revision=self._revision,
                posts=[post for post in self._posts if post.revision > after],
                action=self._action if left > 0 else None,
                action_seconds=max(left, 0.0),
                status=self._updates.status,
            )

    def _media(self, data: bytes, as_file: bool, file_name: str) -> JsonObject:
        if not as_file:
            try:
                return {"photo": self._files.add_photo(data)}
            except NotAPhoto:
                pass  # Telegram's apps then send the file as it is
        return {"document": self._files.add_document(data, file_name)}

    def _deliver(self, content: JsonObject, nonce: str) -> JsonObject:
        with self._bell:
            post = self._append(self.person, content, None)
            post.nonce = nonce
            self._updates.put("message", post.message)
            return post.message

    def _append(self, sender: User, content: JsonObject, reply_to: int | None) -> Post:
        message: JsonObject = {
            "message_id": next(self._message_ids),
            "from": sender.to_json(),
            "chat": self.person.to_private_chat(),
            "date": int(time.time()),
        }
        quoted = self._message(reply_to) if reply_to is not None else None
        if quoted is not None:
            # Telegram quotes one level deep.
            message["reply_to_message"] = {
                name: value for name, value in quoted.items() if name != "reply_to_message"
            }
        message.update(content)
        self._revision += 1
        post = Post(message, self._revision)
        self._posts.append(post)
        self._bell.ring()
        return post

    def _message(self, message_id: int) -> JsonObject | None:
        with self._bell:
            found = (p.message for p in self._posts if p.message["message_id"] == message_id)
            return next(found, None)
