"""What people send: the fields of a message beyond who, where and when."""

import secrets
from collections.abc import Sequence

from startwin.sandbox.entities import formatted
from startwin.sandbox.files import FileStore
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.photos import NotAPhoto

MAX_TEXT = 4096
MAX_CAPTION = 1024
_MAX_ALBUM = 10
# A forwarded or copied message brings these along.
_OWN_FIELDS = (
    "text",
    "entities",
    "photo",
    "document",
    "sticker",
    "voice",
    "caption",
    "caption_entities",
)


class Contents:
    """Makes the fields of messages, and stores their files."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    def text(self, words: str) -> JsonObject:
        """A text of 1 to 4096 characters.

        Raises:
            ValueError: empty or too long, which the apps would not send.
        """
        content = formatted(words[: MAX_TEXT + 1])
        if not 1 <= len(content.text) <= MAX_TEXT:
            raise ValueError(f"A message has 1 to {MAX_TEXT} characters.")
        return content.as_text()

    def caption(self, words: str) -> JsonObject:
        """A caption of up to 1024 characters.

        Raises:
            ValueError: too long.
        """
        text = formatted(words[: MAX_CAPTION + 1])
        if len(text.text) > MAX_CAPTION:
            raise ValueError(f"A caption has at most {MAX_CAPTION} characters.")
        return text.as_caption()

    def picture(self, data: bytes, caption: str, as_file: bool, file_name: str) -> JsonObject:
        """A photo, or as a file what is none (or with `as_file`).

        Raises:
            ValueError: the caption is too long, or there is no data.
        """
        words = self.caption(caption)
        if not data:
            raise ValueError("An empty file cannot be sent.")
        return {**self._media(data, as_file, file_name), **words}

    def album(
        self, files: Sequence[tuple[bytes, str]], caption: str, as_files: bool
    ) -> list[JsonObject]:
        """The messages of an album of 1 to 10 files, each bytes and a name; the caption goes first.

        Photos and files are not mixed at Telegram: each kind is an album of its own.

        Raises:
            ValueError: none or too many, or as for `picture`.
        """
        if not 1 <= len(files) <= _MAX_ALBUM:
            raise ValueError(f"An album has 1 to {_MAX_ALBUM} pictures.")
        contents = [
            self.picture(data, "" if number else caption, as_files, name)
            for number, (data, name) in enumerate(files)
        ]
        for kind in ("photo", "document"):
            together = [content for content in contents if kind in content]
            if len(together) > 1:
                group = str(secrets.randbits(53) + 1)
                for content in together:
                    content["media_group_id"] = group
        return contents

    def sticker(self, data: bytes, emoji: str) -> JsonObject:
        """A sticker, 512 pixels wide and high, that stands for an emoji."""
        shape = {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return {"sticker": {**shape, **self._files.add_sticker(data)}}

    def voice(self, data: bytes, seconds: int) -> JsonObject:
        """A voice message of this length."""
        shape = {"duration": seconds, "mime_type": "audio/ogg"}
        return {"voice": {**shape, **self._files.add_voice(data)}}

    def forwarded(self, message: JsonObject, hidden: bool) -> JsonObject:
        """A message passed on; with `hidden` its author does not let others find their account."""
        fields = {name: message[name] for name in _OWN_FIELDS if name in message}
        if "forward_origin" in message:  # who passes it on once more stays unnamed
            return {**fields, **{n: v for n, v in message.items() if n.startswith("forward_")}}
        sender, date = message["from"], message["date"]
        origin: JsonObject
        if hidden:
            origin = {"type": "hidden_user", "sender_user_name": sender["first_name"]}
            fields["forward_sender_name"] = sender["first_name"]
        else:
            origin = {"type": "user", "sender_user": sender}
            fields["forward_from"] = sender
        return {
            **fields,
            "forward_origin": {**origin, "date": date},
            "forward_date": date,
        }

    def _media(self, data: bytes, as_file: bool, file_name: str) -> JsonObject:
        if not as_file:
            try:
                return {"photo": self._files.add_photo(data)}
            except NotAPhoto:
                pass  # Telegram's apps then send the file as it is
        return {"document": self._files.add_document(data, file_name)}
