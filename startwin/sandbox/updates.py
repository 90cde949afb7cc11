"""What the bot has yet to fetch with getUpdates, or to be told by its web hook."""

import time
from collections import OrderedDict
from collections.abc import Callable
from itertools import islice, takewhile
from typing import Literal

from startwin.sandbox.bell import Bell
from startwin.sandbox.errors import BadRequest, Conflict
from startwin.sandbox.objects import JsonObject

# Kinds that Telegram sends only when asked for by name
# (https://core.telegram.org/bots/api#getupdates).
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_OTHER_POLL = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_WEBHOOK_SET = "terminated by setWebhook request"
_WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
# A bot between two polls is still there; one that has not polled for so long is not.
_AWAY_AFTER_SECONDS = 20.0

BotStatus = Literal["waiting", "online", "offline"]


class UpdateQueue:
    """The updates in order, each delivered again until a higher offset acknowledges it.

    Thread-safe by the bell that it shares with the chats.
    """

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._pending: OrderedDict[int, JsonObject] = OrderedDict()
        # Telegram begins anywhere; a bot that relies on 0 or 1 shall find out here. No number comes
        # again after a restart: a bot remembers what it has seen.
        self._next_id = time.time_ns() // 10_000_000
        self._allowed: list[str] = []
        self._turn = 0
        self._polls_under_way = 0
        self._last_poll_ended: float | None = None
        # Whether the web hook took the last update that it was sent; None: there is no web hook.
        self._webhook_answers: bool | None = None

    @property
    def polled(self) -> bool:
        """Whether a bot has ever called getUpdates, or set a web hook instead."""
        return self._turn > 0

    @property
    def last_id(self) -> int:
        """The id of the newest update; before the first one, that of none."""
        return self._next_id - 1

    @property
    def allowed(self) -> list[str]:
        """The kinds of updates that the bot asked for last; empty for the default."""
        return list(self._allowed)

    @property
    def status(self) -> BotStatus:
        """Whether the bot has yet to poll for the first time, polls, or has stopped to.

        With a web hook, whether that is as good as it is known to be: it answered last time, or
        has not been asked anything yet.
        """
        if not self.polled:
            return "waiting"
        if self._webhook_answers is not None:
            return "online" if self._webhook_answers else "offline"
        if self._polls_under_way > 0:
            return "online"
        ended = self._last_poll_ended
        recent = ended is not None and time.monotonic() - ended < _AWAY_AFTER_SECONDS
        return "online" if recent else "offline"

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, kind: str, content: JsonObject) -> int | None:
        """Adds an update of this kind ("message", …); None if the bot does not want the kind.

        Returns:
            The update's id.
        """
        with self._bell:
            wanted = kind in self._allowed if self._allowed else kind not in _NOT_BY_DEFAULT
            if not wanted:
                return None
            update_id = self._next_id
            self._pending[update_id] = {"update_id": update_id, kind: content}
            self._next_id += 1
            self._bell.ring()
            return update_id

    def allow(self, allowed_updates: object) -> None:
        """Remembers the kinds wanted from now on; an empty list is the default again.

        Raises:
            BadRequest: not a list of strings.
        """
        if not isinstance(allowed_updates, list) or not all(
            isinstance(kind, str) for kind in allowed_updates
        ):
            raise BadRequest("can't parse allowed updates JSON object")
        with self._bell:
            self._allowed = allowed_updates

    def clear(self) -> None:
        """Forgets all updates (`drop_pending_updates`)."""
        with self._bell:
            self._pending.clear()

    def divert(self, to_webhook: bool) -> None:
        """Gives the updates to a web hook from now on, or to getUpdates again.

        Ends a getUpdates that is waiting.
        """
        with self._bell:
            if not to_webhook:
                # Whoever took the web hook away was there to do it.
                self._last_poll_ended = time.monotonic()
            self._turn += 1
            self._webhook_answers = True if to_webhook else None
            self._bell.ring()

    def answered(self, well: bool) -> None:
        """Notes whether the web hook took an update."""
        with self._bell:
            self._webhook_answers = well
            self._bell.ring()

    def after(self, update_id: int) -> list[JsonObject]:
        """The updates that are newer than this one, oldest first."""
        with self._bell:
            newest_first = reversed(self._pending.items())
            return [u for _, u in takewhile(lambda item: item[0] > update_id, newest_first)][::-1]

    def forget(self, update_id: int) -> None:
        """Removes an update that was taken, if it is still there."""
        with self._bell:
            self._pending.pop(update_id, None)
            self._bell.ring()

    def check_pollable(self) -> None:
        """Lets getUpdates through.

        Raises:
            Conflict: a web hook has the updates.
        """
        if self._webhook_answers is not None:
            raise Conflict(_WEBHOOK_ACTIVE)

    def fetch(
        self, offset: int, limit: int, timeout: float, hung_up: Callable[[], bool]
    ) -> list[JsonObject]:
        """Acknowledges, waits up to `timeout` seconds for an update and returns at most `limit`.

        Args:
            offset: acknowledges all below it; negative: all but the last so many; 0: none.
            limit: at least 1.
            timeout: in seconds; 0 returns at once.
            hung_up: whether the client has gone, which ends the wait.

        Raises:
            Conflict: another call or a web hook has taken over.
        """
        with self._bell:
            self.check_pollable()
            self._turn += 1
            turn = self._turn
            self._polls_under_way += 1
            self._acknowledge(offset)
            self._bell.ring()
            try:
                self._bell.wait_for(
                    lambda: bool(self._pending) or turn != self._turn, timeout, hung_up
                )
            finally:
                self._polls_under_way -= 1
                # Who hung up while waiting was killed: gone at once, not in 20 seconds.
                self._last_poll_ended = None if hung_up() else time.monotonic()
                self._bell.ring()
            if turn != self._turn:
                raise Conflict(_OTHER_POLL if self._webhook_answers is None else _WEBHOOK_SET)
            return list(islice(self._pending.values(), limit))

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popitem(last=False)
        while offset > 0 and self._pending and next(iter(self._pending)) < offset:
            self._pending.popitem(last=False)
