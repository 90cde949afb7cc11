"""A sandbox for each test, with a bot and a person."""

from collections.abc import Iterator

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot


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
