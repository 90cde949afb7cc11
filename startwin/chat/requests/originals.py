"""The photo that a request is about, fetched from Telegram, as often as it is wanted."""

from typing import Any

from telegram import Bot, Message, PhotoSize
from telegram.error import BadRequest, InvalidToken

from startwin.chat.requests.request import Kind, Request
from startwin.chat.wire.download import LARGEST_FILE, download
from startwin.errors import FileTooBig, NoPhotoInReply, NoProfilePhoto, PhotoGone


def shows_picture(message: Message | None) -> bool:
    """Whether a message is a photo, or a picture that was sent as a file."""
    return file_of(message) is not None


def file_of(message: Message | None) -> str | None:
    """The file id of a message's photo in its largest size, or of its picture; None if none."""
    if message is None:
        return None
    if message.photo:
        return str(_largest(message.photo).file_id)
    document = message.document
    is_picture = document and (document.mime_type or "").startswith("image/")
    return str(document.file_id) if is_picture else None


def owner_of(message: Message | None) -> int | None:
    """The user whose profile photo a message asks for: its sender, by a command; None if none."""
    if message is None or message.from_user is None:
        return None
    command = (message.text or "").casefold().partition("@")[0]
    return message.from_user.id if command.split(maxsplit=1)[:1] == ["/me"] else None


def fetch(bot: Bot, request: Request, seconds: float) -> bytes:
    """The bytes of the photo that a request is about: a message's, or its sender's profile photo.

    Args:
        bot: asks Telegram.
        request: about a photo.
        seconds: that the download may take.

    Raises:
        FileTooBig: Telegram does not hand it out.
        NoPhoto: there is none (any more); one of its leaves says why.
        TelegramError: Telegram cannot be reached, or does not answer.
    """
    if request.file is not None:
        return _downloaded(bot, request.file, seconds)
    if request.owner is not None:
        shown = bot.get_user_profile_photos(request.owner, limit=1)
        if shown is None or not shown.photos:
            raise NoProfilePhoto("no profile photo")
        return _downloaded(bot, _largest(shown.photos[0]).file_id, seconds)
    if request.kind is Kind.MATCH:
        raise NoPhotoInReply("no photo in the message")
    raise PhotoGone("the message was deleted")


def _largest(sizes: list[Any]) -> PhotoSize:
    largest: PhotoSize = max(sizes, key=lambda size: size.width * size.height)
    return largest


def _downloaded(bot: Bot, file_id: str, seconds: float) -> bytes:
    try:
        file = bot.get_file(file_id)
    except BadRequest as error:
        if "too big" in str(error).lower():
            raise FileTooBig("more than Telegram hands out") from None
        raise PhotoGone("Telegram has the file no more") from None
    if (file.file_size or 0) > LARGEST_FILE:
        raise FileTooBig(f"{file.file_size} bytes")
    try:
        return download(bot, file.file_path, seconds)
    except InvalidToken:  # the library's word for a 404
        raise PhotoGone("Telegram has the file no more") from None
