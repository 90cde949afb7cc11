"""What happened, as lines on standard error, with every secret struck out.

All of it passes here: our own events, the log records of the libraries, and the exceptions that
nobody caught, so that no library can print the token by a way of its own.
"""

import logging
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from urllib.parse import quote

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import Processor

REDACTED = "<secret>"


def log(room: str) -> BoundLogger:
    """The log of one part of the program; events take their details as keyword arguments."""
    logger: BoundLogger = structlog.stdlib.get_logger(room)
    return logger


def start(secrets: Iterable[str] = ()) -> None:
    """Send everything to standard error.

    Args:
        secrets: strings that must never be printed; their URL-quoted forms are struck out too.
    """
    first: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
    ]
    last: list[Processor] = [
        ProcessorFormatter.remove_processors_meta,
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default would print local variables: photos and the token are among them.
            exception_formatter=structlog.dev.plain_traceback,
        ),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *first,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secrets, processors=last, foreign_pre_chain=first))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # At INFO and below these libraries tell of every request or every update.
    for noisy in ("telegram", "apscheduler", "nmslib", "PIL"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It warns of each of its three tries before it raises what we then report.
    logging.getLogger("telegram.vendor.ptb_urllib3.urllib3").setLevel(logging.ERROR)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


class RedactingFormatter(ProcessorFormatter):
    """Formats a record, traceback included, and then strikes the secrets out of the result."""

    def __init__(
        self,
        secrets: Iterable[str],
        processors: list[Processor],
        foreign_pre_chain: list[Processor],
    ) -> None:
        super().__init__(processors=processors, foreign_pre_chain=foreign_pre_chain)
        self._forms = [
            form for secret in secrets if secret for form in (secret, quote(secret, safe=""))
        ]

    def format(self, record: logging.LogRecord) -> str:
        """The finished line or lines, without secrets."""
        text = super().format(record)
        for form in self._forms:
            text = text.replace(form, REDACTED)
        return text


def _uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("startwin").critical("uncaught", exc_info=(kind, error, traceback))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
