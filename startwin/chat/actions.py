"""The chat action that Telegram shows while an answer is on its way."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from telegram import Bot, ChatAction
from telegram.error import TelegramError

from startwin import journal

LASTS = 4.0
"""Seconds after which it is shown again; Telegram takes it away after five."""

LOOK_UP = 0.5
"""Seconds between two looks at whose turn it is to be shown again."""

THREADS = 4
"""For the calls, which nobody waits for."""


class Actions:
    """Shows that a photo is on its way, for as long as it is."""

    def __init__(self, bot: Bot) -> None:
        self._log = journal.log("chat")
        self._bot = bot
        self._busy: Counter[int] = Counter()
        self._due: dict[int, float] = {}
        self._queued: set[int] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._callers = ThreadPoolExecutor(THREADS, thread_name_prefix="chat action")
        threading.Thread(target=self._renew, name="chat actions", daemon=True).start()

    def begin(self, chat: int) -> None:
        """An answer is on its way to this chat."""
        with self._lock:
            self._busy[chat] += 1
            is_shown = self._busy[chat] > 1
            self._due.setdefault(chat, time.monotonic() + LASTS)
            self._queue([] if is_shown else [chat])

    def end(self, chat: int) -> None:
        """It has been handed over, or there will be none."""
        with self._lock:
            self._busy[chat] -= 1
            if self._busy[chat] <= 0:
                del self._busy[chat], self._due[chat]

    def stop(self) -> None:
        """Show nothing any more."""
        self._over.set()
        self._callers.shutdown(wait=False, cancel_futures=True)

    def _renew(self) -> None:
        while not self._over.wait(LOOK_UP):
            now = time.monotonic()
            with self._lock:
                due = [chat for chat, at in self._due.items() if at <= now]
                self._due.update(dict.fromkeys(due, now + LASTS))
                if not self._over.is_set():
                    self._queue(due)

    def _queue(self, chats: list[int]) -> None:
        """Have the action shown, once for each chat however slow Telegram is."""
        for chat in chats:
            if chat not in self._queued:
                self._queued.add(chat)
                self._callers.submit(self._show, chat)

    def _show(self, chat: int) -> None:
        with self._lock:
            self._queued.discard(chat)
            if chat not in self._busy:  # the answer was quicker
                return
        try:
            self._bot.send_chat_action(chat, ChatAction.UPLOAD_PHOTO)
        except TelegramError as error:  # a courtesy, not worth a second try
            self._log.debug("chat action not shown", error=str(error))
