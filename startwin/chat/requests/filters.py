"""Which messages are for the bot."""

from collections.abc import Iterable

from cachetools import TTLCache
from telegram import Message
from telegram.ext.filters import MessageFilter

from startwin.chat.requests import originals

ALBUM = 60.0
"""Seconds within which the photos of an album arrive."""


class ShowsPicture(MessageFilter):
    """A photo, or a picture that was sent as a file."""

    def filter(self, message: Message) -> bool:
        """Whether this message is one."""
        return originals.shows_picture(message)


class MeantForBot(MessageFilter):
    """In a group: a message that mentions the bot or replies to it, and the rest of its album."""

    def __init__(self, username: str, albums: Iterable[str] = ()) -> None:
        self._username = username
        self._albums: TTLCache[str, bool] = TTLCache(10_000, ALBUM)
        self._albums.update(dict.fromkeys(albums, True))

    def filter(self, message: Message) -> bool:
        """Whether this message is one."""
        album = message.media_group_id
        is_meant = album in self._albums or self._is_meant(message)
        if is_meant and album is not None:  # only the first of its photos bears the caption
            self._albums[album] = True
        return is_meant

    def _is_meant(self, message: Message) -> bool:
        original = message.reply_to_message
        if original and original.from_user and original.from_user.username == self._username:
            return True
        mention = f"@{self._username}".casefold()
        mentions = {
            **message.parse_entities(["mention"]),
            **message.parse_caption_entities(["mention"]),
        }
        return mention in (text.casefold() for text in mentions.values())
