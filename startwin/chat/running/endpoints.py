"""Health and metrics over HTTP.

- ``/healthz``: 200 while all that the bot cannot live without is alive, else 503. A supervisor that
  restarts the bot looks here: Telegram's being out of reach is no reason to.
- ``/readyz``: 200 while photos that arrive would be answered, else 503.
- ``/metrics``: in Prometheus' format; see `startwin.journal.metrics`.

The first two name each thing that was looked at. A bot that serves nothing does not import this,
and with it no Flask.
"""

from flask import Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from startwin.chat.running.health import Health
from startwin.chat.wire.listener import Listener, application


def listener(address: str, health: Health) -> Listener:
    """Serves them at ``METRICS_LISTEN``, ``host:port``, once it is started."""
    app = application("health")
    app.add_url_rule("/healthz", "healthz", lambda: _told(health.vitality()))
    app.add_url_rule("/readyz", "readyz", lambda: _told(health.readiness()))
    app.add_url_rule("/metrics", "metrics", _metrics)
    return Listener("METRICS_LISTEN", address, app)


def _told(checks: dict[str, bool]) -> Response:
    response = jsonify(checks)
    response.status_code = 200 if all(checks.values()) else 503
    return response


def _metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
