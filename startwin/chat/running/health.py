"""Whether the bot lives, whether it is ready, and what its metrics say; served over HTTP.

- ``/healthz``: 200 while all that it cannot live without is alive, else 503. A supervisor that
  restarts the bot looks here: Telegram's being out of reach is no reason to.
- ``/readyz``: 200 while photos that arrive would be answered, else 503.
- ``/metrics``: in Prometheus' format; see `startwin.journal.metrics`.

The first two name each thing that was looked at.
"""

from collections.abc import Callable

from flask import Flask, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from startwin.chat.wire.listener import application

Check = Callable[[], bool]


class Health:
    """Looks at what it was told of. Safe to use from many threads.

    Attributes:
        is_serving: the bot is neither starting nor stopping.
    """

    def __init__(self) -> None:
        self.is_serving = False
        self._vital: dict[str, Check] = {}
        self._needed: dict[str, Check] = {"serving": lambda: self.is_serving}

    def add_vital(self, name: str, check: Check) -> None:
        """Add what the bot cannot live without."""
        self._vital[name] = check

    def add_needed(self, name: str, check: Check) -> None:
        """Add what must be so for photos to be answered."""
        self._needed[name] = check

    def ailing(self) -> list[str]:
        """What the bot cannot live without, and is not alive."""
        return [name for name, is_well in self._vitality().items() if not is_well]

    def application(self) -> Flask:
        """What is served."""
        app = application("health")
        app.add_url_rule("/healthz", "healthz", lambda: _told(self._vitality()))
        app.add_url_rule("/readyz", "readyz", lambda: _told(self._readiness()))
        app.add_url_rule("/metrics", "metrics", _metrics)
        return app

    def _vitality(self) -> dict[str, bool]:
        return {name: check() for name, check in self._vital.items()}

    def _readiness(self) -> dict[str, bool]:
        return {**self._vitality(), **{name: check() for name, check in self._needed.items()}}


def _told(checks: dict[str, bool]) -> Response:
    response = jsonify(checks)
    response.status_code = 200 if all(checks.values()) else 503
    return response


def _metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
