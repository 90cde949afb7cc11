"""A station: what Ray runs on a node."""

import asyncio
import os
import pickle
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import startwin
from startwin.face.cluster.passage import has_touched_store
from startwin.face.cluster.terms import Terms, identity
from startwin.face.engine import FaceEngine
from startwin.face.pool import FacePool
from startwin.face.serving import packed, packed_error


class State(NamedTuple):
    """How a station is.

    Attributes:
        workers: how many could read a photo at this moment.
        has_touched_store: whether anything went through Ray's object store.
    """

    workers: int
    has_touched_store: bool


class Station:
    """A `FacePool` on a node. A Ray actor: its methods are called from afar, many at a time."""

    def __init__(self) -> None:
        self._pool: FacePool | None = None

    async def introduce(self, probe: bytes) -> tuple[Mapping[str, str], bytes]:
        """Who it is, see `terms.identity`; and the probe goes back the way that it came."""
        return identity(), probe

    async def load(self, terms: Terms, workers: int) -> str | None:
        """Start its workers.

        Returns:
            A sentence about what kept it from that; None if nothing did.
        """
        # Spawned processes would import the main program, which is Ray's, and 80 MB with it.
        vars(sys.modules["__main__"]).pop("__file__", None)
        load = partial(FaceEngine, terms.max_pixels, terms.embedder, _data_dir())
        pool = FacePool(workers, terms.time_limit, load, terms.tries, terms.memory_limit)
        try:
            await asyncio.to_thread(pool.start)
        except Exception as error:  # noqa: BLE001 - told over there
            return str(error) or type(error).__name__
        self._pool = pool
        return None

    async def state(self) -> State:
        """How it is."""
        return State(self._pool.ready if self._pool else 0, has_touched_store())

    async def do(self, call: bytes) -> bytes:
        """Make a call with an engine.

        Args:
            call: task, arguments and keyword arguments; pickled by `ClusterPool`.

        Returns:
            What is pickled of a `startwin.face.process.Reply`.
        """
        assert self._pool is not None  # noqa: S101 - it is loaded first
        try:
            task, args, kwargs = pickle.loads(call)  # noqa: S301 - who may use Ray may run anything
            del call  # a photo is large; once is enough
            return packed(await asyncio.wrap_future(self._pool.submit(task, *args, **kwargs)))
        except Exception as error:  # noqa: BLE001 - the caller is told
            return packed_error(error)


def _data_dir() -> Path:
    """Where this node keeps converted models: nobody else's settings know."""
    return Path(os.environ.get("DATA_DIR") or Path(startwin.__file__).parents[1] / "data")
