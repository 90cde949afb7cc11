"""What a chat shows: its messages as they are now, and what the bot is doing."""

import time
from dataclasses import dataclass
from itertools import count

from startwin.sandbox.bell import Bell
from startwin.sandbox.objects import JsonObject

# How long the apps show a chat action, unless a message comes
# (https://core.telegram.org/bots/api#sendchataction).
_ACTION_SECONDS = 5.0


@dataclass
class Post:
    """A message as the page follows it.

    Attributes:
        message: the `Message` object; replaced at every edit, never changed.
        revision: the bell's, when the message came or last changed.
        nonce: by which the sending page knows its own message again.
        edits: how often it was edited.
        deleted: whether it is gone.
    """

    message: JsonObject
    revision: int
    nonce: str = ""
    edits: int = 0
    deleted: bool = False


class Transcript:
    """The messages of a chat in their order. Thread-safe by the bell.

    Attributes:
        revision: the bell's at the last change.
    """

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._ids = count(1)
        self._posts: dict[int, Post] = {}
        self._action: str | None = None
        self._action_ends = 0.0
        self.revision = 0

    def add(self, fields: JsonObject, reply_to: int | None, nonce: str = "") -> JsonObject:
        """Adds a message of these fields, with its id and the message that it answers."""
        with self._bell:
            message: JsonObject = {"message_id": next(self._ids), **fields}
            quoted = self.find(reply_to) if reply_to is not None else None
            if quoted is not None:
                message["reply_to_message"] = _without_quote(quoted)
            self.revision = self._bell.change()
            self._posts[message["message_id"]] = Post(message, self.revision, nonce)
            return message

    def find(self, message_id: int) -> JsonObject | None:
        """The message as it is now, without a quote of what has been deleted; None for none."""
        with self._bell:
            post = self._posts.get(message_id)
            if post is None or post.deleted:
                return None
            quoted = post.message.get("reply_to_message")
            if quoted is not None and self._posts[quoted["message_id"]].deleted:
                return _without_quote(post.message)
            return post.message

    def edit(self, message_id: int, message: JsonObject) -> JsonObject:
        """Puts this message in the place of the one that was there; returns it dated."""
        with self._bell:
            post = self._posts[message_id]
            post.message = {**message, "edit_date": int(time.time())}
            post.edits += 1
            post.revision = self.revision = self._bell.change()
            return post.message

    def delete(self, message_id: int) -> None:
        """Takes a message away.

        Raises:
            ValueError: there is no such message.
        """
        with self._bell:
            if self.find(message_id) is None:
                raise ValueError(f"There is no message {message_id} to delete.")
            post = self._posts[message_id]
            post.deleted = True
            post.revision = self.revision = self._bell.change()

    def edits(self, message_id: int) -> int:
        """How often a message was edited; 0 also where there is none."""
        with self._bell:
            post = self._posts.get(message_id)
            return post.edits if post else 0

    def messages(self) -> list[JsonObject]:
        """All that have not been deleted, as they are now."""
        with self._bell:
            return [post.message for post in self._posts.values() if not post.deleted]

    def after(self, revision: int) -> list[Post]:
        """What came, changed or went after this revision, in the order of the messages."""
        with self._bell:
            return [post for post in self._posts.values() if post.revision > revision]

    def show_action(self, action: str | None) -> None:
        """Shows what the bot is doing, for five seconds; None for nothing."""
        with self._bell:
            self._action = action
            self._action_ends = time.monotonic() + _ACTION_SECONDS
            self.revision = self._bell.change()

    def action(self) -> tuple[str, float] | None:
        """What the bot is doing and for how many seconds more, e.g. "typing"."""
        with self._bell:
            left = self._action_ends - time.monotonic()
            return (self._action, left) if self._action is not None and left > 0 else None


def _without_quote(message: JsonObject) -> JsonObject:
    """Telegram quotes one level deep."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}
