"""The bot as a service: what it tells systemd, heard by a socket in systemd's place.

What deploy/startwin.service makes of it, a real systemd has been seen to do; it takes a machine of
its own.
"""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from startwin.sandbox import Sandbox
from startwin.settings import Settings
from tests.conftest import DEADLINE, ROOT, wait_until
from tests.end_to_end.conftest import Start, connected

UNIT = (ROOT / "deploy" / "startwin.service").read_text("utf-8")


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket that systemd would listen on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(DEADLINE)
        yield manager


def told(manager: socket.socket) -> str:
    return manager.recv(4096).decode()


def test_systemd_hears_the_bot_start_live_and_stop(start: Start, manager: socket.socket) -> None:
    with Sandbox() as own:
        bot = start(**connected(own), NOTIFY_SOCKET=manager.getsockname())
        assert told(manager) == "READY=1"
        assert len(own.telegram.calls("getMe")) == 1
        assert [told(manager), told(manager)] == ["WATCHDOG=1"] * 2
        bot.process.send_signal(signal.SIGTERM)
        while (last := told(manager)) == "WATCHDOG=1":
            """One more may be on its way."""
        assert last == "STOPPING=1"
        assert bot.exit_code() == 0


def test_bot_that_telegram_cannot_hear_is_alive(start: Start, manager: socket.socket) -> None:
    with Sandbox() as own:
        bot = start(**connected(own), NOTIFY_SOCKET=manager.getsockname(), POLL_TIMEOUT="1")
        assert told(manager) == "READY=1"
        own.telegram.wait_for_poll(DEADLINE)
    wait_until(lambda: "cannot be polled" in bot.printed)
    manager.setblocking(False)
    with suppress(BlockingIOError):
        while told(manager):
            """What was said before that."""
    manager.settimeout(DEADLINE)
    for _ in range(3):
        assert told(manager) == "WATCHDOG=1"


def seconds(name: str) -> float:
    found = re.search(rf"^{name}=(\d+)$", UNIT, re.M)
    assert found
    return float(found[1])


def test_unit_gives_the_bot_the_time_that_it_takes() -> None:
    assert seconds("TimeoutStopSec") > Settings.model_fields["stop_timeout"].default
    assert seconds("WatchdogSec") > 2


def test_unit_sets_only_what_there_is() -> None:
    set_ones = re.findall(r"^Environment=(\w+)=", UNIT, re.M)
    others = {"PYTHONDONTWRITEBYTECODE", "ORT_DISABLE_TELEMETRY"}
    assert {name.lower() for name in set(set_ones) - others} <= set(Settings.model_fields)
    assert {"DATA_DIR", "ASSETS_DIR"} <= set(set_ones)
