"""The real bot with web hooks: Telegram pushes, and nobody polls."""

import signal
import socket
from pathlib import Path

import pytest

from startwin.sandbox import Sandbox
from tests.conftest import DEADLINE, PHOTOS, wait_until
from tests.end_to_end.conftest import Start, connected

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()


@pytest.fixture
def hooked() -> dict[str, str]:
    """Settings for web hooks on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    return {"WEBHOOK_URL": f"http://{address}/bot/hook", "WEBHOOK_LISTEN": address}


def test_photos_are_pushed_and_answered_over_restarts(
    start: Start, hooked: dict[str, str], tmp_path: Path
) -> None:
    data = {"DATA_DIR": str(tmp_path / "data")}
    with Sandbox() as own:
        chat = own.telegram.user("Ada")
        first = start(**connected(own), **hooked, **data)
        chat.send_photo(HOPPER)
        assert "Grace Hopper" in chat.wait_for_answers(1, DEADLINE)[0]["caption"]
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        chat.send_photo(HOPPER)  # nobody is there; Telegram comes again
        second = start(**connected(own), **hooked, **data)
        assert "Grace Hopper" in chat.wait_for_answers(2, DEADLINE)[1]["caption"]
        assert own.telegram.calls("getUpdates") == []
        assert second.stop() == 0
        assert own.token not in first.printed + second.printed


def test_who_leaves_web_hooks_polls_again(
    start: Start, hooked: dict[str, str], tmp_path: Path
) -> None:
    data = {"DATA_DIR": str(tmp_path / "data")}
    with Sandbox() as own:
        chat = own.telegram.user("Ada")
        first = start(**connected(own), **hooked, **data)
        wait_until(lambda: "Telegram pushes updates now" in first.printed)
        assert first.stop() == 0
        second = start(**connected(own), **data)
        chat.send_photo(HOPPER)
        chat.wait_for_answers(1, DEADLINE)
        assert own.telegram.webhook_info()["url"] == ""
        assert len(own.telegram.calls("getUpdates")) > 0
        assert second.stop() == 0


def test_address_that_is_taken_is_told(start: Start) -> None:
    with Sandbox() as own, socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        bot = start(**connected(own), WEBHOOK_URL=f"http://{address}/hook", WEBHOOK_LISTEN=address)
        assert bot.exit_code() == 1
    assert "bot.py: WEBHOOK_LISTEN: " in bot.printed
    assert "cannot be listened on: Address already in use" in bot.printed


def test_revoked_token_ends_the_bot(start: Start, hooked: dict[str, str]) -> None:
    with Sandbox() as own:
        own.faults.add(method="setWebhook", status=401, description="Unauthorized")
        bot = start(**connected(own), **hooked)
        assert bot.exit_code() == 1
    assert "Telegram has revoked TELEGRAM_TOKEN" in bot.printed


def test_web_hook_that_telegram_does_not_want_is_told(start: Start, hooked: dict[str, str]) -> None:
    with Sandbox() as own:
        said = "Bad Request: bad webhook: IP address 10.0.0.1 is reserved"
        own.faults.add(method="setWebhook", status=400, description=said)
        bot = start(**connected(own), **hooked)
        assert bot.exit_code() == 1
    assert "bot.py: Telegram refuses WEBHOOK_URL: Bad webhook: ip address 10.0.0.1" in bot.printed
