"""The conversation: cards, buttons, commands, albums, languages."""

import io
import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from startwin.chat.turns import MOST_WAITING
from startwin.face import FaceEngine
from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from startwin.sandbox.objects import JsonObject
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, PHOTOS, encoded, wait_until
from tests.end_to_end.conftest import Start, connected

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()
OBAMA = (PHOTOS / "Barack Obama.jpg").read_bytes()
STARS = len(list(PHOTOS.iterdir()))


@pytest.fixture
def chat(sandbox: Sandbox, bot: BotProcess) -> Chat:
    assert bot.process.poll() is None
    return sandbox.telegram.user("Ada")


def answer(chat: Chat, number: int = 1) -> JsonObject:
    return chat.wait_for_answers(number, DEADLINE)[number - 1]


def headline(message: JsonObject) -> str:
    return str(message["caption"]).split("\n")[0]


def labels(message: JsonObject) -> list[str]:
    return [button["text"] for row in message["reply_markup"]["inline_keyboard"] for button in row]


def picture(sandbox: Sandbox, message: JsonObject) -> Image.Image:
    data = sandbox.telegram.file_bytes(message["photo"][-1]["file_id"])
    return Image.open(io.BytesIO(data)).convert("RGB")


def couple() -> bytes:
    """Barack Obama, larger, on the right; Grace Hopper on the left."""
    scene = Image.new("RGB", (1300, 800), "grey")
    scene.paste(Image.open(io.BytesIO(HOPPER)).convert("RGB").resize((360, 450)), (40, 300))
    scene.paste(Image.open(io.BytesIO(OBAMA)).convert("RGB").resize((640, 800)), (600, 0))
    return encoded(scene, "JPEG", quality=92)


def test_card_shows_both_faces(chat: Chat, sandbox: Sandbox, engine: FaceEngine) -> None:
    collins = (PHOTOS / "Eileen Collins.jpg").read_bytes()
    chat.send_photo(collins)
    card = picture(sandbox, answer(chat))
    left, right = sorted(engine.faces(np.asarray(card)), key=lambda face: face.box[0])[:2]
    (original,) = engine.read(collins)
    for face in (left, right):
        assert np.linalg.norm(face.embedding - original.embedding) < 0.4
    assert left.box[2] < card.width / 2 + 20 < right.box[2]


def test_next_look_alikes_replace_the_card_in_place(chat: Chat, sandbox: Sandbox) -> None:
    chat.send_photo(HOPPER)
    first = answer(chat)
    captions = [headline(first)]
    for edits in range(1, 5):
        shown = chat.message(first["message_id"])
        press = chat.press(first["message_id"], labels(shown)[0])
        captions.append(headline(chat.wait_for_edit(first["message_id"], DEADLINE, edits)))
        assert press.wait(DEADLINE).text == ""
    assert len(set(captions)) == 5
    assert len(chat.answers()) == 1
    last = chat.message(first["message_id"])
    assert labels(last)[0] == "Back to the first"
    before = picture(sandbox, last)
    chat.press(first["message_id"], "Back to the first")
    back = chat.wait_for_edit(first["message_id"], DEADLINE, 5)
    assert headline(back) == captions[0]
    assert picture(sandbox, back).tobytes() != before.tobytes()


def test_other_faces_have_buttons_from_the_left(chat: Chat) -> None:
    chat.send_photo(couple())
    first = answer(chat)
    assert "Barack Obama" in headline(first)
    assert "Face 1 from the left" in labels(first)
    chat.press(first["message_id"], "Face 1 from the left")
    second = chat.wait_for_edit(first["message_id"], DEADLINE)
    assert "Grace Hopper" in headline(second)
    assert "Face 2 from the left" in labels(second)


def test_buttons_work_after_a_restart(start: Start) -> None:
    with Sandbox() as sandbox:
        bot = start(**connected(sandbox))
        chat = sandbox.telegram.user("Ada")
        chat.send_photo(HOPPER)
        first = answer(chat)
        assert bot.stop() == 0
        chat.press(first["message_id"], labels(first)[0])
        start(**connected(sandbox))
        assert headline(chat.wait_for_edit(first["message_id"], DEADLINE)) != headline(first)


def test_press_on_what_is_gone_is_answered_kindly(chat: Chat) -> None:
    sent = chat.send_photo(HOPPER)
    first = answer(chat)
    chat.delete(sent["message_id"])
    toast = chat.press(first["message_id"], labels(first)[0]).wait(DEADLINE)
    assert toast.alert
    assert "can't see that photo" in toast.text


def test_share_is_a_link(chat: Chat, bot: BotProcess) -> None:
    assert bot.process.poll() is None
    chat.send_photo(HOPPER)
    last = answer(chat)["reply_markup"]["inline_keyboard"][-1][-1]
    assert last["url"].startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2F")


def test_album_is_answered_photo_by_photo_in_order(chat: Chat) -> None:
    sent = chat.send_album([HOPPER, OBAMA] * 5)
    answers = chat.wait_for_answers(10, DEADLINE)
    assert [each["reply_to_message"]["message_id"] for each in answers] == [
        message["message_id"] for message in sent
    ]
    assert [("Hopper" in headline(each)) for each in answers] == [True, False] * 5


def test_flood_gets_one_notice_and_leaves_others_alone(start: Start) -> None:
    with Sandbox() as sandbox:
        start(**connected(sandbox))
        sandbox.faults.add(method="file", delay=5)  # the first photo's, so that the others wait
        flooder, other = sandbox.telegram.user("Flo"), sandbox.telegram.user("Ada")
        for _ in range(MOST_WAITING + 4):
            flooder.send_photo(HOPPER)
        other.send_photo(HOPPER)
        assert "Grace Hopper" in headline(answer(other))
        came = flooder.wait_for_answers(1 + MOST_WAITING, DEADLINE)
        assert sum("a lot at once" in str(each.get("text")) for each in came) == 1
        assert sum("Grace Hopper" in str(each.get("caption")) for each in came) == MOST_WAITING
        flooder.send_photo(HOPPER)
        assert "Grace Hopper" in headline(answer(flooder, 2 + MOST_WAITING))


def test_me_takes_the_profile_photo_and_so_do_its_buttons(chat: Chat) -> None:
    chat.send_text("/me")
    assert "can't see a profile photo" in str(answer(chat)["text"])
    chat.add_profile_photo(OBAMA)
    sent = chat.send_text("/me")
    card = answer(chat, 2)
    assert "Barack Obama" in headline(card)
    assert card["reply_to_message"]["message_id"] == sent["message_id"]
    chat.press(card["message_id"], labels(card)[0])
    assert "Barack Obama" not in headline(chat.wait_for_edit(card["message_id"], DEADLINE))


def test_match_takes_the_photo_that_it_replies_to(chat: Chat) -> None:
    sent = chat.send_photo(HOPPER)
    answer(chat)
    chat.send_text("/match", reply_to=sent["message_id"])
    assert answer(chat, 2)["reply_to_message"]["message_id"] == sent["message_id"]
    chat.send_text("/match")
    assert "Reply with /match" in str(answer(chat, 3)["text"])


def test_first_one_discovers_and_stats_count(start: Start, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        start(**connected(sandbox), DATA_DIR=str(tmp_path / "kept"))
        ada, ben = sandbox.telegram.user("Ada Lovelace"), sandbox.telegram.user("Ben")
        ada.send_text("/stats")
        assert f"0 of {STARS}" in str(answer(ada)["text"])
        ada.send_photo(HOPPER)
        assert "first to discover Grace Hopper" in str(answer(ada, 2)["caption"])
        ben.send_photo(HOPPER)
        assert "first to discover" not in str(answer(ben)["caption"])
        ada.send_text("/stats")
        told = str(answer(ada, 3)["text"])
        assert f"1 of {STARS}" in told
        assert "Found by you: 1. Photos of yours that I answered: 1." in told
        ada.send_text("/privacy")
        offer = answer(ada, 4)
        toast = ada.press(offer["message_id"], "Delete my counts").wait(DEADLINE)
        assert "deleted" in toast.text
        ada.send_text("/stats")
        told = str(answer(ada, 5)["text"])
        assert f"1 of {STARS}" in told
        assert "not found any" in told
        with sqlite3.connect(tmp_path / "kept" / "discoveries.sqlite") as database:
            kept = "\n".join(database.iterdump())
        assert "Ada" not in kept
        assert str(ada.person.id) not in kept
        assert str(ben.person.id) in kept


def test_russian_is_spoken_to_who_speaks_it(sandbox: Sandbox, bot: BotProcess) -> None:
    assert bot.process.poll() is None
    chat = sandbox.telegram.user("Аня", language_code="ru")
    chat.send_photo(HOPPER)
    card = answer(chat)
    assert headline(card) == "Вы и Grace Hopper похожи на 100%"
    assert labels(card)[0] == "Следующий двойник"
    languages = {
        call.parameters.get("language_code", ""): json.loads(call.parameters["commands"])
        for call in sandbox.telegram.calls("setMyCommands")
    }
    assert set(languages) == {"", "en", "ru"}
    assert languages["ru"][0]["description"] == "С чего начать"


def test_only_one_hint_for_what_is_no_photo(chat: Chat) -> None:
    chat.send_sticker()
    chat.send_voice()
    chat.send_text("hello?")
    chat.send_photo(HOPPER)
    hint, card = chat.wait_for_answers(2, DEADLINE)
    assert "I only understand photos" in str(hint["text"])
    assert "Grace Hopper" in headline(card)


def test_edited_caption_is_ignored_and_forwarded_photos_are_not(chat: Chat) -> None:
    sent = chat.send_photo(HOPPER)
    answer(chat)
    chat.edit_caption(sent["message_id"], "look!")
    chat.forward(sent)
    assert "Grace Hopper" in headline(answer(chat, 2))
    assert len(chat.answers()) == 2


def test_long_wait_is_apologised_for_once_a_chat(chat: Chat, bot: BotProcess) -> None:
    assert bot.process.poll() is None
    chat.age = 2 * 3600
    chat.send_photo(HOPPER)
    chat.send_photo(OBAMA)
    first, second = chat.wait_for_answers(2, DEADLINE)
    assert headline(first).startswith("I was away for a while")
    assert "Barack Obama" in headline(second)


def test_action_is_renewed_while_the_answer_takes_long(start: Start) -> None:
    with Sandbox() as sandbox:
        start(**connected(sandbox))
        sandbox.faults.add(method="file", delay=6)
        chat = sandbox.telegram.user("Ada")
        chat.send_photo(HOPPER)
        answer(chat)
        assert len(sandbox.telegram.calls("sendChatAction")) >= 2


def test_user_who_blocks_the_bot_is_let_go(sandbox: Sandbox, bot: BotProcess) -> None:
    chat = sandbox.telegram.user("Ada")
    before = len(sandbox.telegram.calls("sendChatAction"))
    sandbox.faults.add(method="file", delay=1)
    chat.send_photo(HOPPER)
    sandbox.telegram.wait_for_calls("sendChatAction", before + 1, DEADLINE)
    chat.remove_bot()
    wait_until(lambda: "not wanted any more" in bot.printed)
    assert bot.process.poll() is None
