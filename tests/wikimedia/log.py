"""What clients asked, when, and how many at once: how politeness is judged."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.conftest import DEADLINE


@dataclass(eq=False)
class Entry:
    """A request; times in seconds of `time.monotonic`, `end` None while it is under way.

    `beside` counts the requests under way when it came, itself among them, by host.
    """

    host: str
    method: str
    target: str
    headers: Mapping[str, str]
    arrival: float
    end: float | None = None
    status: int | None = None
    sent: int = 0
    fault: bool = False
    beside: Mapping[str, int] = field(default_factory=dict)

    @property
    def user_agent(self) -> str:
        return self.headers.get("user-agent", "")


class Log:
    """All requests of one server, over all its hosts; safe to read at any time."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._entries: list[Entry] = []
        self._open: dict[Entry, Callable[[], bool]] = {}

    def arrive(
        self,
        host: str,
        method: str,
        target: str,
        headers: Mapping[str, str],
        *,
        arrival: float,
        gone: Callable[[], bool],
    ) -> Entry:
        """A request came at `arrival`; `gone` tells whether its client has hung up since.

        Without asking that, a request whose client gave up and tried again would count twice.
        """
        entry = Entry(host, method, target, headers, arrival)
        with self._changed:
            for other in [other for other, hung_up in self._open.items() if hung_up()]:
                self._finish(other)
            self._open[entry] = gone
            entry.beside = Counter(other.host for other in self._open)
            self._entries.append(entry)
            self._changed.notify_all()
        return entry

    def end(self, entry: Entry, *, sent: int = 0) -> None:
        with self._changed:
            entry.sent += sent
            self._finish(entry)
            self._changed.notify_all()

    def _finish(self, entry: Entry) -> None:
        if self._open.pop(entry, None) is not None:
            entry.end = time.monotonic()

    def entries(self, *hosts: str, containing: str = "") -> list[Entry]:
        """In the order of arrival; of all hosts when none is named."""
        with self._changed:
            return [
                entry
                for entry in self._entries
                if (not hosts or entry.host in hosts) and containing in entry.target
            ]

    def peak(self, *hosts: str) -> int:
        """The highest number of simultaneous requests on these hosts together."""
        named = set(hosts)
        return max(
            (
                sum(count for host, count in entry.beside.items() if not named or host in named)
                for entry in self.entries(*hosts)
            ),
            default=0,
        )

    def busiest(self, seconds: float, *hosts: str) -> int:
        """The highest number of requests that came within any `seconds`."""
        times = sorted(entry.arrival for entry in self.entries(*hosts))
        return max(
            (sum(start <= time < start + seconds for time in times) for start in times), default=0
        )

    def pause_after(self, entry: Entry) -> float:
        """Seconds from its end until the next request on its host came; infinite if none did.

        Requests that were under way beside it do not count.
        """
        assert entry.end is not None, "still under way"
        later = [e.arrival for e in self.entries(entry.host) if e.arrival >= entry.end]
        return min(later, default=float("inf")) - entry.end

    def user_agents(self, *hosts: str) -> set[str]:
        return {entry.user_agent for entry in self.entries(*hosts)}

    def under_way(self, *hosts: str) -> int:
        with self._changed:
            return sum(not hosts or entry.host in hosts for entry in self._open)

    def await_arrivals(self, count: int, *hosts: str) -> None:
        """Returns when `count` requests have come in all."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.entries(*hosts)) >= count, DEADLINE)
        assert came, f"only {len(self.entries(*hosts))} of {count} requests came"

    def await_under_way(self, count: int, *hosts: str) -> None:
        """Returns when `count` requests are under way at once."""
        with self._changed:
            came = self._changed.wait_for(lambda: self.under_way(*hosts) >= count, DEADLINE)
        assert came, f"only {self.under_way(*hosts)} of {count} requests are under way"

    def clear(self) -> None:
        """Forgets what is finished."""
        with self._changed:
            self._entries = list(self._open)
