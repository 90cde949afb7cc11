"""What goes wrong: signals to the bot and its workers, and faults of Telegram."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from startwin.sandbox import Sandbox
from tests.chaos.keeper import Keeper

TIMEOUT = 3
"""Seconds that the bot gives Telegram for anything; the sandbox dawdles longer."""

SENDS = ("sendPhoto", "sendMessage")
OTHERS = ("getFile", "file", "getUpdates", "getMe", "sendChatAction")

SEND_WAIT = 3.0
"""Seconds that a blow waits for the send that it is meant for."""

PAUSE = 0.35
"""Seconds between two blows, on average."""

SIGNALS = ("bot: ", "worker: ", "all workers: ")
"""How the names of blows begin that a bot which is starting is mostly spared."""

AT_START = 0.1
"""How often it is not: were it hit as often as others, it would seldom get up."""


class Havoc:
    """Deals blows, one after another, as the seed has it.

    Args:
        sandbox: whose faults are used.
        keeper: whose bot is hit.
        seed: decides which blow comes when.

    Attributes:
        dealt: how many of each kind.
    """

    def __init__(self, sandbox: Sandbox, keeper: Keeper, seed: int) -> None:
        self.dealt: Counter[str] = Counter()
        self._sandbox, self._keeper = sandbox, keeper
        self._chance = random.Random(f"havoc {seed}")
        self._coming: dict[str, str] = {}
        self._blows: dict[str, tuple[int, Callable[[], object]]] = {
            "worker: SIGKILL": (8, partial(self._hit_worker, signal.SIGKILL)),
            "all workers: SIGKILL": (2, self._kill_all_workers),
            "worker: SIGSTOP": (2, partial(self._hit_worker, signal.SIGSTOP)),
            "bot: SIGKILL at any time": (2, keeper.kill),
            "bot: SIGKILL before a send takes effect": (1, partial(self._kill_at_send, False)),
            "bot: SIGKILL after a send took effect": (2, partial(self._kill_at_send, True)),
            "bot: SIGTERM": (1, keeper.terminate),
            "bot: SIGTERM twice": (1, self._terminate_twice),
            "bot: SIGTERM when the next one is there": (1, keeper.hand_over),
        }
        for method in SENDS:
            self._fault(4, "429", method, status=429, retry_after=1)
            for after, when in ((False, "before"), (True, "after")):
                self._fault(2, f"500 {when} effect", method, status=500, after=after)
                self._fault(1, f"502, late, {when} effect", method, 502, after, TIMEOUT / 2)
                self._fault(2, f"too slow, {when} effect", method, None, after, TIMEOUT * 1.5)
                self._hang_up(2, f"hung up {when} effect", method, after)
        for method in OTHERS:
            self._fault(2, "500", method, status=500)
            self._fault(1, "429", method, status=429, retry_after=1)
            self._fault(1, "too slow", method, delay=TIMEOUT * 2.5)
            self._hang_up(2, "hung up", method, after=False)

    def deal(self, goes_on: Callable[[], bool]) -> None:
        """Deal blows as long as it goes on; then the faults not met yet are forgotten."""
        bell = self._sandbox.telegram.bell
        while goes_on():
            bell.wait_for(lambda: False, self._chance.expovariate(1 / PAUSE))
            self._keeper.tend()
            for name in self._drawn():
                if self._blows[name][1]() is not False:
                    self.dealt[name] += 1
                    break
        for method, name in self._coming.items():
            self.dealt[name] -= self._sandbox.faults.left(method)
        self._sandbox.faults.clear()

    def _drawn(self) -> list[str]:
        """Blows in the order in which they are tried, until one is possible."""
        blows = [
            (name, weight)
            for name, (weight, _) in self._blows.items()
            if self._keeper.is_up or not name.startswith(SIGNALS)
        ]
        if self._chance.random() < AT_START:
            blows = [(name, weight) for name, (weight, _) in self._blows.items()]
        names, weights = zip(*blows, strict=True)
        return self._chance.choices(names, weights, k=len(names))

    def _hit_worker(self, number: signal.Signals) -> bool:
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
