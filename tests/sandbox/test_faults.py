"""The harness: errors and delays on demand, and the record of calls."""

import time
from http.client import RemoteDisconnected

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot, fetch
from tests.sandbox.pictures import jpeg


def test_429_names_the_seconds_and_then_it_works(sandbox: Sandbox, bot: Bot, ada: Chat) -> None:
    sandbox.faults.add("sendPhoto", status=429, retry_after=2)
    answer = bot.answer("sendPhoto", chat_id=ada.id, photo=jpeg())
    assert answer.status == 429
    assert answer.json == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 2",
        "parameters": {"retry_after": 2},
    }
    assert ada.answers() == []
    assert bot.call("sendPhoto", chat_id=ada.id, photo=jpeg())


def test_faults_are_used_up_one_by_one(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.faults.add("getMe", status=500, times=2)
    assert [bot.answer("getMe").status for _ in range(3)] == [500, 500, 200]
    assert sandbox.faults.left("getMe") == 0


def test_faults_of_one_method_leave_others_alone(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.faults.add("sendPhoto", status=500)
    assert bot.call("getMe")
    assert sandbox.faults.left("sendPhoto") == 1
    sandbox.faults.clear()
    assert sandbox.faults.left("sendPhoto") == 0


def test_a_description_of_its_own(sandbox: Sandbox, bot: Bot, ada: Chat) -> None:
    blocked = "Forbidden: bot was blocked by the user"
    sandbox.faults.add("sendMessage", status=403, description=blocked)
    answer = bot.answer("sendMessage", chat_id=ada.id, text="x")
    assert (answer.status, answer.json["description"]) == (403, blocked)


def test_a_delay_comes_before_the_answer(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.faults.add("getMe", delay=0.3)
    began = time.monotonic()
    assert bot.call("getMe")
    assert time.monotonic() - began >= 0.3


def test_a_lost_answer_has_its_effect(sandbox: Sandbox, bot: Bot, ada: Chat) -> None:
    sandbox.faults.add("sendMessage", status=502, after=True)
    assert bot.answer("sendMessage", chat_id=ada.id, text="once").status == 502
    assert [answer["text"] for answer in ada.answers()] == ["once"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_who_hangs_up_says_nothing(sandbox: Sandbox, bot: Bot, ada: Chat, after: bool) -> None:
    sandbox.faults.hang_up("sendMessage", after=after)
    with pytest.raises(RemoteDisconnected):
        bot.answer("sendMessage", chat_id=ada.id, text="heard")
    assert [answer["text"] for answer in ada.answers()] == ["heard"] * after
    assert bot.call("sendMessage", chat_id=ada.id, text="again")


def test_downloads_fail_too(sandbox: Sandbox, bot: Bot, ada: Chat) -> None:
    file_id = ada.send_photo(jpeg())["photo"][0]["file_id"]
    url = f"{bot.file_root}/{bot.call('getFile', file_id=file_id)['file_path']}"
    sandbox.faults.add("file", status=500)
    assert [fetch(url).status for _ in range(2)] == [500, 200]


def test_a_fault_that_could_never_happen_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="sendFoto"):
        sandbox.faults.add("sendFoto", status=500)
    with pytest.raises(ValueError, match="status"):
        sandbox.faults.add("sendPhoto")
    with pytest.raises(ValueError, match="sendFoto"):
        sandbox.faults.hang_up("sendFoto")


def test_calls_are_recorded_without_bytes(sandbox: Sandbox, bot: Bot, ada: Chat) -> None:
    photo = jpeg()
    before = time.monotonic()
    bot.call("sendphoto", chat_id=ada.id, photo=photo, caption="hi")
    [call] = sandbox.telegram.calls("sendPhoto")
    assert call.parameters == {
        "chat_id": str(ada.id),
        "caption": "hi",
        "photo": f"<{len(photo)} bytes>",
    }
    assert before <= call.at <= time.monotonic()
    assert [call.method for call in sandbox.telegram.calls()] == ["sendPhoto"]
    with pytest.raises(TimeoutError, match="1 of 2"):
        sandbox.telegram.wait_for_calls("sendPhoto", 2, timeout=0.01)
