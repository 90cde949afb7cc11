"""Events: one JSON object a line, for Splunk and its like; `docs/journal.md` has the schema."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import ujson

from startwin.errors import SettingsError
from startwin.redaction import Redaction

SCHEMA = 1
"""Version of what events look like: raised when a field changes its meaning or goes."""

STANDARD_OUTPUT = "-"
"""What `JOURNAL_FILE` is to be for events on standard output."""


class Events:
    """Writes events. Safe to use from many threads.

    Args:
        file: where to; "-" for standard output, None for nowhere.
        megabytes: from this size on a file is renamed to ``.1``, that to ``.2``, and so on.
        kept: how many renamed ones there are at most.
        secrets: strings that must never be written, as in the log.

    Raises:
        SettingsError: the file cannot be written. Later, what cannot be is told in the log.
    """

    def __init__(
        self,
        file: Path | None = None,
        megabytes: float = 100,
        kept: int = 10,
        secrets: Iterable[str] = (),
    ) -> None:
        self._redacted = Redaction(secrets)
        self._handler: logging.Handler | None = None
        if file is None:
            return
        try:
            self._handler = (
                _ToStandardOutput(sys.stdout)
                if str(file) == STANDARD_OUTPUT
                else _ToFile(
                    file, maxBytes=int(megabytes * 1e6), backupCount=kept, encoding="utf-8"
                )
            )
        except OSError as error:
            raise SettingsError(
                f"JOURNAL_FILE: {file} cannot be written: {error.strerror}"
            ) from None

    def write(self, event: str, **facts: Any) -> None:
        """Write an event, with the time of now.

        Args:
            event: its name.
            **facts: what JSON can say; None is left out.
        """
        if self._handler is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = {"schema": SCHEMA, "time": now, "event": event}
        told |= {name: fact for name, fact in facts.items() if fact is not None}
        line = ujson.dumps(told, ensure_ascii=False, escape_forward_slashes=False)
        record = logging.LogRecord("events", logging.INFO, "", 0, self._redacted(line), None, None)
        self._handler.handle(record)

    def close(self) -> None:
        """Write nothing any more."""
        handler, self._handler = self._handler, None
        if handler is not None:
            with contextlib.suppress(OSError):  # the disk is full, as was told
                handler.close()


class _Forgiving(logging.Handler):
    """A full disk costs events, and one line of the log until it is over."""

    is_failing = False

    def emit(self, record: logging.LogRecord) -> None:
        failed, self.has_failed = self.is_failing, False
        super().emit(record)
        self.is_failing = self.has_failed
        if failed and not self.is_failing:
            logging.getLogger("journal").warning("events can be written again")

    def handleError(self, _: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        self.has_failed = True
        if not self.is_failing:
            error = sys.exc_info()[1]
            why = getattr(error, "strerror", None) or type(error).__name__
            logging.getLogger("journal").error("events cannot be written: %s", why)


class _ToFile(_Forgiving, RotatingFileHandler):
    """For its owner's eyes alone: what people asked is nobody else's business."""

    has_told = False

    def _open(self) -> Any:
        # An opener: the mode is there from the file's first moment.
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)

    def doRollover(self) -> None:  # noqa: N802 - logging's name
        try:
            super().doRollover()
        except OSError as error:
            self.stream = self._open()  # better one long file than none
            if not self.has_told:
                self.has_told = True
                why = error.strerror or type(error).__name__
                told = "the journal cannot be rotated: %s"
                logging.getLogger("journal").log(logging.ERROR, told, why)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _ToStandardOutput(_Forgiving, logging.StreamHandler):  # type: ignore[type-arg]
    """Where a container's log is collected."""
