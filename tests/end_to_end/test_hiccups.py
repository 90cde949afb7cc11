"""When Telegram or the disk has a hiccup: an answer or a word, and no traceback."""

import sqlite3
from pathlib import Path

import pytest

from startwin.chat.answers import FETCH_TRIES
from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from startwin.sandbox.telegram import BOT
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, PHOTOS
from tests.end_to_end.conftest import Start, connected

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()


@pytest.fixture
def chat(sandbox: Sandbox, bot: BotProcess) -> Chat:
    assert bot.process.poll() is None
    return sandbox.telegram.user("Ada")


def words(chat: Chat, number: int = 1) -> str:
    answer = chat.wait_for_answers(number, DEADLINE)[number - 1]
    return str(answer.get("caption") or answer.get("text"))


def test_send_that_comes_too_early_is_sent_when_telegram_says(sandbox: Sandbox, chat: Chat) -> None:
    sandbox.faults.add(method="sendPhoto", status=429, retry_after=1, times=2)
    chat.send_photo(HOPPER)
    assert "Grace Hopper" in words(chat)


def test_card_that_telegram_refuses_is_apologised_for(sandbox: Sandbox, chat: Chat) -> None:
    sandbox.faults.add(method="sendPhoto", status=400, description="Bad Request: no photos here")
    chat.send_photo(HOPPER)
    assert "went wrong on my side" in words(chat)


def test_press_whose_edit_fails_says_so(sandbox: Sandbox, chat: Chat) -> None:
    chat.send_photo(HOPPER)
    answer = chat.wait_for_answers(1, DEADLINE)[0]
    label = answer["reply_markup"]["inline_keyboard"][0][0]["text"]
    sandbox.faults.add(method="editMessageMedia", status=400, description="Bad Request: no")
    toast = chat.press(answer["message_id"], label).wait(DEADLINE)
    assert toast.alert
    assert "went wrong on my side" in toast.text
    chat.press(answer["message_id"], label)
    assert "Grace Hopper" not in chat.wait_for_edit(answer["message_id"], DEADLINE)["caption"]


def test_presses_keep_nobody_up(sandbox: Sandbox, chat: Chat) -> None:
    chat.send_photo(HOPPER)
    answer = chat.wait_for_answers(1, DEADLINE)[0]
    label = answer["reply_markup"]["inline_keyboard"][0][0]["text"]
    sandbox.faults.add(method="answerCallbackQuery", delay=DEADLINE, times=3)
    acknowledged = len(sandbox.telegram.calls("answerCallbackQuery"))
    for _ in range(3):
        chat.press(answer["message_id"], label)
    other = sandbox.telegram.user("Ben")
    other.send_text("/help")
    assert "What the percentage means" in words(other)
    sandbox.telegram.wait_for_calls("answerCallbackQuery", acknowledged + 3, DEADLINE)


@pytest.mark.parametrize("method", ["getFile", "file"])
def test_photo_is_fetched_again_until_it_is_there(
    method: str, sandbox: Sandbox, chat: Chat
) -> None:
    sandbox.faults.add(method=method, status=500)
    sandbox.faults.add(method=method, status=429, retry_after=1)
    chat.send_photo(HOPPER)
    assert "Grace Hopper" in words(chat)


def test_photo_that_cannot_be_fetched_costs_two_lines_of_the_log(
    sandbox: Sandbox, chat: Chat, bot: BotProcess
) -> None:
    before = len(bot.printed.splitlines())
    sandbox.faults.add(method="getFile", status=500, times=FETCH_TRIES)
    chat.send_photo(HOPPER)
    assert "went wrong on my side" in words(chat)
    troubles = [line for line in bot.printed.splitlines()[before:] if "[info" not in line]
    assert len(troubles) == 2


def test_file_that_telegram_has_no_more_is_apologised_for(sandbox: Sandbox, chat: Chat) -> None:
    sandbox.faults.add(method="file", status=404)
    chat.send_photo(HOPPER)
    assert "can't see that photo any more" in words(chat)


def test_command_in_capitals_is_the_same_command(chat: Chat) -> None:
    chat.add_profile_photo(HOPPER)
    chat.send_text("/ME")
    assert "Grace Hopper" in words(chat)


def test_match_on_an_old_photo_is_no_late_answer(chat: Chat) -> None:
    chat.age = 48 * 3600
    old = chat.send_photo(HOPPER)
    assert words(chat).startswith("I was away")
    chat.age = 0
    chat.send_text("/match", reply_to=old["message_id"])
    assert words(chat, 2).startswith("You and")


def test_album_in_a_group_is_meant_whole(sandbox: Sandbox, chat: Chat) -> None:
    group = sandbox.telegram.group("Friends", chat)
    group.send_album([HOPPER] * 3, f"@{BOT.username}")
    assert len(group.wait_for_answers(3, DEADLINE)) == 3


def test_locked_counts_cost_no_answer(start: Start, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        bot = start(**connected(sandbox), DATA_DIR=str(tmp_path / "kept"))
        chat = sandbox.telegram.user("Ada")
        chat.send_text("/privacy")
        offer = chat.wait_for_answers(1, DEADLINE)[0]
        with sqlite3.connect(tmp_path / "kept" / "discoveries.sqlite") as database:
            database.execute("BEGIN IMMEDIATE")
            chat.send_photo(HOPPER)
            assert "Grace Hopper" in words(chat, 2)
            toast = chat.press(offer["message_id"], "Delete my counts").wait(DEADLINE)
            assert "could not be deleted" in toast.text
        assert "Traceback" not in bot.printed


@pytest.mark.parametrize("damage", ["garbage", "no folder"])
def test_counts_that_cannot_be_kept_stop_the_start(
    damage: str, start: Start, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    if damage == "garbage":
        kept.mkdir()
        (kept / "discoveries.sqlite").write_bytes(b"no database" * 1000)
    else:
        kept.write_text("a file")
    with Sandbox() as sandbox:
        bot = start(**connected(sandbox), DATA_DIR=str(kept))
        assert bot.exit_code() == 1
    (sentence,) = bot.printed.splitlines()
    assert sentence.startswith("bot.py: ")
    assert "cannot be used" in sentence
