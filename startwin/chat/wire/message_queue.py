"""The rate-limited way out: every message and edit to Telegram passes here.

Telegram takes about 30 messages a second from a bot, one a second in a chat, where it tolerates
short bursts, and 20 a minute in a group. Within a chat messages go in order, one at a time;
between chats nobody waits for anybody: a send that takes long occupies a thread of its own, and
one that has to be tried again waits without any.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, Self, TypeVar

from startwin.chat.wire.limits import Limit, Rate, Window
from startwin.chat.wire.outcome import Dropped, Left, NotYet

T = TypeVar("T")

SENDERS = 64
"""Sends under way at once: 30 a second that take two seconds each."""

CHATS_KEPT = 1000
"""With fewer chats than this it is not worth looking for those that have fallen silent."""

TIDY_EVERY = 1.0
"""Seconds between two such looks, of which one takes 13 ms with 10,000 chats."""

STUCK = 5.0
"""Seconds for which a message may be due, or the queue be looked at, before something is wrong."""

ALL_CHATS = Rate(30, 1.0)
ONE_CHAT = Rate(1, 1.0, burst=3)
ONE_GROUP = Rate(20, 60.0)


@dataclass(frozen=True)
class _Message:
    send: Callable[[], Any]
    outcome: Future[Any]


@dataclass
class _Chat:
    limits: tuple[Limit | Window, ...]
    waiting: deque[_Message] = field(default_factory=deque)
    sending: bool = False
    held_until: float = float("-inf")

    def free_at(self) -> float:
        return max(self.held_until, *(limit.free_at() for limit in self.limits))

    def is_quiet(self, now: float) -> bool:
        is_fresh = all(limit.is_fresh(now) for limit in self.limits)
        return is_fresh and not (self.waiting or self.sending) and self.held_until <= now


class MessageQueue:
    """Sends messages as fast as the limits allow, in order within a chat.

    Args:
        all_chats: the limit over all chats together, evenly spaced but for its burst.
        one_chat: the limit of each chat, likewise.
        one_group: the limit of each group besides, in any stretch of its time.
    """

    def __init__(
        self, all_chats: Rate = ALL_CHATS, one_chat: Rate = ONE_CHAT, one_group: Rate = ONE_GROUP
    ) -> None:
        self._overall = Limit(all_chats)
        self._one_chat = one_chat
        self._one_group = one_group
        self._chats: dict[int, _Chat] = {}
        self._due: list[tuple[float, int, int]] = []  # when, tie-breaker, chat id: a heap
        self._order = count()
        self._unsent = 0
        self._taken = 0
        self._late: tuple[float, int] | None = None  # since when, and how many were taken then
        self._tidied = float("-inf")
        self._last_told = (0, float("-inf"))  # the chat whose send Telegram refused, and until when
        self._held_until = float("-inf")
        self._stopping = False
        self._changed = threading.Condition()
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")
        self._thread = threading.Thread(target=self._run, name="message queue", daemon=True)

    def __enter__(self) -> Self:
        # All threads are started here: later, the system might have none left to give.
        all_there = threading.Barrier(SENDERS)
        for _ in range(SENDERS):
            self._senders.submit(all_there.wait)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(0)

    def __len__(self) -> int:
        return self._unsent

    def is_alive(self) -> bool:
        """Whether it still sends: its thread is there, and takes up what is due."""
        if not (self._thread.is_alive() and self._changed.acquire(timeout=STUCK)):
            return False
        try:
            now, due = time.monotonic(), self._next_due()
            if due is None or now - due < STUCK:
                self._late = None
            elif self._late is None or self._late[1] != self._taken:
                self._late = (now, self._taken)  # the whole process may have been held up
            return self._late is None or now - self._late[0] < STUCK
        finally:
            self._changed.release()

    def _next_due(self) -> float | None:
        if not self._due:
            return None
        return max(self._due[0][0], self._overall.free_at(), self._held_until)

    def put(self, chat_id: int, send: Callable[[], T]) -> "Future[T]":
        """Have a message sent when its turn comes.

        Args:
            chat_id: whose limits and order it keeps; those of groups are negative.
            send: does the sending, in another thread; called again if it raises `NotYet`.

        Returns:
            What `send` returns or raises, or `Dropped`, or `Left` if the queue stops first.
        """
        message = _Message(send, Future())
        with self._changed:
            is_taken = not self._stopping
            if is_taken:
                chat = self._chats.setdefault(chat_id, _Chat(self._limits(chat_id)))
                chat.waiting.append(message)
                self._unsent += 1
                if len(chat.waiting) == 1 and not chat.sending:
                    self._schedule(chat_id, chat)
        if not is_taken:
            message.outcome.set_exception(Left())
        return message.outcome

    def _limits(self, chat_id: int) -> tuple[Limit | Window, ...]:
        one_chat = Limit(self._one_chat)
        return (one_chat, Window(self._one_group)) if chat_id < 0 else (one_chat,)

    def drop(self, chat_id: int) -> None:
        """Give up what waits for a chat."""
        with self._changed:
            chat = self._chats.get(chat_id)
            dropped = self._emptied([chat] if chat else [])
            self._unsent -= len(dropped)
            self._changed.notify_all()
        for message in dropped:
            message.outcome.set_exception(Dropped())

    def stop(self, timeout: float) -> int:
        """Send what is waiting, for so many seconds; then leave the rest.

        Returns:
            How many messages were left, those under way among them.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._unsent == 0, timeout)
            count_left = self._unsent
            self._stopping = True
            left = self._emptied(list(self._chats.values()))
            self._changed.notify_all()
        for message in left:
            message.outcome.set_exception(Left())
        self._senders.shutdown(wait=False, cancel_futures=True)
        return count_left

    @staticmethod
    def _emptied(chats: list[_Chat]) -> list[_Message]:
        waiting = [message for chat in chats for message in chat.waiting]
        for chat in chats:
            chat.waiting.clear()
        return waiting

    def _schedule(self, chat_id: int, chat: _Chat) -> None:
        # Not before now: who was quiet for long is no more urgent than who waited for its time.
        when = max(chat.free_at(), time.monotonic())
        heappush(self._due, (when, next(self._order), chat_id))
        self._changed.notify_all()

    def _run(self) -> None:
        with self._changed:
            while not self._stopping:
                now = time.monotonic()
                due = self._next_due()
                if due is None:
                    self._changed.wait()
                elif due > now:
                    self._changed.wait(due - now)
                else:
                    self._send_next(heappop(self._due)[2], now)

    def _send_next(self, chat_id: int, now: float) -> None:
        chat = self._chats.get(chat_id)
        if chat is None or chat.sending or not chat.waiting:  # what was due has been dropped
            return
        message = chat.waiting.popleft()
        self._taken += 1
        chat.sending = True
        for limit in (*chat.limits, self._overall):
            limit.take(now)
        self._senders.submit(self._send, chat_id, chat, message)

    def _send(self, chat_id: int, chat: _Chat, message: _Message) -> None:
        not_yet = None
        try:
            message.outcome.set_result(message.send())
        except NotYet as error:
            not_yet = error
        except BaseException as error:  # noqa: BLE001 - the future carries it
            message.outcome.set_exception(error)
        with self._changed:
            chat.sending = False
            is_left = not_yet is not None and self._stopping
            if not_yet is None or is_left:
                self._unsent -= 1
            else:
                chat.waiting.appendleft(message)
                self._hold(chat_id, chat, not_yet)
            if chat.waiting:
                self._schedule(chat_id, chat)
            self._forget_quiet_chats()
            self._changed.notify_all()
        if is_left:
            message.outcome.set_exception(Left())

    def _hold(self, chat_id: int, chat: _Chat, not_yet: NotYet) -> None:
        """Let a chat wait; and all of them, if Telegram has told a second one to.

        It does not say whether a chat's limit or the bot's is meant, but the flood of one chat is
        no other's.
        """
        now = time.monotonic()
        chat.held_until = now + not_yet.seconds
        if not_yet.told:
            other, until = self._last_told
            if other != chat_id and until > now:
                self._held_until = max(self._held_until, chat.held_until)
            self._last_told = (chat_id, chat.held_until)

    def _forget_quiet_chats(self) -> None:
        """Keep memory in proportion to the traffic of now, not of all time."""
        now = time.monotonic()
        if len(self._chats) < CHATS_KEPT or now - self._tidied < TIDY_EVERY:
            return
        self._tidied = now
        for chat_id in [each for each, chat in self._chats.items() if chat.is_quiet(now)]:
            del self._chats[chat_id]
