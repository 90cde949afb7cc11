"""Which messages are for the bot."""

from telegram import Message
from telegram.ext.filters import MessageFilter

from startwin.chat import originals


class ShowsPicture(MessageFilter):
    """A photo, or a picture that was sent as a file."""

    def filter(self, message: Message) -> bool:
        """Whether this message is one."""
        return originals.shows_picture(message)


class MeantForBot(MessageFilter):
    """In a group: a message that mentions the bot or replies to it."""

    def __init__(self, username: str) -> None:
        self._username = username

    def filter(self, message: Message) -> bool:
        """Whether this message is one."""
        original = message.reply_to_message
        if original and original.from_user and original.from_user.username == self._username:
            return True
        mention = f"@{self._username}".casefold()
        mentions = {
            **message.parse_entities(["mention"]),
            **message.parse_caption_entities(["mention"]),
        }
        return mention in (text.casefold() for text in mentions.values())
