"""Whatever dies in between: every photo gets its answer, by real processes and real signals."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, PHOTOS, wait_until
from tests.end_to_end.conftest import Start, connected

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()
TWICE = "an answer may arrive twice"

StartAgain = Callable[..., BotProcess]


@pytest.fixture
def own() -> Sandbox:
    """A sandbox that no other test's bot polls."""
    return Sandbox()


@pytest.fixture
def start_again(start: Start, own: Sandbox, tmp_path: Path) -> StartAgain:
    """Start a bot that goes on where the last one was."""

    def start_again(**environment: str) -> BotProcess:
        return start(**connected(own), DATA_DIR=str(tmp_path / "data"), **environment)

    return start_again


def kill(bot: BotProcess) -> None:
    bot.process.kill()
    bot.process.wait()


def held_back(bot: BotProcess, own: Sandbox, chat: Chat, photos: int = 1) -> None:
    """Photos arrive at a bot whose worker does not move."""
    own.telegram.wait_for_poll(DEADLINE)
    (worker,) = bot.workers
    os.kill(worker, signal.SIGSTOP)
    for _ in range(photos):
        chat.send_photo(HOPPER)
    own.telegram.wait_for_calls("file", 1, DEADLINE)


def assert_answered_once_each(chat: Chat, photos: int) -> None:
    answers = chat.wait_for_answers(photos, DEADLINE)
    assert all("Grace Hopper" in answer["caption"] for answer in answers)
    replied_to = [answer["reply_to_message"]["message_id"] for answer in answers]
    assert replied_to == sorted(set(replied_to))


def test_killed_bot_answers_after_its_restart_in_order(
    own: Sandbox, start_again: StartAgain
) -> None:
    with own:
        chat = own.telegram.user("Ada")
        first = start_again()
        held_back(first, own, chat, photos=3)
        kill(first)
        second = start_again()
        assert_answered_once_each(chat, 3)
        assert second.stop() == 0
        assert len(chat.answers()) == 3
        assert TWICE not in second.printed


def test_send_under_way_at_a_kill_is_counted(own: Sandbox, start_again: StartAgain) -> None:
    with own:
        chat = own.telegram.user("Ada")
        first = start_again()
        own.faults.add(method="sendPhoto", delay=DEADLINE, after=True)
        chat.send_photo(HOPPER)
        chat.wait_for_answers(1, DEADLINE)  # Telegram has it, the bot does not know
        kill(first)
        second = start_again()
        chat.wait_for_answers(2, DEADLINE)
        assert second.stop() == 0
        assert second.printed.count(TWICE) == 1
        third = start_again()
        wait_until(lambda: "ready" in third.printed)
        assert third.stop() == 0
        assert len(chat.answers()) == 2


def test_what_telegram_hands_out_again_is_answered_once(
    own: Sandbox, start_again: StartAgain
) -> None:
    with own:
        chat = own.telegram.user("Ada")
        bot = start_again()
        own.telegram.wait_for_poll(DEADLINE)
        own.faults.add(method="getUpdates", status=500, times=1000)  # nothing is acknowledged
        chat.send_photo(HOPPER)
        wait_until(lambda: "photo answered" in bot.printed)
        kill(bot)
        own.faults.clear()
        again = start_again()
        chat.send_photo(HOPPER)
        assert_answered_once_each(chat, 2)
        assert again.stop() == 0
        assert len(chat.answers()) == 2


def test_stop_leaves_the_rest_to_the_next_start(own: Sandbox, start_again: StartAgain) -> None:
    with own:
        chat = own.telegram.user("Ada")
        first = start_again(STOP_TIMEOUT="1")
        held_back(first, own, chat, photos=2)
        assert first.stop() == 0
        assert "work left to the next start" in first.printed
        start_again()
        assert_answered_once_each(chat, 2)


def test_second_signal_loses_nothing(own: Sandbox, start_again: StartAgain) -> None:
    with own:
        chat = own.telegram.user("Ada")
        first = start_again(STOP_TIMEOUT="600")
        held_back(first, own, chat)
        first.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "stopping" in first.printed)
        assert first.stop() == 128 + signal.SIGTERM
        start_again()
        assert_answered_once_each(chat, 1)


def test_telegram_that_goes_away_and_comes_back(start_again: StartAgain, own: Sandbox) -> None:
    with own:
        chat = own.telegram.user("Ada")
        bot = start_again()
        held_back(bot, own, chat, photos=2)
    assert bot.process.poll() is None
    (worker,) = bot.workers
    os.kill(worker, signal.SIGCONT)
    wait_until(lambda: "cannot be polled" in bot.printed)
    with own:
        assert_answered_once_each(chat, 2)
        assert bot.stop() == 0
    assert TWICE not in bot.printed
    assert own.token not in bot.printed


def test_two_bots_do_not_share_a_folder(own: Sandbox, start_again: StartAgain) -> None:
    with own:
        first = start_again()
        wait_until(lambda: "ready" in first.printed)
        second = start_again()
        wait_until(lambda: "another bot still works" in second.printed)
        assert first.stop() == 0
        wait_until(lambda: "ready" in second.printed)
        assert second.stop() == 0


def test_stop_while_starting_is_prompt(start_again: StartAgain) -> None:
    bot = start_again()  # and no Telegram far and wide
    wait_until(lambda: "cannot be reached" in bot.printed)
    assert bot.stop() == 0


def test_nothing_is_kept_of_what_is_answered(
    own: Sandbox, start_again: StartAgain, tmp_path: Path
) -> None:
    with own:
        chat = own.telegram.user("Adalbert", username="adalbert")
        bot = start_again()
        held_back(bot, own, chat)
        inbox = tmp_path / "data" / "inbox.sqlite"
        with closing(sqlite3.connect(inbox)) as database:
            (row,) = database.execute("SELECT * FROM requests").fetchall()
        assert not any("adalbert" in str(value).casefold() for value in row)
        os.kill(bot.workers[0], signal.SIGCONT)
        chat.wait_for_answers(1, DEADLINE)
        assert bot.stop() == 0
        with closing(sqlite3.connect(inbox)) as database:
            assert database.execute("SELECT count(*) FROM requests").fetchone() == (0,)
