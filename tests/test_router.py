"""startwin.chat.requests.router: what updates ask for, and what is remembered of it."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from telegram import Bot, Update

from startwin.chat.requests.request import Kind, Request
from startwin.chat.requests.router import Router
from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from startwin.sandbox.telegram import BOT


class Asked:
    """Somebody's updates, and what they ask for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.telegram = sandbox.telegram
        self.bot = Bot(sandbox.token, base_url=f"{sandbox.url}/bot")
        self.bot.get_me()
        self.chat: Chat = self.telegram.user("Ada", "ru", username="ada")
        self.group: Chat = self.telegram.group("Friends", self.chat)
        self.router = Router(str(self.bot.username))

    def raw(self) -> list[dict[str, Any]]:
        updates = self.telegram.updates.fetch(0, 100, 0, lambda: False)
        self.telegram.updates.clear()
        return updates

    def requests(self) -> list[Request | None]:
        updates = [Update.de_json(raw, self.bot) for raw in self.raw()]
        return [self.router.request(update) for update in updates if update]

    def kinds(self) -> list[Kind | None]:
        return [request.kind if request else None for request in self.requests()]


@pytest.fixture
def asked() -> Iterator[Asked]:
    with Sandbox() as sandbox:
        asked = Asked(sandbox)
        yield asked
        asked.bot.request.stop()


def test_photo_is_remembered_by_its_largest_size_and_by_nothing_written(
    asked: Asked, hopper: bytes
) -> None:
    message = asked.chat.send_photo(hopper, "My secret caption")
    (request,) = asked.requests()
    assert request is not None
    assert request.kind is Kind.PHOTO
    assert request.chat == request.user == asked.chat.id
    assert request.message == request.reply_to == message["message_id"]
    assert request.language == "ru"
    assert request.sent == message["date"]
    assert request.file == message["photo"][-1]["file_id"]
    kept = [str(getattr(request, field.name)) for field in fields(request)]
    assert not any("secret" in each or "ada" in each.casefold() for each in kept)


def test_commands(asked: Asked) -> None:
    for text in ("/start", f"/help@{BOT.username}", "/Stats", "/privacy now", "/help@OtherBot"):
        asked.chat.send_text(text)
    kinds = [Kind.START, Kind.HELP, Kind.STATS, Kind.PRIVACY, Kind.HINT]
    assert asked.kinds() == kinds


def test_me_is_about_its_sender_and_match_about_the_photo(asked: Asked, hopper: bytes) -> None:
    photo = asked.chat.send_photo(hopper)
    asked.chat.send_text("/me")
    asked.chat.send_text("/match", reply_to=photo["message_id"])
    asked.chat.send_text("/match")
    _, me, match, nothing = asked.requests()
    assert me is not None
    assert match is not None
    assert nothing is not None
    assert (me.kind, me.owner, me.file) == (Kind.ME, asked.chat.id, None)
    assert (match.kind, match.file) == (Kind.MATCH, photo["photo"][-1]["file_id"])
    assert match.reply_to == photo["message_id"] != match.message
    assert (nothing.file, nothing.owner) == (None, None)


def test_in_groups_only_what_is_meant(asked: Asked, hopper: bytes) -> None:
    asked.group.send_photo(hopper)
    asked.group.send_text("talk")
    asked.group.send_photo(hopper, f"@{BOT.username}")
    asked.group.send_text("/stats")
    assert asked.kinds() == [None, None, Kind.PHOTO, Kind.STATS]


def test_album_goes_on_after_a_restart(asked: Asked, hopper: bytes) -> None:
    asked.group.send_album([hopper] * 3, f"@{BOT.username}")
    first, *rest = [Update.de_json(raw, asked.bot) for raw in asked.raw()]
    assert first is not None
    request = asked.router.request(first)
    assert request is not None
    assert request.album is not None
    stranger = Router(str(asked.bot.username))
    after_restart = Router(str(asked.bot.username), [request.album])
    for update in rest:
        assert update is not None
        assert stranger.request(update) is None
        assert after_restart.request(update) is not None


def test_being_thrown_out(asked: Asked) -> None:
    asked.chat.remove_bot()
    asked.chat.add_bot()
    assert asked.kinds() == [Kind.LEFT, None]


def test_what_others_do_asks_for_nothing(asked: Asked, hopper: bytes) -> None:
    photo = asked.chat.send_photo(hopper)
    asked.raw()
    asked.chat.edit_caption(photo["message_id"], "edited")
    assert asked.kinds() in ([], [None])
