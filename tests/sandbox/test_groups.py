"""Groups, and what else people do: albums, forwards, edits, deletions, and doors closed."""

from typing import Any

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot
from tests.sandbox.pictures import jpeg


@pytest.fixture
def bob(sandbox: Sandbox) -> Chat:
    return sandbox.telegram.user("Bob", language_code="de")


@pytest.fixture
def group(sandbox: Sandbox, ada: Chat, bob: Chat) -> Chat:
    return sandbox.telegram.group("Twins", ada, bob)


def received(bot: Bot, kind: str = "message") -> list[dict[str, Any]]:
    return [update[kind] for update in bot.call("getUpdates") if kind in update]


def test_every_member_is_heard(bot: Bot, group: Chat, ada: Chat, bob: Chat) -> None:
    assert bot.call("getUpdates") == []
    question = group.send_photo(jpeg(), by=ada)
    group.send_text("/match@StarTwinSandboxBot @ada_l", by=bob, reply_to=question["message_id"])
    photo, command = received(bot)
    assert photo["chat"] == {"id": group.id, "title": "Twins", "type": "group"}
    assert group.id < 0
    assert (photo["from"]["id"], command["from"]["id"]) == (ada.id, bob.id)
    assert command["reply_to_message"] == photo
    assert [entity["type"] for entity in command["entities"]] == ["bot_command", "mention"]
    sent = bot.call("sendMessage", chat_id=group.id, text="hi")
    assert group.wait_for_answers(1, timeout=1) == [sent]
    assert ada.answers() == []


def test_strangers_and_missing_messages(sandbox: Sandbox, group: Chat) -> None:
    with pytest.raises(ValueError, match="Eve is no member"):
        group.send_text("hello", by=sandbox.telegram.user("Eve"))
    with pytest.raises(ValueError, match="no message 99 to reply to"):
        group.send_text("hello", reply_to=99)


def test_an_album_is_one_update_a_photo(bot: Bot, ada: Chat) -> None:
    ada.send_album([jpeg(100, 100), jpeg(200, 100), jpeg(300, 100)], caption="us")
    ada.send_album([jpeg()])
    *album, single = received(bot)
    assert [message["photo"][-1]["width"] for message in album] == [100, 200, 300]
    assert [message.get("caption") for message in album] == ["us", None, None]
    assert len({message["media_group_id"] for message in album}) == 1
    assert "media_group_id" not in single
    with pytest.raises(ValueError, match="1 to 10"):
        ada.send_album([])


def test_an_album_mixes_no_photos_and_files(bot: Bot, ada: Chat) -> None:
    ada.send_album([jpeg(), b"words", jpeg()])
    first, file, last = received(bot)
    assert first["media_group_id"] == last["media_group_id"]
    assert "media_group_id" not in file


def test_forwards_name_their_author(bot: Bot, ada: Chat, bob: Chat) -> None:
    original = bob.send_photo(jpeg(), caption="me")
    once = ada.forward(original)
    ada.forward(original, hidden=True)
    ada.forward(once)
    _, open_, hidden, again = received(bot)
    assert open_["photo"] == original["photo"]
    assert open_["caption"] == "me"
    assert open_["from"]["id"] == ada.id
    assert open_["forward_from"]["id"] == bob.id
    assert open_["forward_date"] == original["date"]
    assert hidden["forward_sender_name"] == "Bob"
    assert "forward_from" not in hidden
    assert again["forward_from"]["id"] == bob.id


def test_edits_are_updates(bot: Bot, ada: Chat) -> None:
    photo = ada.send_photo(jpeg(), caption="one")
    text = ada.send_text("three")
    ada.edit_caption(photo["message_id"], "two @someone")
    ada.edit_text(text["message_id"], "four")
    first, second = received(bot, "edited_message")
    assert first["photo"] == photo["photo"]
    assert first["caption"] == "two @someone"
    assert first["caption_entities"][0]["type"] == "mention"
    assert first["edit_date"] >= first["date"]
    assert (second["message_id"], second["text"]) == (text["message_id"], "four")
    assert ada.message(text["message_id"]) == second
    answer = bot.call("sendMessage", chat_id=ada.id, text="x")
    with pytest.raises(ValueError, match="own messages"):
        ada.edit_text(answer["message_id"], "y")


def test_stickers_and_voice(bot: Bot, ada: Chat) -> None:
    ada.send_sticker("😎")
    ada.send_voice(seconds=7)
    sticker, voice = received(bot)
    assert sticker["sticker"]["emoji"] == "😎"
    assert voice["voice"]["duration"] == 7
    assert bot.call("getFile", file_id=voice["voice"]["file_id"])["file_path"]


def test_a_deleted_message_cannot_be_answered(bot: Bot, ada: Chat) -> None:
    message = ada.send_text("oops")
    ada.delete(message["message_id"])
    call = {"chat_id": ada.id, "text": "x", "reply_to_message_id": message["message_id"]}
    assert bot.refusal("sendMessage", **call) == "Bad Request: message to be replied not found"
    sent = bot.call("sendMessage", **call, allow_sending_without_reply=True)
    assert "reply_to_message" not in sent
    with pytest.raises(ValueError, match="no message"):
        ada.delete(message["message_id"])


def test_a_group_becomes_a_supergroup(sandbox: Sandbox, bot: Bot, group: Chat) -> None:
    new = sandbox.telegram.upgrade(group)
    assert str(new.id).startswith("-100")
    to, from_ = received(bot)
    assert (to["chat"]["id"], to["migrate_to_chat_id"]) == (group.id, new.id)
    assert (from_["chat"]["id"], from_["migrate_from_chat_id"]) == (new.id, group.id)
    assert from_["chat"]["type"] == "supergroup"
    answer = bot.answer("sendPhoto", chat_id=group.id, photo=jpeg())
    assert answer.status == 400
    assert answer.json["parameters"] == {"migrate_to_chat_id": new.id}
    assert answer.json["description"] == (
        "Bad Request: group chat was upgraded to a supergroup chat"
    )
    assert bot.call("sendMessage", chat_id=new.id, text="here")
    for other in (group, new, sandbox.telegram.page_chat):
        with pytest.raises(ValueError, match="only once"):
            sandbox.telegram.upgrade(other)


def test_a_group_without_people_is_none(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="at least one member"):
        sandbox.telegram.group("Nobody")


def test_a_bot_that_was_removed(sandbox: Sandbox, bot: Bot, group: Chat, bob: Chat) -> None:
    group.remove_bot(by=bob)
    [change] = received(bot, "my_chat_member")
    assert change["from"]["id"] == bob.id
    assert change["old_chat_member"]["status"] == "member"
    assert change["new_chat_member"]["status"] == "kicked"
    group.send_text("among ourselves")
    assert [message.get("text") for message in received(bot)] == [None]
    answer = bot.answer("sendMessage", chat_id=group.id, text="but")
    assert answer.status == 403
    assert answer.json["description"] == "Forbidden: bot was kicked from the group chat"
    group.add_bot()
    assert received(bot)[-1]["new_chat_members"][0]["is_bot"]
    assert bot.call("sendMessage", chat_id=group.id, text="thanks")
    supergroup = sandbox.telegram.upgrade(group)
    supergroup.remove_bot()
    answer = bot.answer("sendChatAction", chat_id=supergroup.id, action="typing")
    assert answer.json["description"] == "Forbidden: bot was kicked from the supergroup chat"


def test_a_bot_that_was_blocked(bot: Bot, ada: Chat) -> None:
    ada.remove_bot()
    assert received(bot) == []
    answer = bot.answer("sendPhoto", chat_id=ada.id, photo=jpeg())
    assert (answer.status, answer.json["description"]) == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    ada.add_bot()
    statuses = [c["new_chat_member"]["status"] for c in received(bot, "my_chat_member")]
    assert statuses == ["kicked", "member"]
    assert bot.call("sendMessage", chat_id=ada.id, text="thanks")
