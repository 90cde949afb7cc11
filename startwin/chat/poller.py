"""Updates by long poll."""

import threading
import time
from collections.abc import Callable
from queue import Queue
from typing import Any

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, Unauthorized

from startwin import journal
from startwin.errors import TelegramRefusal

ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
"""Said at each poll: Telegram remembers what another program once asked for."""

CONFLICT_PATIENCE = 60.0
"""Seconds that another poller is borne with: in a rolling restart the old bot is still there."""

LONGEST_PAUSE = 30.0
"""Seconds between two tries while Telegram cannot be reached."""

LONGEST_RETRY_AFTER = 3600.0
"""Seconds that Telegram may tell us to wait."""

COMPLAIN_EVERY = 60.0
"""Seconds between two log lines about the same trouble."""


class Retries:
    """Pauses that grow while something keeps failing, and a log line about it once a minute."""

    def __init__(self, what: str) -> None:
        self._log = journal.log("telegram")
        self._what = what
        self._pause = 0.25
        self._complained: float | None = None

    def failed(self, error: Exception) -> float:
        """Note a failure; returns the seconds to wait before the next try."""
        now = time.monotonic()
        if self._complained is None or now - self._complained >= COMPLAIN_EVERY:
            self._log.warning(f"{self._what}; trying again", error=_reason(error))
            self._complained = now
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        if isinstance(error, RetryAfter):
            return min(float(error.retry_after), LONGEST_RETRY_AFTER)
        return self._pause

    def succeeded(self) -> None:
        """All is well again."""
        if self._complained is not None:
            self._log.info(f"{self._what}: over")
        self._pause = 0.25
        self._complained = None


def _reason(error: Exception) -> str:
    """In a few words; the library's own text is a paragraph around them."""
    cause = getattr(error.__cause__, "reason", None) or error
    return str(cause).rpartition(">: ")[2] or type(error).__name__


class Poller:
    """Puts updates into a queue until told to stop, or until Telegram refuses for good.

    Args:
        bot: asks Telegram.
        updates: where they go, in order.
        poll_timeout: seconds that Telegram holds an empty answer back.
        read_timeout: seconds on top of that for the answer to arrive.
        ended: is called when polling has ended; by itself, if `failure` is not None.
    """

    def __init__(
        self,
        bot: Bot,
        updates: "Queue[Any]",
        poll_timeout: int,
        read_timeout: float,
        ended: Callable[[], None],
    ) -> None:
        self.failure: Exception | None = None
        self._bot = bot
        self._updates = updates
        self._poll_timeout = poll_timeout
        self._read_timeout = read_timeout
        self._ended = ended
        self._log = journal.log("poller")
        self._stopping = threading.Event()
        # A daemon: at the end nobody waits for the long poll that is under way. What Telegram
        # answers to it is not acknowledged, so it comes again after the next start.
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)

    def start(self) -> None:
        """Start polling in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Hand out no more updates."""
        self._stopping.set()

    def _run(self) -> None:
        try:
            self._poll()
        except Exception as failure:  # noqa: BLE001 - raised again by who owns the poller
            self.failure = failure
        finally:
            self._ended()

    def _poll(self) -> None:
        offset = 0
        retries = Retries("Telegram cannot be polled")
        conflict_since: float | None = None
        while not self._stopping.is_set():
            try:
                updates = self._fetch(offset)
            except InvalidToken:
                raise TelegramRefusal("Telegram has revoked TELEGRAM_TOKEN") from None
            except Unauthorized as error:
                if is_forbidden(error):
                    self._stopping.wait(retries.failed(error))
                    continue
                raise TelegramRefusal("Telegram has revoked TELEGRAM_TOKEN") from None
            except Conflict as error:
                conflict_since = conflict_since or time.monotonic()
                if time.monotonic() - conflict_since > CONFLICT_PATIENCE:
                    raise TelegramRefusal(
                        "another program polls with the same TELEGRAM_TOKEN: stop one of them"
                    ) from None
                self._stopping.wait(retries.failed(error))
            except Exception as error:  # noqa: BLE001 - the library's parsers raise all kinds
                self._stopping.wait(retries.failed(error))
            else:
                retries.succeeded()
                conflict_since = None
                offset = self._hand_out(updates, offset)

    def _fetch(self, offset: int) -> list[dict[str, Any]]:
        """The updates from an offset on, not parsed yet.

        The library's own `get_updates` parses all of them at once: one that it stumbles over
        would keep the others back, and come again for ever.
        """
        asked = {
            "offset": offset,
            "timeout": self._poll_timeout,
            "allowed_updates": ALLOWED_UPDATES,
        }
        patience = self._poll_timeout + self._read_timeout
        updates: Any = self._bot._post("getUpdates", asked, timeout=patience)  # noqa: SLF001
        if not isinstance(updates, list) or not all(
            isinstance(update, dict) and isinstance(update.get("update_id"), int)
            for update in updates
        ):
            raise TelegramError("what came are no updates")
        return updates

    def _hand_out(self, updates: list[dict[str, Any]], offset: int) -> int:
        """Put updates into the queue; returns the offset that acknowledges them."""
        for raw in updates:
            if self._stopping.is_set():
                break
            try:
                self._updates.put(Update.de_json(raw, self._bot))
            except Exception as error:  # noqa: BLE001 - see `_fetch`
                kind = type(error).__name__
                self._log.error("an update could not be parsed and was passed over", error=kind)
            offset = raw["update_id"] + 1
        return offset


def is_forbidden(error: Unauthorized) -> bool:
    """Whether this was a 403, say of a proxy, which the library does not tell from a 401."""
    return str(error).startswith("Forbidden")
