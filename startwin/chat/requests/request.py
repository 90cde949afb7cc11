"""What somebody asks of the bot: all that is remembered of an update until it is answered."""

from dataclasses import astuple, dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is asked for; commands have their own names."""

    PHOTO = "photo"
    ME = "me"
    MATCH = "match"
    START = "start"
    HELP = "help"
    STATS = "stats"
    PRIVACY = "privacy"
    HINT = "hint"
    PRESS = "press"
    LEFT = "left"


@dataclass(frozen=True)
class Request:
    """Telegram's numbers and names of files; nothing that anybody has written or shown.

    Attributes:
        update: the update's id.
        kind: what is asked for.
        chat: where; negative for groups.
        message: the message that asks; for a press, the one with the button.
        user: who asks.
        language: their language code, such as "ru"; None if Telegram does not tell.
        received: when the bot got it, in seconds since 1970.
        sent: when the message was sent, likewise; 0 for a press.
        file: the file id of the photo that it is about.
        owner: else, the user whose profile photo it is about.
        reply_to: the message that the answer replies to.
        album: the id of the album that the photo is in.
        callback: a press's own id, to acknowledge it by.
        data: what the pressed button says.
    """

    update: int
    kind: Kind
    chat: int
    message: int
    user: int
    language: str | None
    received: float = 0
    sent: int = 0
    file: str | None = None
    owner: int | None = None
    reply_to: int | None = None
    album: str | None = None
    callback: str | None = None
    data: str | None = None

    def check(self) -> None:
        """Make sure that it can be stored.

        Raises:
            ValueError: a text is no Unicode, or a number has more than 64 bits.
        """
        for value in astuple(self):
            if isinstance(value, str):
                value.encode()
            elif value is not None and not -(2**63) <= value < 2**63:
                raise ValueError("a number has too many bits")
