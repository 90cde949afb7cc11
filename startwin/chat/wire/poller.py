"""Updates by long poll."""

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError, Unauthorized

from startwin.chat.wire.retries import Retries
from startwin.chat.wire.verdict import is_forbidden
from startwin.errors import TelegramRefusal

ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
"""Said at each poll: Telegram remembers what another program once asked for."""

CONFLICT_PATIENCE = 60.0
"""Seconds that another poller is borne with: in a rolling restart the old bot is still there."""

FULL_PAUSE = 0.1
"""Seconds between two looks whether there is room again."""


class Poller:
    """Hands out updates until told to stop, or until Telegram refuses for good.

    Args:
        bot: asks Telegram.
        receive: is given what an answer of Telegram's holds, in order, and again what it could
            not take. When it returns, Telegram may forget them.
        has_room: whether it would take more.
        poll_timeout: seconds that Telegram holds an empty answer back.
        read_timeout: seconds on top of that for the answer to arrive.
        ended: is called when polling has ended; by itself, if `failure` is not None.

    Attributes:
        failure: why it has ended by itself.
        reached: when Telegram last answered, in seconds of the monotonic clock.
        silence: seconds that may lie between two answers.
    """

    def __init__(
        self,
        bot: Bot,
        receive: Callable[[list[dict[str, Any]]], None],
        has_room: Callable[[], bool],
        poll_timeout: int,
        read_timeout: float,
        ended: Callable[[], None],
    ) -> None:
        self.failure: Exception | None = None
        self.reached = float("-inf")
        self._bot = bot
        self._receive = receive
        self._has_room = has_room
        self.silence = float(poll_timeout)
        self._poll_timeout = poll_timeout
        self._read_timeout = read_timeout
        self._ended = ended
        self._storing = Retries("updates cannot be stored")
        self._stopping = threading.Event()
        self._handing_out = threading.Lock()
        # A daemon: at the end nobody waits for the long poll that is under way. What Telegram
        # answers to it is not acknowledged, so it comes again after the next start.
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)

    def start(self) -> None:
        """Start polling in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Hand out no more updates; waits for those that are being handed out."""
        self._stopping.set()
        with self._handing_out:
            return

    def is_alive(self) -> bool:
        """Whether it polls."""
        return self._thread.is_alive()

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
            if not self._has_room():
                self._stopping.wait(FULL_PAUSE)
                continue
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
                self.reached = time.monotonic()
                retries.succeeded()
                conflict_since = None
                offset = self._handed_out(updates, offset)

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

    def _handed_out(self, updates: list[dict[str, Any]], offset: int) -> int:
        """Have updates received; returns the offset that acknowledges them."""
        if not updates:
            return offset
        try:
            with self._handing_out:
                if self._stopping.is_set():
                    return offset
                self._receive(updates)
        except sqlite3.Error as error:
            self._stopping.wait(self._storing.failed(error))
            return offset
        self._storing.succeeded()
        return int(updates[-1]["update_id"]) + 1
