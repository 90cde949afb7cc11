"""What happened, as lines on standard error, with every secret struck out.

All of it passes here: our own events, the log records and the warnings of the libraries, and the
exceptions that nobody caught. Standard output and standard error are guarded besides, so that no
library can print the token by a way of its own.
"""

import logging
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING

from startwin.redaction import Redaction, guard_standard_streams

if TYPE_CHECKING:  # at run time once there is something to log: worker processes rarely have
    from structlog.stdlib import BoundLogger
    from structlog.typing import Processor


def log(room: str) -> "BoundLogger":
    """The log of one part of the program; events take their details as keyword arguments."""
    import structlog  # noqa: PLC0415

    logger: BoundLogger = structlog.stdlib.get_logger(room)
    return logger


def start(secrets: Iterable[str] = ()) -> None:
    """Send everything to standard error; may be called again when more secrets are known.

    Args:
        secrets: strings that must never be printed, in no form that `Redaction` knows; bots'
            tokens are struck out anyway.
    """
    import structlog  # noqa: PLC0415
    from structlog.stdlib import BoundLogger, ProcessorFormatter  # noqa: PLC0415

    guard_standard_streams(Redaction(secrets))
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
    handler.setFormatter(ProcessorFormatter(processors=last, foreign_pre_chain=first))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # At INFO and below these libraries tell of every request or every update.
    for noisy in ("telegram", "apscheduler", "nmslib", "PIL"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It warns of each of its three tries before it raises what we then report.
    logging.getLogger("telegram.vendor.ptb_urllib3.urllib3").setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread


def _uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("startwin").critical("uncaught", exc_info=(kind, error, traceback))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    """What went wrong where nobody could be told, as in a destructor."""
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
