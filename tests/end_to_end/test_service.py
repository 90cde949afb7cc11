"""The bot as a service: what it tells systemd, heard by a socket in systemd's place.

What deploy/startwin.service makes of it, a real systemd has been seen to do; it takes a machine of
its own.
"""

import signal
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from startwin.sandbox import Sandbox
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, wait_until
from tests.end_to_end.conftest import Start, connected


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket that systemd would listen on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(DEADLINE)
        yield manager


def told(manager: socket.socket) -> str:
    return manager.recv(4096).decode()


def test_first_start_makes_a_folder_for_its_user_alone(assets: Path, tmp_path: Path) -> None:
    with Sandbox() as own:
        bot = BotProcess(
            tmp_path / "bot.log",
            **connected(own),
            ASSETS_DIR=str(assets),
            WORKERS="1",
            DATA_DIR=str(tmp_path / "new"),
        )
        own.telegram.wait_for_poll(DEADLINE)
        assert bot.stop() == 0
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    (model,) = (tmp_path / "new").glob("*.onnx")
    assert model.name.startswith("dlib_face_recognition_resnet_model_v1-")


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
