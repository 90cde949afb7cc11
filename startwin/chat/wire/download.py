"""A file from Telegram, no larger and no slower than it may be."""

import time
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TimedOut
from telegram.utils import request as requests

from startwin.errors import FileTooBig

LARGEST_FILE = 20_000_000
"""What Telegram lets a bot fetch, in bytes."""

_errors: Any = vars(requests)["urllib3"].exceptions
"""Of the HTTP client that the library brings along."""

CHUNK = 1 << 16
"""Bytes between two looks at the clock, at most."""


def download(bot: Bot, url: str, seconds: float) -> bytes:
    """Fetch a file.

    The library's own download takes whatever comes for as long as something does.

    Args:
        bot: whose connections are used.
        url: of the file, with the token in it.
        seconds: that it may take in all.

    Raises:
        FileTooBig: there is more than Telegram hands out.
        InvalidToken: Telegram has no such file; the library calls a 404 so.
        TelegramError: it does not come, or not in time.
    """
    try:
        connections: Any = bot.request._con_pool  # noqa: SLF001
        answer = connections.request("GET", url, preload_content=False, retries=False)
        try:
            content = _content(answer, time.monotonic() + seconds)
        except BaseException:
            answer.close()  # what is not read to its end cannot be used again
            raise
        answer.release_conn()
    except _errors.TimeoutError as error:
        raise TimedOut from error
    except _errors.HTTPError as error:
        raise NetworkError(f"urllib3 HTTPError {error}") from error
    return content


def _content(answer: Any, deadline: float) -> bytes:
    if answer.status == 404:  # noqa: PLR2004
        raise InvalidToken
    if answer.status != 200:  # noqa: PLR2004
        raise NetworkError(f"download failed ({answer.status})")
    content = bytearray()
    # Not by the library's stream, which looks up when a whole chunk is there.
    while chunk := answer._fp.read1(CHUNK):  # noqa: SLF001
        content += chunk
        if len(content) > LARGEST_FILE:
            raise FileTooBig(f"more than {LARGEST_FILE} bytes")
        if time.monotonic() > deadline:
            raise TimedOut
    # The library's HTTP takes a connection that was cut for the end.
    if len(content) < int(answer.headers.get("Content-Length", 0)):
        raise NetworkError("the download was cut off")
    return bytes(content)
