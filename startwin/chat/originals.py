"""The photo that a message is about, fetched from Telegram, as often as it is wanted."""

from typing import Any

from telegram import Bot, Message
from telegram.error import BadRequest

from startwin.errors import FileTooBig, NoPhotoInReply, NoProfilePhoto, PhotoGone

LARGEST_FILE = 20_000_000
"""What Telegram lets a bot fetch, in bytes."""


def shows_picture(message: Message | None) -> bool:
    """Whether a message is a photo, or a picture that was sent as a file."""
    if message is None:
        return False
    document = message.document
    return bool(message.photo or (document and (document.mime_type or "").startswith("image/")))


def asks_for_profile(message: Message) -> bool:
    """Whether a message is the command for its sender's own profile photo."""
    command = (message.text or "").casefold().partition("@")[0]
    return command.split(maxsplit=1)[:1] == ["/me"]


def fetch(bot: Bot, message: Message | None) -> bytes:
    """The bytes of the photo that a message is about: its own, or its sender's profile photo.

    Args:
        bot: asks Telegram.
        message: what was answered, or is to be; None if it was deleted.

    Raises:
        FileTooBig: Telegram does not hand it out.
        NoPhoto: there is none (any more); one of its leaves says why.
        TelegramError: Telegram cannot be reached, or does not answer.
    """
    if message is None:
        raise PhotoGone("the message was deleted")
    if message.photo:
        return _largest(message.photo)
    if shows_picture(message):
        return _downloaded(message.document)
    if asks_for_profile(message) and message.from_user is not None:
        shown = bot.get_user_profile_photos(message.from_user.id, limit=1)
        if shown is None or not shown.photos:
            raise NoProfilePhoto("no profile photo")
        return _largest(shown.photos[0])
    raise NoPhotoInReply("no photo in the message")


def _largest(sizes: list[Any]) -> bytes:
    return _downloaded(max(sizes, key=lambda size: size.width * size.height))


def _downloaded(source: Any) -> bytes:
    if (source.file_size or 0) > LARGEST_FILE:
        raise FileTooBig(f"{source.file_size} bytes")
    try:
        file = source.get_file()
    except BadRequest as error:
        if "too big" in str(error).lower():
            raise FileTooBig("more than Telegram hands out") from None
        raise PhotoGone("Telegram has the file no more") from None
    return bytes(file.download_as_bytearray())
