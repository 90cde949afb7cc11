"""Secrets struck out of text, whatever form a library has given them.

A bot's token is known by its looks even when nobody has named it, so that nothing can leak before
the settings are loaded. Behind a token, the path of a file leads to a user's photo; it goes too.
"""

import re
import sys
import threading
from collections.abc import Iterable
from typing import Any, TextIO

REDACTED = "<secret>"

_WRAP = r"""(?:["']?\\?(?:\r?\n|\\n)[ \t|>]*b?["']?)?"""
"""Where a line may have been broken within a secret: by an indented block, or by quotes."""

_COLON = r"(?::|~|\\x3a|\\u003a|%(?:25)*3a)"
"""Between a token's number and its key; the Bot API's own server writes ~ on some disks."""

_PATH = r"""(?:(?:/|%2f)[^\s"'<>?#]*[^\s"'<>?#.,:;)\]}])?"""
"""Behind a token in an address or on the disk of a local Bot API server."""

_TOKEN = rf"\d{{3,20}}{_COLON}[\w-]{{30,}}"
"""What BotFather gives: the bot's number, a colon and 35 characters. (Without a bound on the
number, a long row of digits would take time by the square of its length.)"""

_FILE = r"\b[a-z_]+(?:/|%2f)file_\d+(?:\.\w+)?"
"""A `file_path` as Telegram gives it: with the token, which is not far, it is a user's photo."""

_METHOD = re.compile(r"/\w+$")


class Redaction:
    """Strikes secrets out of text.

    Args:
        secrets: strings that must never be seen, besides tokens; also found percent-encoded, with
            escapes, and broken over lines.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = [_any_form(secret) for secret in sorted(secrets, key=len, reverse=True) if secret]
        self._token = re.compile(
            f"(?:{'|'.join([*known, _TOKEN])})(?P<path>{_PATH})", re.IGNORECASE
        )
        self._file = re.compile(_FILE, re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        return self._file.sub(REDACTED, self._token.sub(_struck, text))


class RedactedStream:
    """A text stream whose lines reach another one without secrets.

    What is not a whole line yet waits for its end or for `flush`: a token may come in pieces. All
    else that a stream can do is left to the other one.

    Args:
        stream: where the lines go.
        redaction: strikes the secrets out.
    """

    def __init__(self, stream: TextIO, redaction: Redaction) -> None:
        self.stream = stream
        self._redaction = redaction
        self._begun = ""
        self._lock = threading.RLock()  # a signal's handler may print while the thread is printing

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Take some text; returns its length."""
        with self._lock:
            lines, newline, self._begun = (self._begun + text).rpartition("\n")
            self._pass_on(lines + newline)
        return len(text)

    def writelines(self, texts: Iterable[str]) -> None:
        """Take some texts, one after the other."""
        for text in texts:
            self.write(text)

    def flush(self) -> None:
        """Pass on what is there, even if it is not a whole line."""
        with self._lock:
            begun, self._begun = self._begun, ""
            self._pass_on(begun)
            self.stream.flush()

    def _pass_on(self, text: str) -> None:
        if text:
            self.stream.write(self._redaction(text))


def guard_standard_streams(redaction: Redaction) -> None:
    """From now on, strike secrets out of whatever Python prints in this process."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, RedactedStream):
            stream.flush()
            stream = stream.stream
        if stream is not None:  # a service may have none
            setattr(sys, name, RedactedStream(stream, redaction))


def _struck(found: re.Match[str]) -> str:
    """The name of a called method stays: it is no secret, and an operator wants it."""
    path = found["path"]
    return REDACTED + (path if _METHOD.fullmatch(path) else f"/{REDACTED}" if path else "")


def _any_form(secret: str) -> str:
    """A pattern for a secret as it is, percent-encoded once or more often, escaped, and broken."""
    return _WRAP.join(_any_character(character) for character in secret)


def _any_character(character: str) -> str:
    code = ord(character)
    forms = ["".join(f"%(?:25)*{byte:02x}" for byte in character.encode()), rf"\\u{code:04x}"]
    if code < 256:  # noqa: PLR2004 - what \x can say
        forms.append(rf"\\x{code:02x}")
    if character in "\\'\"":
        forms.append(re.escape("\\" + character))
    # The longest first: a % begins its own percent-encoding.
    return f"(?:{'|'.join([*forms, re.escape(character)])})"
