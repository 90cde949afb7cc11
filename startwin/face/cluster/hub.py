"""The cluster as its link sees it: who is in it, and who gets which call."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import ray

from startwin.face.cluster.link import first_words
from startwin.face.cluster.messages import Beat, Call, Done, Fault, Lost, Message
from startwin.face.cluster.post import Post
from startwin.face.cluster.terms import Terms

LOOK_EVERY = 1.0
"""Seconds between two looks at who is in the cluster, and between two beats."""

LOOK_WITHIN = 10.0
"""Seconds that such a look may take; after them the cluster counts as out of reach."""


class Hub:
    """Hands calls out to stations, of which it keeps one on each node."""

    def __init__(self, calls: Connection, answers: Connection, terms: Terms) -> None:
        self._calls = calls
        self._answers = answers
        self._terms = terms
        self._posts: dict[str, Post] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    async def run(self) -> Fault | None:
        """Until no more is wanted, or the cluster is gone."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=[loop], daemon=True).start()
        while not self._over.is_set():
            try:
                nodes = await asyncio.wait_for(asyncio.to_thread(_nodes), LOOK_WITHIN)
            except Exception as error:  # noqa: BLE001 - whatever it is, there is no cluster
                said = first_words(error)
                return Fault(f"the cluster does not answer any more: {said}", is_refusal=False)
            for node, (name, cores) in nodes.items():
                if node not in self._posts:
                    self._posts[node] = post = Post(node, name, cores, self._terms, self._say)
                    self._begin(post.keep())
            for node in [each for each, post in self._posts.items() if each not in nodes]:
                self._posts.pop(node).leave()
            workers = sum(post.workers for post in self._posts.values())
            self._say(Beat(workers, sum(post.is_pending for post in self._posts.values())))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), LOOK_EVERY)
        return None

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(EOFError, OSError):
            while True:
                call = Call(*self._calls.recv())
                loop.call_soon_threadsafe(self._hand_out, call)
        loop.call_soon_threadsafe(self._over.set)

    def _hand_out(self, call: Call) -> None:
        able = [post for post in self._posts.values() if post.workers]
        if able:
            post = min(able, key=lambda post: post.load)
            self._begin(self._have_done(post, call))
        else:
            self._say(Lost(call.number))

    async def _have_done(self, post: Post, call: Call) -> None:
        try:
            reply = await post.do(call.content)
        except Exception:  # noqa: BLE001 - Ray refuses to send it; somebody else can have it
            reply = None
        self._say(Lost(call.number) if reply is None else Done(call.number, reply))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself would forget it
        task.add_done_callback(self._tasks.discard)

    def _say(self, message: Message) -> None:
        self._answers.send(message)


def _nodes() -> dict[str, tuple[str, int]]:
    """Address and cores of each node that lives and has any to give, by its id."""
    cores = {
        node["NodeID"]: (node["NodeManagerAddress"], int(node["Resources"].get("CPU", 0)))
        for node in ray.nodes()
        if node["Alive"]
    }
    return {node: (name, n) for node, (name, n) in cores.items() if n > 0}
