"""All hosts together."""

import threading
from typing import Self

from tests.wikimedia import api
from tests.wikimedia.exchange import Answer, Application, Request
from tests.wikimedia.faults import Faults
from tests.wikimedia.hosts import Host
from tests.wikimedia.images import Images
from tests.wikimedia.log import Log
from tests.wikimedia.people import World
from tests.wikimedia.uploads import Uploads


class Site:
    """A host that has nothing to do with Wikimedia: pages by path, 404 for all others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, Answer] = {}

    def put(self, path: str, content: bytes, content_type: str = "image/jpeg") -> None:
        with self._lock:
            self._answers[path] = Answer(200, content, {"Content-Type": content_type})

    def __call__(self, request: Request) -> Answer:
        with self._lock:
            return self._answers.get(request.path, Answer(404, b"No such page.\n"))


class Wikimedia:
    """Hosts `wikidata`, `commons`, `uploads` and `thumbs`, each with an address of its own.

    The addresses are 127.0.0.2 and so on, which Linux has without being told.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.log = Log()
        self.faults = Faults()
        self.media = Uploads(self.world)
        self.images = Images(self.world, lambda: self.uploads.url, lambda: self.thumbs.url)
        self._hosts: dict[str, Host] = {}

    def __enter__(self) -> Self:
        self.wikidata = self._listen("wikidata", api.wikidata(self.world))
        self.commons = self._listen("commons", api.commons(self.images))
        media = api.gated(self.media)
        self.uploads = self._listen("uploads", media)
        self.thumbs = self._listen("thumbs", media)
        return self

    def __exit__(self, *error: object) -> None:
        for host in self._hosts.values():
            host.stopping.set()
        for host in self._hosts.values():
            host.stop()

    def site(self, name: str) -> tuple[Host, Site]:
        """One more host, for addresses that a catalogue names itself."""
        site = Site()
        return self._listen(name, site), site

    def _listen(self, name: str, application: Application) -> Host:
        assert name not in self._hosts, f"{name} listens already"
        address = f"127.0.0.{len(self._hosts) + 2}"
        host = Host(name, address, application, self.log, self.faults)
        self._hosts[name] = host
        return host
