"""The order in which updates are pushed to a web hook."""

import heapq
from collections import deque
from dataclasses import dataclass, field

from startwin.sandbox.objects import JsonObject

# After a failure Telegram's own server pushes again at once, then after 2 s, and doubles that up
# to one or two minutes. Here the pauses are short, because tests and people wait for them.
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0


@dataclass
class Lane:
    """Updates that wait for each other."""

    updates: deque[JsonObject] = field(default_factory=deque)
    failures: int = 0


class Lanes:
    """Updates of one chat go one after another, those of different chats side by side.

    Telegram documents no order at all. Its own server (telegram-bot-api, WebhookActor.cpp and
    `webhook_queue_id` in Client.cpp) has a queue for each chat's messages and edits and another
    for each person's presses, so that a press may overtake a message; so it is here. Other kinds
    have a queue for their kind in each chat.

    Not thread-safe.
    """

    def __init__(self) -> None:
        self._lanes: dict[tuple[str, int], Lane] = {}
        # The lanes whose first update is not under way: when it may go, its id, which lane.
        self._waiting: list[tuple[float, int, tuple[str, int]]] = []

    def add(self, update: JsonObject) -> None:
        """Puts an update behind the others of its lane."""
        key = _lane_of(update)
        lane = self._lanes.setdefault(key, Lane())
        lane.updates.append(update)
        if len(lane.updates) == 1:
            self._wait(key, 0.0)

    def take(self, now: float) -> JsonObject | None:
        """The next update that may go at this time (of `time.monotonic()`), if there is one.

        Its lane stands still until it is `done` or to go `again`.
        """
        if not self._waiting or self._waiting[0][0] > now:
            return None
        _, _, key = heapq.heappop(self._waiting)
        return self._lanes[key].updates[0]

    @property
    def next_at(self) -> float | None:
        """When the next update may go; None where none waits."""
        return self._waiting[0][0] if self._waiting else None

    def done(self, update: JsonObject) -> None:
        """The update was taken: its lane moves on."""
        key = _lane_of(update)
        lane = self._lanes[key]
        lane.updates.popleft()
        lane.failures = 0
        if lane.updates:
            self._wait(key, 0.0)
        else:
            del self._lanes[key]

    def again(self, update: JsonObject, now: float, retry_after: int) -> None:
        """The update was not taken: it goes again after `retry_after` seconds, if they are named.

        Else it goes at once, and after growing pauses when that fails too.
        """
        key = _lane_of(update)
        lane = self._lanes[key]
        lane.failures += 1
        self._wait(key, now + (retry_after or _pause(lane.failures)))

    def _wait(self, key: tuple[str, int], at: float) -> None:
        heapq.heappush(self._waiting, (at, self._lanes[key].updates[0]["update_id"], key))


def _lane_of(update: JsonObject) -> tuple[str, int]:
    kind = next(name for name in update if name != "update_id")
    content = update[kind]
    if kind == "callback_query":
        return kind, content["from"]["id"]
    return kind.removeprefix("edited_"), content["chat"]["id"]


def _pause(failures: int) -> float:
    if failures <= 1:
        return 0.0
    return float(min(_FIRST_PAUSE * 2 ** min(failures - 2, 16), _LONGEST_PAUSE))
