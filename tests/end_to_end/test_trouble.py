"""The bot process when something around it is wrong."""

import os
import shutil
import signal
import socket
import sys
from pathlib import Path

import pytest

from startwin.face import models
from startwin.gallery import manifest as manifests
from startwin.sandbox import Sandbox
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, PHOTOS, wait_until
from tests.end_to_end.conftest import Start, connected

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()


@pytest.fixture
def own() -> Sandbox:
    """A sandbox that no other test's bot polls."""
    return Sandbox()


def refused(bot: BotProcess) -> str:
    """The one sentence that a bot prints which cannot start."""
    assert bot.exit_code() == 1
    (sentence,) = bot.printed.splitlines()
    assert sentence.startswith("bot.py: ")
    return sentence


def test_no_token(start: Start) -> None:
    assert "TELEGRAM_TOKEN is not set" in refused(start())


def test_token_that_is_none(start: Start) -> None:
    sentence = refused(start(TELEGRAM_TOKEN="my sesame"))
    assert "TELEGRAM_TOKEN: is no bot token" in sentence
    assert "sesame" not in sentence


def test_token_that_telegram_does_not_know(start: Start, own: Sandbox) -> None:
    with own:
        bot = start(TELEGRAM_TOKEN="123456:sesame", TELEGRAM_API_URL=own.url)
        sentence = refused(bot)
    assert "Telegram does not know TELEGRAM_TOKEN" in sentence
    assert "sesame" not in sentence


def test_wrong_setting(start: Start) -> None:
    assert "WORKERS: " in refused(start(WORKERS="many"))


def test_no_gallery(start: Start, own: Sandbox, tmp_path: Path) -> None:
    bot = start(**connected(own), ASSETS_DIR=str(tmp_path / "none"))
    assert "there is no gallery in" in refused(bot)
    assert "build_embeddings.py`" in bot.printed


def test_damaged_gallery(start: Start, own: Sandbox, assets: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(assets, tmp_path / "copy"))
    graph = manifests.read(copy).folder(copy) / manifests.GRAPH
    graph.write_bytes(graph.read_bytes()[:-1])
    bot = start(**connected(own), ASSETS_DIR=str(copy))
    assert "embeddings.bin is damaged: run `" in refused(bot)


def test_damaged_models(start: Start, own: Sandbox, tmp_path: Path) -> None:
    broken = tmp_path / "face_recognition_models" / "models"
    broken.mkdir(parents=True)
    (broken.parent / "__init__.py").touch()
    (broken / models.LANDMARKS.name).write_bytes(b"half a download")
    bot = start(**connected(own), PYTHONPATH=str(tmp_path))
    assert f"{models.LANDMARKS.name} is damaged: run `{sys.executable} -m pip" in refused(bot)


def test_token_revoked_while_running(start: Start, own: Sandbox) -> None:
    with own:
        bot = start(**connected(own))
        own.telegram.wait_for_poll(DEADLINE)
        own.faults.add(method="getUpdates", status=401, description="Unauthorized")
        own.telegram.user("Ada").send_text("wake the long poll")
        assert bot.exit_code() == 1
    assert "Telegram has revoked TELEGRAM_TOKEN" in bot.printed
    assert own.token not in bot.printed


def test_telegram_out_of_reach_at_start_and_errors_while_polling(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sandbox = Sandbox(port)
    bot = start(**connected(sandbox))
    wait_until(lambda: "cannot be reached" in bot.printed)
    assert len(bot.printed.splitlines()) == 1
    with sandbox:
        sandbox.faults.add(method="getUpdates", status=500, times=2)
        sandbox.faults.add(method="getUpdates", status=429, retry_after=1)
        chat = sandbox.telegram.user("Ada")
        chat.send_photo(HOPPER)
        (answer,) = chat.wait_for_answers(1, DEADLINE)
        assert "Grace Hopper" in answer["caption"]
        assert bot.stop() == 0
    assert sandbox.token not in bot.printed


def test_another_poller_is_borne_with(start: Start, own: Sandbox) -> None:
    with own:
        own.faults.add(method="getUpdates", status=409, description="Conflict", times=2)
        bot = start(**connected(own))
        chat = own.telegram.user("Ada")
        chat.send_photo(HOPPER)
        chat.wait_for_answers(1, DEADLINE)
        assert bot.stop() == 0


def test_killed_worker_costs_no_answer(start: Start, own: Sandbox) -> None:
    with own:
        bot = start(**connected(own))
        own.telegram.wait_for_poll(DEADLINE)
        chat = own.telegram.user("Ada")
        for number in (1, 2, 3):
            (worker,) = bot.workers
            if number == 2:
                chat.send_photo(HOPPER)  # in flight or not: either way it is answered
            os.kill(worker, signal.SIGKILL)
            if number != 2:
                chat.send_photo(HOPPER)
            answer = chat.wait_for_answers(number, DEADLINE)[-1]
            assert "Grace Hopper" in answer["caption"]


def test_hanging_worker_is_replaced_and_its_photo_answered(start: Start, own: Sandbox) -> None:
    with own:
        bot = start(**connected(own), PHOTO_TIMEOUT="3")
        own.telegram.wait_for_poll(DEADLINE)
        chat = own.telegram.user("Ada")
        (worker,) = bot.workers
        os.kill(worker, signal.SIGSTOP)  # before it looks at the photo, which is not to blame
        chat.send_photo(HOPPER)
        assert "Grace Hopper" in chat.wait_for_answers(1, DEADLINE)[0]["caption"]
        assert worker not in bot.workers


def test_slow_send_to_one_chat_delays_no_other(start: Start, own: Sandbox) -> None:
    with own:
        start(**connected(own))
        own.faults.add(method="sendPhoto", delay=DEADLINE)
        slow, other = own.telegram.user("Ada"), own.telegram.user("Grace")
        slow.send_photo(HOPPER)
        own.telegram.wait_for_calls("sendPhoto", 1, DEADLINE)
        other.send_photo(HOPPER)
        other.wait_for_answers(1, DEADLINE)
        assert slow.answers() == []


def test_star_whose_picture_is_gone_is_told_in_words(
    start: Start, own: Sandbox, assets: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(assets, tmp_path / "copy"))
    with own:
        bot = start(**connected(own), ASSETS_DIR=str(copy))
        wait_until(lambda: "ready" in bot.printed)
        shutil.rmtree(manifests.read(copy).folder(copy) / manifests.PICTURES)
        chat = own.telegram.user("Ada")
        photo = chat.send_photo(HOPPER)
        (answer,) = chat.wait_for_answers(1, DEADLINE)
        assert answer["text"].startswith("You and Grace Hopper are 100% alike")
        assert answer["reply_to_message"]["message_id"] == photo["message_id"]
        assert bot.stop() == 0


def test_stop_finishes_what_is_in_flight(start: Start, own: Sandbox) -> None:
    with own:
        bot = start(**connected(own))
        own.faults.add(method="sendPhoto", delay=2)
        chat = own.telegram.user("Ada")
        chat.send_photo(HOPPER)
        own.telegram.wait_for_calls("sendPhoto", 1, DEADLINE)
        assert bot.stop() == 0
        assert len(chat.answers()) == 1


def test_second_signal_leaves_at_once(start: Start, own: Sandbox) -> None:
    with own:
        bot = start(**connected(own), STOP_TIMEOUT="600", SEND_TIMEOUT="600")
        own.faults.add(method="sendPhoto", delay=600)
        own.telegram.user("Ada").send_photo(HOPPER)
        own.telegram.wait_for_calls("sendPhoto", 1, DEADLINE)
        bot.process.send_signal(signal.SIGINT)
        wait_until(lambda: "stopping" in bot.printed)
        bot.process.send_signal(signal.SIGINT)
        assert bot.exit_code() == 128 + signal.SIGINT
