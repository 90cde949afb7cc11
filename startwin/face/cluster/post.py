"""The link's end of a station: puts one on a node, and another one when it is lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from startwin.face.cluster.messages import Fault, Message
from startwin.face.cluster.passage import LARGEST
from startwin.face.cluster.station import State, Station
from startwin.face.cluster.terms import Terms, difference

PLACED_WITHIN = 60.0
"""Seconds for Ray to start a station's process on a node: 2 on an idle machine."""

LOADED_WITHIN = 180.0
"""Seconds for a station's workers to load their models."""

ASK_EVERY, ANSWERED_WITHIN = 1.0, 10.0
"""Seconds between two questions how a station is, and for its answer: then it is lost. A line
carries any photo in that time, and Ray itself takes 30 to see that a node is gone."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between one attempt to keep a station and the next: the first, and at most."""

MEND = "start it with `python -m startwin.face.cluster.node`"

AT_ONCE = 10_000
"""Calls that a station takes at once; `ClusterPool` sends far less."""


class Post:
    """A node and the station on it.

    Args:
        node: Ray's id of the node.
        name: its address, for people.
        cores: how many workers it is to have.
        terms: what they are held to.
        say: tells the pool.
    """

    def __init__(
        self, node: str, name: str, cores: int, terms: Terms, say: Callable[[Message], None]
    ) -> None:
        self._node, self._name, self._cores = node, name, cores
        self._terms = terms
        self._say = say
        self._has_left = False
        self._complained: str | None = None
        self._station: Any = None
        self._at_work: set[asyncio.Future[bytes]] = set()
        self.workers = 0
        self.is_pending = True

    @property
    def load(self) -> float:
        """Calls under way for each worker."""
        return len(self._at_work) / self.workers

    async def keep(self) -> None:
        """See to it that there is a station for as long as the node is there."""
        pause = FIRST_PAUSE
        while not self._has_left:
            try:
                await self._place()
                pause = FIRST_PAUSE
                await self._watch()
            except _Refusal as refusal:
                self._complain(str(refusal), is_refusal=True)
                self.is_pending = False
                pause = LONGEST_PAUSE  # somebody has to do something about it
            except Exception as error:  # noqa: BLE001 - Ray's, or a timeout: the station is lost
                self._complain(*_told(error))
                self.is_pending = True
            self._lose()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def do(self, call: bytes) -> bytes | None:
        """Have the station make a call; None if it was lost before it answered."""
        if (station := self._station) is None:
            return None
        coming: asyncio.Future[bytes] = _coming(station.do.remote(call))
        del call
        self._at_work.add(coming)
        try:
            return await coming
        except (Exception, asyncio.CancelledError):  # noqa: BLE001 - Ray's, or `_lose` has been here
            return None
        finally:
            self._at_work.discard(coming)

    def leave(self) -> None:
        """The node is gone."""
        self._has_left = True
        self._lose()

    async def _place(self) -> None:
        where = NodeAffinitySchedulingStrategy(self._node, soft=False)
        # It takes no cores from Ray's account: the bot holds its stations for good, and a build
        # on the same nodes would wait for ever.
        kind = ray.remote(Station).options(
            num_cpus=0, max_restarts=0, max_concurrency=AT_ONCE, scheduling_strategy=where
        )
        self._station = kind.remote()
        probe = bytes(LARGEST)
        introduced = _coming(self._station.introduce.remote(probe))
        identity, returned = await asyncio.wait_for(introduced, PLACED_WITHIN)
        if (fault := difference(self._terms.identity, identity)) is not None:
            raise _Refusal(f"{fault}; bring both to the same commit and packages")
        if returned != probe or (await self._state()).has_touched_store:
            raise _Refusal(
                f"would pass photos through Ray's object store, which may be on disk; {MEND}"
            )
        loading = _coming(self._station.load.remote(self._terms, self._cores))
        if (fault := await asyncio.wait_for(loading, LOADED_WITHIN)) is not None:
            raise _Refusal(f"cannot start its workers: {fault}")

    async def _watch(self) -> None:
        while not self._has_left:
            state = await self._state()
            if state.has_touched_store:
                raise _Refusal("has passed something through Ray's object store")
            self.workers = state.workers
            self.is_pending = not self.workers
            if self.workers:
                self._complained = None
            await asyncio.sleep(ASK_EVERY)

    async def _state(self) -> State:
        return State(
            *await asyncio.wait_for(_coming(self._station.state.remote()), ANSWERED_WITHIN)
        )

    def _lose(self) -> None:
        self.workers = 0
        for coming in list(self._at_work):
            coming.cancel()
        if self._station is not None:
            with suppress(Exception):  # it may be beyond reach; then it ends by itself
                ray.kill(self._station)
            self._station = None

    def _complain(self, fault: str, is_refusal: bool) -> None:
        if not self._has_left and fault != self._complained:
            self._complained = fault
            self._say(Fault(f"the node {self._name} {fault}", is_refusal))


class _Refusal(Exception):
    """The node must not be used; the rest of a sentence that begins with its name."""


def _told(error: Exception) -> tuple[str, bool]:
    if "No module named 'startwin'" in str(error):
        return f"does not have StarTwin's code; {MEND}", True
    return f"was lost: {type(error).__name__}", False


def _coming(reference: Any) -> asyncio.Future[Any]:
    return asyncio.wrap_future(reference.future())
