"""The real bot process, and the sandbox as the other end of the wire."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from startwin.sandbox.server import Sandbox
from tests.conftest import DEADLINE, ROOT


class BotProcess:
    """`bot.py` as an operator starts it; what it prints goes to a file."""

    def __init__(self, output: Path, **environment: str) -> None:
        self.output = output
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "bot.py"],
                env={**kept, "PYTHONWARNINGS": "ignore", **environment},
                cwd=output.parent,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.exit_code()

    def exit_code(self) -> int:
        return self.process.wait(DEADLINE)

    @property
    def printed(self) -> str:
        return self.output.read_text()

    @property
    def workers(self) -> list[int]:
        """The worker processes' ids: the children that multiprocessing has spawned."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        pids = [int(pid) for file in children for pid in file.read_text().split()]
        return [p for p in pids if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()]


Start = Callable[..., BotProcess]


@pytest.fixture
def start(tmp_path: Path, assets: Path) -> Iterator[Start]:
    """Start a bot with a gallery and further settings; it is ended after the test."""
    started: list[BotProcess] = []

    def start(**environment: str) -> BotProcess:
        output = tmp_path / f"bot-{len(started)}.log"
        bot = BotProcess(output, **{"ASSETS_DIR": str(assets), "WORKERS": "1", **environment})
        started.append(bot)
        return bot

    yield start
    for bot in started:
        bot.process.kill()
        bot.process.wait()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def bot(
    sandbox: Sandbox, assets: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BotProcess]:
    """One bot for all tests of a module that only talk to it."""
    bot = BotProcess(
        tmp_path_factory.mktemp("bot") / "bot.log",
        TELEGRAM_TOKEN=sandbox.token,
        TELEGRAM_API_URL=sandbox.url,
        ASSETS_DIR=str(assets),
        LINK_TEMPLATE="https://example.org/person/{alias}",
        WORKERS="2",
    )
    sandbox.telegram.wait_for_poll(DEADLINE)
    yield bot
    code = bot.stop()
    assert code == 0, bot.printed
    assert sandbox.token not in bot.printed
    assert "Traceback" not in bot.printed
