"""Photos through the running bot: what comes back."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from startwin.sandbox.objects import JsonObject
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, PHOTOS, encoded

HOPPER = PHOTOS / "Grace Hopper.jpg"


@pytest.fixture
def chat(sandbox: Sandbox, bot: BotProcess) -> Chat:
    assert bot.process.poll() is None
    return sandbox.telegram.user("Ada")


def hopper() -> Image.Image:
    return Image.open(HOPPER).convert("RGB")


def only_answer(chat: Chat) -> JsonObject:
    (answer,) = chat.wait_for_answers(1, DEADLINE)
    return answer


@pytest.mark.parametrize("path", sorted(PHOTOS.iterdir()), ids=lambda path: path.stem)
def test_shipped_photo_comes_back_as_itself(path: Path, chat: Chat, sandbox: Sandbox) -> None:
    sent = chat.send_photo(path.read_bytes(), file_name=path.name)
    answer = only_answer(chat)
    assert str(answer["caption"]).split("\n")[0] == f"You and {path.stem} are 100% alike"
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]
    (link,) = answer["caption_entities"]
    alias = path.stem.lower().replace(" ", "-")
    assert link["url"] == f"https://example.org/person/{alias}"
    largest = answer["photo"][-1]
    assert Image.open(io.BytesIO(sandbox.telegram.file_bytes(largest["file_id"]))).format == "JPEG"


@pytest.mark.parametrize(
    "picture",
    [
        encoded(hopper().convert("L")),
        encoded(hopper().convert("RGBA")),
        encoded(hopper().convert("P")),
        encoded(hopper().convert("CMYK"), "JPEG", quality=92),
        encoded(Image.fromarray(np.asarray(hopper().convert("L"), dtype=np.uint16) * 257)),
    ],
    ids=["grey", "RGBA", "palette", "CMYK", "16-bit"],
)
@pytest.mark.parametrize("as_file", [False, True], ids=["photo", "file"])
def test_any_kind_of_picture_is_read(picture: bytes, as_file: bool, chat: Chat) -> None:
    chat.send_photo(picture, as_file=as_file, file_name="picture.png")
    assert "Grace Hopper" in str(only_answer(chat)["caption"])


@pytest.mark.parametrize("as_file", [False, True], ids=["photo", "file"])
def test_phone_photo_on_its_side(as_file: bool, chat: Chat) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = hopper().transpose(Image.Transpose.ROTATE_90)
    chat.send_photo(encoded(lying, "JPEG", exif=exif, quality=95), as_file=as_file)
    assert "Grace Hopper" in str(only_answer(chat)["caption"])


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (encoded(Image.new("RGB", (640, 480), "skyblue")), "sky.png", "can't find a face"),
        (b"name;alias\nGrace;grace\n" * 30, "photo.jpg", "not a picture"),
        (HOPPER.read_bytes()[:9000], "photo.jpg", "damaged or not complete"),
        (encoded(Image.new("1", (13_000, 13_000))), "bomb.png", "too large"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(3000), "IMG_1.HEIC", "can't open pictures of this"),
        (encoded(Image.new("RGB", (9, 9))), "dot.png", "too small"),
    ],
    ids=["no face", "text", "truncated", "bomb", "HEIC", "tiny"],
)
def test_what_is_no_photo_of_a_face_gets_a_kind_sentence(
    data: bytes, name: str, words: str, chat: Chat, bot: BotProcess
) -> None:
    sent = chat.send_photo(data, file_name=name)
    answer = only_answer(chat)
    assert words in str(answer["text"])
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]
    chat.send_photo(HOPPER.read_bytes())
    assert "Grace Hopper" in chat.wait_for_answers(2, DEADLINE)[1]["caption"]
    assert bot.process.poll() is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/start", "Send me a photo of a face"),
        ("/help", "What the percentage means"),
        ("hello?", "I only understand photos"),
    ],
)
def test_texts(text: str, words: str, chat: Chat) -> None:
    chat.send_text(text)
    assert words in str(only_answer(chat)["text"])


def test_commands_are_registered_with_telegram(sandbox: Sandbox, bot: BotProcess) -> None:
    assert bot.process.poll() is None
    for call in sandbox.telegram.calls("setMyCommands"):
        announced = [command["command"] for command in json.loads(call.parameters["commands"])]
        assert announced == ["start", "help", "me", "match", "stats", "privacy"]


def test_chat_action_is_shown_before_the_answer(chat: Chat, sandbox: Sandbox) -> None:
    chat.send_photo(HOPPER.read_bytes())
    only_answer(chat)
    mine = [
        call.method
        for call in sandbox.telegram.calls()
        if call.parameters.get("chat_id") == str(chat.id)
    ]
    assert mine == ["sendChatAction", "sendPhoto"]


def test_photos_of_one_chat_are_all_answered(chat: Chat) -> None:
    sent = [chat.send_photo(HOPPER.read_bytes())["message_id"] for _ in range(4)]
    answers = chat.wait_for_answers(4, DEADLINE)
    assert sorted(a["reply_to_message"]["message_id"] for a in answers) == sent
