"""What an error of a call to Telegram says about the call."""

from enum import Enum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    Unauthorized,
)


class Verdict(Enum):
    """What became of a call."""

    NOT_TAKEN = "it never had an effect; another try is safe"
    UNCERTAIN = "it may have had an effect: nobody can know"
    REFUSED = "Telegram does not want it, now or later"
    UNWANTED = "the user has blocked the bot, or the group has thrown it out"


_NOT_CONNECTED = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError")
"""Names of urllib3's errors from before anything was sent; the library brings a urllib3 along."""


def verdict(error: BaseException) -> Verdict:
    """What an error of a call says about it; of an error that is not Telegram's, REFUSED."""
    match error:
        case RetryAfter() | Conflict() | InvalidToken():
            return Verdict.NOT_TAKEN
        case Unauthorized():  # a 401 ends the bot; what it has not sent is left to the next one
            return Verdict.UNWANTED if is_forbidden(error) else Verdict.NOT_TAKEN
        case BadRequest() | ChatMigrated():
            return Verdict.REFUSED
        case NetworkError() if "File too large" in str(error):
            return Verdict.REFUSED
        case TelegramError():
            return Verdict.NOT_TAKEN if _is_before_sending(error) else Verdict.UNCERTAIN
    return Verdict.REFUSED


def is_forbidden(error: Unauthorized) -> bool:
    """Whether this was a 403, which the library does not tell from a 401."""
    return str(error).startswith("Forbidden")


def changes_nothing(error: BaseException | None) -> bool:
    """Whether an edit was refused because the message is like that already."""
    return isinstance(error, BadRequest) and "not modified" in str(error).lower()


def _is_before_sending(error: TelegramError) -> bool:
    """Whether it is known that nothing had an effect."""
    cause = getattr(error.__cause__, "reason", None) or error.__cause__
    if str(error).endswith("(429)"):  # without saying until when
        return True
    is_certificate = type(cause).__name__ == "SSLError" and "certificate" in str(cause).lower()
    return type(cause).__name__ in _NOT_CONNECTED or is_certificate
