"""Who pushes the updates to the web hook, while one is set."""

import threading
import time

from startwin.sandbox.bell import Bell
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.round import Round
from startwin.sandbox.updates import UpdateQueue
from startwin.sandbox.webhook import Webhook
from startwin.sandbox.webhook_connection import Outcome


class Courier:
    """Keeps the web hook, and pushes while the sandbox runs. Thread-safe.

    Attributes:
        time_limit: seconds that the bot's side may be silent before a push has failed; for web
            hooks set from now on. (Telegram's own server waits about a minute.)
    """

    def __init__(self, bell: Bell, updates: UpdateQueue) -> None:
        self.time_limit = 10.0
        self._bell = bell
        self._updates = updates
        self._changing = threading.Lock()  # held while rounds end, which the bell must not be
        self._running = False
        self._hook: Webhook | None = None
        self._round: Round | None = None
        self._last_error: tuple[int, str] | None = None

    def start(self) -> None:
        """Begins to push, if a web hook is set: the server is starting."""
        with self._changing:
            self._running = True
            self._begin()

    def stop(self) -> None:
        """Ends all pushes and their threads; the web hook stays set. May be called twice."""
        with self._changing:
            self._running = False
            self._end()

    def set(self, hook: Webhook | None, *, drop_pending: bool) -> None:
        """Pushes to another web hook from now on, or to none (None).

        What is under way to the former one is cut and stays pending, as if unanswered. The same
        web hook again changes nothing.
        """
        with self._changing:
            if hook == self._hook and not drop_pending:
                return
            self._end()
            with self._bell:
                if drop_pending:
                    self._updates.clear()
                if hook != self._hook:
                    self._hook = hook
                    self._last_error = None
                    self._updates.divert(hook is not None)
            self._begin()

    def info(self) -> JsonObject:
        """The fields of `WebhookInfo` that are the web hook's own."""
        with self._bell:
            hook = self._hook
            if hook is None:
                return {"url": "", "has_custom_certificate": False}
            info: JsonObject = {
                "url": hook.url,
                "has_custom_certificate": bool(hook.certificate),
                "max_connections": hook.max_connections,
            }
            if hook.ip_address:
                info["ip_address"] = hook.ip_address
            if self._last_error is not None:
                info["last_error_date"], info["last_error_message"] = self._last_error
            return info

    def _begin(self) -> None:
        if self._running and self._hook is not None and self._round is None:
            self._round = Round(self._hook, self._bell, self._updates, self.time_limit, self._note)

    def _end(self) -> None:
        if self._round is not None:
            self._round.end()
            self._round = None

    def _note(self, outcome: Outcome) -> None:
        if outcome.error:
            self._last_error = (int(time.time()), outcome.error)
        self._updates.answered(not outcome.error)
