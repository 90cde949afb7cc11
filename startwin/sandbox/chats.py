"""A chat as its people use it: what they send, press and wait for."""

from collections.abc import Sequence
from typing import Self

from startwin.sandbox.contents import Contents
from startwin.sandbox.conversation import Conversation, Exchange, Kind
from startwin.sandbox.keyboards import find_button
from startwin.sandbox.objects import JsonObject, User
from startwin.sandbox.people import Person
from startwin.sandbox.queries import Press


class Chat(Conversation):
    """A private chat or a group, from the people's side. Thread-safe.

    Where people act, `by` is the private chat of who does; by default the first member. All they
    do raises ValueError where Telegram's apps would not let them: a message that is not there,
    somebody who is no member.
    """

    def __init__(
        self, exchange: Exchange, kind: Kind, chat_id: int, title: str, people: list[Person]
    ) -> None:
        super().__init__(exchange, kind, chat_id, title, people)
        self.contents = Contents(exchange.files)

    @property
    def person(self) -> User:
        """Who the private chat is with; in a group its first member."""
        return self.people[0].user

    @property
    def members(self) -> list[User]:
        """Its people, without the bot."""
        return [person.user for person in self.people]

    def speak(self, language_code: str) -> None:
        """Sets the language of the person's app for what is sent from now on."""
        self.people[0].speak(language_code)

    def add_profile_photo(self, data: bytes) -> None:
        """Gives the person a profile photo, which becomes their current one.

        Raises:
            NotAPhoto: the data is no picture.
        """
        photo = self._exchange.files.add_profile_photo(data)
        with self._exchange.bell:
            person = self.people[0]
            person.photos.insert(0, photo)
            person.revision = self._exchange.bell.change()

    def remove_profile_photos(self) -> None:
        """Takes all profile photos of the person away."""
        with self._exchange.bell:
            self.people[0].photos.clear()
            self.people[0].revision = self._exchange.bell.change()

    def send_text(
        self, text: str, by: Self | None = None, reply_to: int | None = None
    ) -> JsonObject:
        """A member sends a text of 1 to 4096 characters.

        Raises:
            ValueError: empty or too long, which the apps would not send.
        """
        return self.deliver(self.contents.text(text), self._who(by), reply_to)

    def send_photo(
        self,
        data: bytes,
        caption: str = "",
        as_file: bool = False,
        file_name: str = "photo.jpg",
        by: Self | None = None,
        reply_to: int | None = None,
    ) -> JsonObject:
        """A member sends a picture, or as a file what is none (or with `as_file`).

        Raises:
            ValueError: the caption is over 1024 characters, or there is no data.
        """
        content = self.contents.picture(data, caption, as_file, file_name)
        return self.deliver(content, self._who(by), reply_to)

    def send_album(
        self,
        pictures: Sequence[bytes],
        caption: str = "",
        as_files: bool = False,
        by: Self | None = None,
        reply_to: int | None = None,
    ) -> list[JsonObject]:
        """A member sends 1 to 10 pictures at once: a message each, the caption with the first.

        Raises:
            ValueError: none or too many pictures, or as for `send_photo`.
        """
        files = [(data, f"photo_{number}.jpg") for number, data in enumerate(pictures, 1)]
        contents = self.contents.album(files, caption, as_files)
        with self._exchange.bell:
            return [self.deliver(content, self._who(by), reply_to) for content in contents]

    def send_sticker(
        self, emoji: str = "😀", by: Self | None = None, reply_to: int | None = None
    ) -> JsonObject:
        """A member sends a sticker."""
        content = self.contents.sticker(b"RIFF\x04\x00\x00\x00WEBP", emoji)
        return self.deliver(content, self._who(by), reply_to)

    def send_voice(
        self, seconds: int = 3, by: Self | None = None, reply_to: int | None = None
    ) -> JsonObject:
        """A member sends a voice message."""
        return self.deliver(self.contents.voice(b"OggS", seconds), self._who(by), reply_to)

    def forward(
        self, message: JsonObject, by: Self | None = None, hidden: bool = False
    ) -> JsonObject:
        """A member passes on a message, of this or of another chat.

        With `hidden` its author does not let others find their account.
        """
        return self.deliver(self.contents.forwarded(message, hidden), self._who(by))

    def edit_text(self, message_id: int, text: str) -> JsonObject:
        """Who sent a text writes it anew."""
        return self._rewrite(message_id, ("text", "entities"), self.contents.text(text))

    def edit_caption(self, message_id: int, caption: str) -> JsonObject:
        """Who sent a picture gives it another caption; "" for none."""
        fields = ("caption", "caption_entities")
        return self._rewrite(message_id, fields, self.contents.caption(caption))

    def delete(self, message_id: int) -> None:
        """Somebody deletes a message, also one of the bot, which is not told."""
        self.transcript.delete(message_id)

    def press(self, message_id: int, data_or_label: str, by: Self | None = None) -> Press:
        """A member presses a button, named by its callback data or its label.

        Returns what can be waited for: `chat.press(…).wait(DEADLINE)` is the bot's answer.

        Raises:
            ValueError: no such message, or it has no such button.
        """
        with self._exchange.bell:
            message = self._existing(message_id)
            button = find_button(message, data_or_label)
            press = self._exchange.queries.begin()
            query = {
                "id": press.id,
                "from": self._who(by).user.to_json(),
                "message": message,
                "chat_instance": self.instance,
                "data": button["callback_data"],
            }
            self._tell("callback_query", query)
            return press

    def remove_bot(self, by: Self | None = None) -> None:
        """A member blocks the bot (in a private chat) or removes it from the group."""
        if self.kind != "private":
            self.deliver({"left_chat_member": self._exchange.bot.to_json()}, self._who(by))
        self.turn_bot(self._who(by), "kicked")

    def add_bot(self, by: Self | None = None) -> None:
        """A member unblocks the bot or adds it to the group again."""
        self.turn_bot(self._who(by), "member")
        if self.kind != "private":
            self.deliver({"new_chat_members": [self._exchange.bot.to_json()]}, self._who(by))

    def message(self, message_id: int) -> JsonObject:
        """A message as it is now.

        Raises:
            ValueError: there is none.
        """
        return self._existing(message_id)

    def answers(self) -> list[JsonObject]:
        """The bot's messages as they are now."""
        return [m for m in self.transcript.messages() if m["from"]["is_bot"]]

    def wait_for_answers(self, count: int, timeout: float) -> list[JsonObject]:
        """All messages of the bot in this chat, once there are at least `count`.

        Raises:
            TimeoutError: fewer came within `timeout` seconds; says which.
        """
        if not self._exchange.bell.wait_for(lambda: len(self.answers()) >= count, timeout):
            came = [
                answer.get("text", answer.get("caption", "(a photo)")) for answer in self.answers()
            ]
            raise TimeoutError(f"{len(came)} of {count} answers within {timeout:g} s: {came}")
        return self.answers()

    def wait_for_edit(self, message_id: int, timeout: float, edits: int = 1) -> JsonObject:
        """A message as it is once it has been edited at least `edits` times in all.

        Raises:
            TimeoutError: it was not within `timeout` seconds; says how often it was.
        """
        log = self.transcript
        if not self._exchange.bell.wait_for(lambda: log.edits(message_id) >= edits, timeout):
            came = log.edits(message_id)
            raise TimeoutError(
                f"{came} of {edits} edits of message {message_id} within {timeout:g} s"
            )
        return self._existing(message_id)

    def _who(self, by: Self | None) -> Person:
        return self.people[0] if by is None else by.people[0]

    def _existing(self, message_id: int) -> JsonObject:
        message = self.transcript.find(message_id)
        if message is None:
            raise ValueError(f"There is no message {message_id}.")
        return message

    def _rewrite(self, message_id: int, fields: tuple[str, str], content: JsonObject) -> JsonObject:
        with self._exchange.bell:
            message = self._existing(message_id)
            if message["from"]["is_bot"]:
                raise ValueError("People edit their own messages only.")
            head = {name: value for name, value in message.items() if name not in fields}
            edited = self.transcript.edit(message_id, {**head, **content})
            self._tell("edited_message", edited)
            return edited
