"""In groups: silent, unless a photo is meant for the bot."""

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.telegram import BOT
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, PHOTOS

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()
MENTION = f"who is it, @{BOT.username}?"


@pytest.fixture
def ada(sandbox: Sandbox, bot: BotProcess) -> Chat:
    assert bot.process.poll() is None
    return sandbox.telegram.user("Ada")


@pytest.fixture
def group(sandbox: Sandbox, ada: Chat) -> Chat:
    return sandbox.telegram.group("Friends", ada, sandbox.telegram.user("Ben"))


def only_answer(group: Chat) -> JsonObject:
    (answer,) = group.wait_for_answers(1, DEADLINE)
    return answer


def test_photos_of_others_stay_among_themselves(group: Chat, ada: Chat) -> None:
    group.send_photo(HOPPER)
    group.send_photo(HOPPER, "look at @somebody")
    group.send_text("hello")
    group.send_sticker(by=ada)
    sent = group.send_photo(HOPPER, MENTION, by=ada)
    assert only_answer(group)["reply_to_message"]["message_id"] == sent["message_id"]


def test_photo_in_reply_to_the_bot_is_answered(group: Chat) -> None:
    group.send_photo(HOPPER, MENTION)
    first = only_answer(group)
    sent = group.send_photo(HOPPER, reply_to=first["message_id"])
    second = group.wait_for_answers(2, DEADLINE)[1]
    assert second["reply_to_message"]["message_id"] == sent["message_id"]


def test_match_in_reply_takes_somebody_elses_photo(group: Chat, ada: Chat) -> None:
    sent = group.send_photo(HOPPER)
    group.send_text(f"/match@{BOT.username}", by=ada, reply_to=sent["message_id"])
    answer = only_answer(group)
    assert "Grace Hopper" in answer["caption"]
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]


def test_anybody_may_press(group: Chat, ada: Chat) -> None:
    group.send_photo(HOPPER, MENTION)
    answer = only_answer(group)
    label = answer["reply_markup"]["inline_keyboard"][0][0]["text"]
    group.press(answer["message_id"], label, by=ada)
    assert "Grace Hopper" not in group.wait_for_edit(answer["message_id"], DEADLINE)["caption"]


def test_group_that_becomes_a_supergroup_is_followed(sandbox: Sandbox, group: Chat) -> None:
    sandbox.faults.add(method="file", delay=2)
    group.send_photo(HOPPER, MENTION)
    sandbox.telegram.wait_for_calls("sendChatAction", 1, DEADLINE)
    new = sandbox.telegram.upgrade(group)
    assert "Grace Hopper" in only_answer(new)["caption"]


def test_group_that_threw_the_bot_out_is_left_alone(
    sandbox: Sandbox, group: Chat, ada: Chat
) -> None:
    sandbox.faults.add(method="file", delay=1)
    group.send_photo(HOPPER, MENTION)
    group.remove_bot()
    ada.send_photo(HOPPER)
    assert "Grace Hopper" in ada.wait_for_answers(1, DEADLINE)[0]["caption"]
    assert group.answers() == []
    group.add_bot()
    group.send_photo(HOPPER, MENTION)
    assert "Grace Hopper" in only_answer(group)["caption"]
