"""A courier's round: all the pushes to one web hook, from its beginning to its end."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from startwin.sandbox.bell import Bell
from startwin.sandbox.lanes import Lanes
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.updates import UpdateQueue
from startwin.sandbox.webhook import Webhook
from startwin.sandbox.webhook_connection import Outcome, WebhookConnection

# Nobody waits so long; the bell only wants an end.
_AN_HOUR = 3600.0


class Round:
    """One thread gives out the updates, up to `max_connections` others push them.

    An update is forgotten once it was taken. Everything it keeps is guarded by the bell.
    """

    def __init__(
        self,
        hook: Webhook,
        bell: Bell,
        updates: UpdateQueue,
        time_limit: float,
        note: Callable[[Outcome], None],
    ) -> None:
        """Begins to push.

        Args:
            hook: where to.
            bell: of the sandbox.
            updates: what to push.
            time_limit: seconds that the bot's side may be silent.
            note: told of every outcome, under the bell.
        """
        self._hook = hook
        self._bell = bell
        self._updates = updates
        self._time_limit = time_limit
        self._note = note
        self._context = hook.ssl_context
        self._lanes = Lanes()
        self._seen = 0  # the last update that is in the lanes
        self._under_way = 0
        self._stirred = False  # whether a push has ended since somebody looked
        self._is_over = False
        self._idle: list[WebhookConnection] = []
        self._connections: list[WebhookConnection] = []
        self._pushers = ThreadPoolExecutor(hook.max_connections, "sandbox-push")
        self._thread = threading.Thread(target=self._run, name="sandbox-courier", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Cuts what is under way and returns when all threads have ended."""
        with self._bell:
            self._is_over = True
            self._bell.ring()
            connections = list(self._connections)
        for connection in connections:
            connection.cut()
        self._thread.join()
        self._pushers.shutdown()
        for connection in connections:
            connection.close()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._pushers.submit(self._push, *job).add_done_callback(_raise)

    def _next(self) -> tuple[JsonObject, WebhookConnection] | None:
        """Waits for an update that may go, and a connection for it; None: the round is over."""
        with self._bell:
            while not self._is_over:
                for update in self._updates.after(self._seen):
                    self._lanes.add(update)
                self._seen = self._updates.last_id
                self._stirred = False
                wait = _AN_HOUR
                if self._under_way < self._hook.max_connections:
                    now = time.monotonic()
                    job = self._lanes.take(now)
                    if job is not None:
                        self._under_way += 1
                        return job, self._connection()
                    if self._lanes.next_at is not None:
                        wait = self._lanes.next_at - now
                self._bell.wait_for(self._has_news, wait)
            return None

    def _has_news(self) -> bool:
        return self._is_over or self._stirred or self._updates.last_id > self._seen

    def _connection(self) -> WebhookConnection:
        if not self._idle:
            connection = WebhookConnection(self._hook, self._context, self._time_limit)
            self._connections.append(connection)
            return connection
        return self._idle.pop()

    def _push(self, update: JsonObject, connection: WebhookConnection) -> None:
        outcome = connection.push(json.dumps(update).encode())
        with self._bell:
            self._idle.append(connection)
            self._under_way -= 1
            if not outcome.error:
                self._updates.forget(update["update_id"])
            if self._is_over:  # what was cut comes again to whoever asks next
                return
            if outcome.error:
                self._lanes.again(update, time.monotonic(), outcome.retry_after)
            else:
                self._lanes.done(update)
            self._note(outcome)
            self._stirred = True
            self._bell.ring()


def _raise(push: Future[None]) -> None:
    """Lets nothing be swallowed: what a push raises is a fault of ours."""
    push.result()
