"""A sandbox for each test, with a bot and a person."""

import threading
from collections.abc import Iterator

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot
from tests.sandbox.hook_server import HookServer


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot sends even loopback traffic through it."""
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def bot(sandbox: Sandbox) -> Bot:
    return Bot(sandbox)


@pytest.fixture
def ada(sandbox: Sandbox) -> Chat:
    return sandbox.telegram.user("Ada")


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with HookServer().running() as server:
        yield server


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a server's answers may wait for; open at the end in any case."""
    event = threading.Event()
    yield event
    event.set()
