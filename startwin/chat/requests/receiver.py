"""Takes updates as Telegram sends them, by long poll or web hook."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from telegram import Bot, Update

from startwin import journal
from startwin.chat.requests.inbox import Inbox
from startwin.chat.requests.request import Request
from startwin.chat.requests.router import Router


class Receiver:
    """Stores what updates ask for, and has it done. Safe to use from many threads.

    Args:
        bot: whose updates they are.
        router: says what they ask for.
        inbox: keeps it.
        handle: has it done.
    """

    def __init__(
        self, bot: Bot, router: Router, inbox: Inbox, handle: Callable[[Request], None]
    ) -> None:
        self._log = journal.log("inbox")
        self._bot = bot
        self._router = router
        self._inbox = inbox
        self._handle = handle
        self._lock = threading.Lock()  # a web hook's updates come side by side

    def receive(self, updates: Iterable[dict[str, Any]]) -> None:
        """Take updates; when this returns, Telegram may forget them.

        Raises:
            sqlite3.Error: they cannot be stored.
        """
        with self._lock:
            requests = [self._request(update) for update in updates]
            for request in self._inbox.add(request for request in requests if request):
                self._handle(request)

    def _request(self, raw: dict[str, Any]) -> Request | None:
        """What an update asks for; None if nothing, or if the library stumbles over it."""
        try:
            update = Update.de_json(raw, self._bot)
            request = self._router.request(update) if update else None
            if request is not None:
                request.check()
        except Exception as error:  # noqa: BLE001 - the library's parsers raise all kinds
            kind = type(error).__name__
            self._log.error("an update could not be read and was passed over", error=kind)
            return None
        return request
