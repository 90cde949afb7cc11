"""startwin.chat.running.health and endpoints: over real HTTP."""

import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from startwin.chat.running import endpoints
from startwin.chat.running.health import Health
from startwin.journal import metrics


class Looked:
    """A bot's health as a supervisor sees it."""

    def __init__(self) -> None:
        self.health = Health()
        self.lives = True
        self.is_there = True
        self.health.add_vital("queue", lambda: self.lives)
        self.health.add_needed("workers", lambda: self.is_there)
        self.listener = endpoints.listener("127.0.0.1:0", self.health)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.listener.port}{path}") as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture
def looked() -> Iterator[Looked]:
    looked = Looked()
    with looked.listener:
        yield looked


def test_ready_only_while_it_serves_and_all_is_there(looked: Looked) -> None:
    status, told = looked.get("/readyz")
    assert (status, json.loads(told)["serving"]) == (503, False)
    looked.health.is_serving = True
    assert looked.get("/readyz")[0] == 200
    looked.is_there = False
    status, told = looked.get("/readyz")
    checks = {"queue": True, "serving": True, "workers": False}
    assert (status, json.loads(told)) == (503, checks)
    assert looked.get("/healthz")[0] == 200


def test_alive_until_something_vital_is_not(looked: Looked) -> None:
    looked.health.is_serving = True
    assert looked.get("/healthz") == (200, '{"queue":true}\n')
    assert looked.health.ailing() == []
    looked.lives = False
    assert looked.get("/healthz")[0] == looked.get("/readyz")[0] == 503
    assert looked.health.ailing() == ["queue"]


def test_metrics_are_prometheus(looked: Looked) -> None:
    metrics.UNSENT.set(3)
    status, told = looked.get("/metrics")
    assert status == 200
    assert "startwin_unsent_messages 3.0" in told
    assert "# TYPE startwin_answers_total counter" in told
    assert "process_resident_memory_bytes" in told


def test_nothing_else_is_served(looked: Looked) -> None:
    assert looked.get("/") == (404, "")
