"""What goes wrong: signals to the bot and its workers, and faults of Telegram."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from startwin.sandbox import Sandbox
from tests.chaos.keeper import Keeper
from tests.conftest import DEADLINE

TIMEOUT = 3
"""Seconds that the bot gives Telegram for anything; the sandbox dawdles longer."""

SENDS = ("sendPhoto", "sendMessage")
OTHERS = {"getFile": 3, "file": 3, "getUpdates": 3, "getMe": 1, "sendChatAction": 1}
"""With how often they are hit."""

SEND_WAIT = 3.0
"""Seconds that a blow waits for the send that it is meant for."""

PAUSE = 0.25
"""Seconds between two blows, on average."""

AT_START = 0.01
"""How often it is asked whether a bot that is starting is hit, too, the answer is yes."""


class Havoc:
    """Deals blows, one after another, as the seed has it.

    Args:
        sandbox: whose faults are used.
        keeper: whose bot is hit.
        seed: decides which blow comes when.

    Attributes:
        dealt: how many of each kind.
        progress: how many of those that are to be, 0 to 1.
    """

    def __init__(self, sandbox: Sandbox, keeper: Keeper, seed: int) -> None:
        self.dealt: Counter[str] = Counter()
        self.progress = 0.0
        self._sandbox, self._keeper = sandbox, keeper
        self._chance = random.Random(f"havoc {seed}")
        self._coming: dict[str, str] = {}
        self._blows: dict[str, tuple[int, Callable[[], object]]] = {
            "worker: SIGKILL": (10, partial(self._hit_worker, signal.SIGKILL)),
            "all workers: SIGKILL": (3, self._kill_all_workers),
            "worker: SIGSTOP": (3, partial(self._hit_worker, signal.SIGSTOP)),
            "bot: SIGKILL at any time": (2, keeper.kill),
            "bot: SIGKILL before a send takes effect": (2, partial(self._kill_at_send, False)),
            "bot: SIGKILL after a send took effect": (2, partial(self._kill_at_send, True)),
            "bot: SIGTERM": (1, keeper.terminate),
            "bot: SIGTERM twice": (1, self._terminate_twice),
            "bot: SIGTERM when the next one is there": (1, keeper.hand_over),
        }
        for method in SENDS:
            self._fault(8, "429", method, status=429, retry_after=1)
            for after, when in ((False, "before"), (True, "after")):
                self._fault(4, f"500 {when} effect", method, status=500, after=after)
                self._fault(2, f"502, late, {when} effect", method, 502, after, TIMEOUT / 2)
                self._fault(4, f"too slow, {when} effect", method, None, after, TIMEOUT * 1.5)
                self._hang_up(4, f"hung up {when} effect", method, after)
        for method, weight in OTHERS.items():
            self._fault(weight, "500", method, status=500)
            self._fault(weight, "429", method, status=429, retry_after=1)
            self._fault(weight, "too slow", method, delay=TIMEOUT * 2.5)
            self._hang_up(weight, "hung up", method, after=False)

    def deal(self, blows: int) -> None:
        """Deal so many blows; then the faults that nothing has met are forgotten."""
        bell = self._sandbox.telegram.bell
        names = list(self._blows)
        weights = [self._blows[name][0] for name in names]
        idle_since = time.monotonic()
        while self.progress < 1 and time.monotonic() - idle_since < DEADLINE:
            bell.wait_for(lambda: False, self._chance.expovariate(1 / PAUSE))
            self._keeper.tend()
            if not self._keeper.is_up and self._chance.random() > AT_START:
                continue  # hit at all times, it would seldom get up
            for name in self._chance.choices(names, weights, k=len(names)):
                if self._blows[name][1]() is not False:
                    self.dealt[name] += 1
                    self.progress = self.dealt.total() / blows
                    idle_since = time.monotonic()
                    break
        self.progress = 1.0
        for method, name in self._coming.items():
            self.dealt[name] -= self._sandbox.faults.left(method)
        self._sandbox.faults.clear()

    def _hit_worker(self, number: signal.Signals) -> bool:
        if number == signal.SIGSTOP and not self._keeper.is_up:
            return False  # a bot waits two minutes for a worker that loads its models
        workers = self._keeper.workers()
        return bool(workers) and _signal(self._chance.choice(workers), number)

    def _kill_all_workers(self) -> bool:
        hit = [_signal(worker, signal.SIGKILL) for worker in self._keeper.workers()]
        return any(hit)

    def _terminate_twice(self) -> None:
        self._keeper.terminate(patience=self._chance.random())

    def _kill_at_send(self, after: bool) -> bool:
        """SIGKILL while a send is under way, before or after it has taken effect."""
        faults, method = self._sandbox.faults, "sendPhoto"
        if faults.left(method):
            return False
        self._coming.pop(method, None)
        faults.add(method, delay=TIMEOUT / 2, after=after)
        came = self._sandbox.telegram.bell.wait_for(lambda: not faults.left(method), SEND_WAIT)
        if came:
            self._keeper.kill()
        return came

    def _fault(
        self,
        weight: int,
        name: str,
        method: str,
        status: int | None = None,
        after: bool = False,
        delay: float = 0,
        retry_after: int | None = None,
    ) -> None:
        add = partial(
            self._sandbox.faults.add,
            method,
            status=status,
            retry_after=retry_after,
            delay=delay,
            after=after,
        )
        self._add(weight, f"{method}: {name}", method, add)

    def _hang_up(self, weight: int, name: str, method: str, after: bool) -> None:
        add = partial(self._sandbox.faults.hang_up, method, after=after)
        self._add(weight, f"{method}: {name}", method, add)

    def _add(self, weight: int, name: str, method: str, add: Callable[[], None]) -> None:
        def blow() -> bool:
            """One at a time, so that none waits for a bot that is long another."""
            if self._sandbox.faults.left(method):
                return False
            add()
            self._coming[method] = name
            return True

        self._blows[name] = (weight, blow)


def _signal(process: int, number: signal.Signals) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, number)
        return True
    return False
