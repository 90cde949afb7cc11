"""The real bot process, and the sandbox as the other end of the wire."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from startwin.sandbox import Sandbox
from tests import journal_page
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, furnish

Start = Callable[..., BotProcess]


def connected(sandbox: Sandbox) -> dict[str, str]:
    """The settings by which a bot finds a sandbox."""
    return {"TELEGRAM_TOKEN": sandbox.token, "TELEGRAM_API_URL": sandbox.url}


@pytest.fixture
def start(tmp_path: Path, assets: Path, converted: Path) -> Iterator[Start]:
    """Start a bot with a gallery and further settings; it is ended after the test."""
    started: list[BotProcess] = []

    def start(**environment: str) -> BotProcess:
        output = tmp_path / f"bot-{len(started)}.log"
        defaults = {"ASSETS_DIR": str(assets), "WORKERS": "1", "DATA_DIR": str(tmp_path / "data")}
        environment = {**defaults, **environment}
        furnish(Path(environment["DATA_DIR"]), converted)
        bot = BotProcess(output, **environment)
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
    sandbox: Sandbox, assets: Path, converted: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BotProcess]:
    """One bot for all tests of a module that only talk to it."""
    folder = tmp_path_factory.mktemp("bot")
    furnish(folder / "data", converted)
    bot = BotProcess(
        folder / "bot.log",
        TELEGRAM_TOKEN=sandbox.token,
        TELEGRAM_API_URL=sandbox.url,
        ASSETS_DIR=str(assets),
        LINK_TEMPLATE="https://example.org/person/{alias}",
        WORKERS="2",
        JOURNAL_FILE=str(folder / "journal.jsonl"),
    )
    sandbox.telegram.wait_for_poll(DEADLINE)
    yield bot
    code = bot.stop()
    assert code == 0, bot.printed
    assert sandbox.token not in bot.printed
    assert "Traceback" not in bot.printed
    events = journal_page.events(folder / "journal.jsonl")
    assert {event["event"] for event in events} == set(journal_page.FIELDS)
    for event in events:
        journal_page.assert_as_documented(event)
