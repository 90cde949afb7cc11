"""The rate-limited way out: every message and edit to Telegram passes here.

Telegram takes about 30 messages a second from a bot, and one a second in a chat, where it
tolerates short bursts. Within a chat messages go in order, one at a time; between chats nobody
waits for anybody: a send that takes long occupies a thread of its own.

Limits are kept by the generic cell rate algorithm (ITU-T I.371): each limit remembers the
theoretical arrival time of its next message, and one is early when it comes more than
``burst − 1`` intervals before that.
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

T = TypeVar("T")

SENDERS = 64
"""Sends under way at once: 30 a second that take two seconds each."""

CHATS_KEPT = 1000
"""With fewer chats than this it is not worth looking for those that have fallen silent."""


@dataclass(frozen=True)
class Rate:
    """So many messages in so many seconds, evenly spaced but for a burst.

    Attributes:
        messages: 1 or more.
        seconds: above 0.
        burst: how many may go at once after a pause; 1 or more.
    """

    messages: int
    seconds: float
    burst: int = 1


ALL_CHATS = Rate(30, 1.0)
ONE_CHAT = Rate(1, 1.0, burst=3)


class Limit:
    """Says when the next message may go. Times are seconds of any clock that runs forward."""

    def __init__(self, rate: Rate) -> None:
        self._interval = rate.seconds / rate.messages
        self._tolerance = self._interval * (rate.burst - 1)
        self._expected = float("-inf")

    def free_at(self) -> float:
        """The earliest time at which a message may go."""
        return self._expected - self._tolerance

    def take(self, now: float) -> None:
        """A message goes now."""
        self._expected = max(self._expected, now) + self._interval

    def is_fresh(self, now: float) -> bool:
        """Whether it remembers nothing that matters any more."""
        return self._expected <= now


@dataclass
class _Chat:
    limit: Limit
    waiting: deque["_Message"] = field(default_factory=deque)
    sending: bool = False


@dataclass(frozen=True)
class _Message:
    send: Callable[[], Any]
    outcome: Future[Any]


class MessageQueue:
    """Sends messages as fast as the limits allow, in order within a chat.

    Args:
        all_chats: the limit over all chats together.
        one_chat: the limit of each chat.
    """

    def __init__(self, all_chats: Rate = ALL_CHATS, one_chat: Rate = ONE_CHAT) -> None:
        self._overall = Limit(all_chats)
        self._one_chat = one_chat
        self._chats: dict[int, _Chat] = {}
        self._due: list[tuple[float, int, int]] = []  # when, tie-breaker, chat id: a heap
        self._order = count()
        self._unsent = 0
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

    def is_alive(self) -> bool:
        """Whether it still sends."""
        return self._thread.is_alive()

    def put(self, chat_id: int, send: Callable[[], T]) -> "Future[T]":
        """Have a message sent when its turn comes.

        Args:
            chat_id: whose limit and order it keeps.
            send: does the sending, in another thread; called once.

        Returns:
            What `send` returns or raises; cancelled if the queue stops first.
        """
        message = _Message(send, Future())
        with self._changed:
            if self._stopping:
                message.outcome.cancel()
                return message.outcome
            chat = self._chats.setdefault(chat_id, _Chat(Limit(self._one_chat)))
            chat.waiting.append(message)
            self._unsent += 1
            if len(chat.waiting) == 1 and not chat.sending:
                self._schedule(chat_id, chat)
        return message.outcome

    def drop(self, chat_id: int) -> None:
        """Cancel what waits for a chat."""
        with self._changed:
            chat = self._chats.get(chat_id)
            while chat and chat.waiting:
                chat.waiting.popleft().outcome.cancel()
                self._unsent -= 1
            self._changed.notify_all()

    def stop(self, timeout: float) -> int:
        """Send what is waiting, for so many seconds; then cancel the rest.

        Returns:
            How many messages were left, those under way among them.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._unsent == 0, timeout)
            left = self._unsent
            self._stopping = True
            for chat in self._chats.values():
                while chat.waiting:
                    chat.waiting.popleft().outcome.cancel()
            self._changed.notify_all()
        self._senders.shutdown(wait=False, cancel_futures=True)
        return left

    def _schedule(self, chat_id: int, chat: _Chat) -> None:
        heappush(self._due, (chat.limit.free_at(), next(self._order), chat_id))
        self._changed.notify_all()

    def _run(self) -> None:
        with self._changed:
            while not self._stopping:
                now = time.monotonic()
                if not self._due:
                    self._changed.wait()
                elif (due := max(self._due[0][0], self._overall.free_at())) > now:
                    self._changed.wait(due - now)
                else:
                    self._send_next(heappop(self._due)[2], now)

    def _send_next(self, chat_id: int, now: float) -> None:
        chat = self._chats.get(chat_id)
        if chat is None or chat.sending or not chat.waiting:  # what was due has been dropped
            return
        message = chat.waiting.popleft()
        chat.sending = True
        chat.limit.take(now)
        self._overall.take(now)
        self._senders.submit(self._send, chat_id, chat, message)

    def _send(self, chat_id: int, chat: _Chat, message: _Message) -> None:
        try:
            if message.outcome.set_running_or_notify_cancel():
                message.outcome.set_result(message.send())
        except BaseException as error:  # noqa: BLE001 - the future carries it
            message.outcome.set_exception(error)
        with self._changed:
            chat.sending = False
            self._unsent -= 1
            if chat.waiting:
                self._schedule(chat_id, chat)
            self._forget_quiet_chats()
            self._changed.notify_all()

    def _forget_quiet_chats(self) -> None:
        """Keep memory in proportion to the traffic of now, not of all time."""
        if len(self._chats) < CHATS_KEPT:
            return
        now = time.monotonic()
        quiet = [
            chat_id
            for chat_id, chat in self._chats.items()
            if not (chat.waiting or chat.sending) and chat.limit.is_fresh(now)
        ]
        for chat_id in quiet:
            del self._chats[chat_id]
