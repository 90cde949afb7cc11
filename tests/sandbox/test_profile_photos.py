"""getUserProfilePhotos, and how people get such photos."""

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from startwin.sandbox.photos import NotAPhoto
from tests.sandbox.client import Bot, fetch, multipart
from tests.sandbox.pictures import decoded, jpeg


def test_nobody_has_one_at_first(bot: Bot, ada: Chat) -> None:
    assert bot.call("getUserProfilePhotos", user_id=ada.id) == {"total_count": 0, "photos": []}


def test_the_newest_comes_first_and_can_be_fetched(bot: Bot, ada: Chat) -> None:
    ada.add_profile_photo(jpeg(900, 600))
    older = bot.call("getUserProfilePhotos", user_id=ada.id)["photos"][0]
    ada.add_profile_photo(jpeg(400, 800))
    found = bot.call("getUserProfilePhotos", user_id=ada.id)
    assert found["total_count"] == 2
    assert found["photos"][1] == older
    assert [size["width"] for size in found["photos"][0]] == [160, 320, 640]
    path = bot.call("getFile", file_id=found["photos"][0][-1]["file_id"])["file_path"]
    assert decoded(fetch(f"{bot.file_root}/{path}").body).size == (640, 640)
    last = bot.call("getUserProfilePhotos", user_id=ada.id, offset=1, limit=1)
    assert last == {"total_count": 2, "photos": [older]}
    assert len(bot.call("getUserProfilePhotos", user_id=ada.id, limit=1)["photos"]) == 1


def test_who_is_nobody(bot: Bot, ada: Chat) -> None:
    assert bot.refusal("getUserProfilePhotos", user_id=1) == "Bad Request: user not found"
    with pytest.raises(NotAPhoto):
        ada.add_profile_photo(b"words")


def test_the_page_sets_and_removes_one(sandbox: Sandbox, bot: Bot) -> None:
    friend = sandbox.telegram.page_people[1]
    url = f"{sandbox.url}/chat/profile-photo"

    def send(data: bytes | None) -> int:
        files = {} if data is None else {"file": ("me.jpg", data)}
        body, content_type = multipart({"as": str(friend.id)}, files)
        return fetch(url, body, {"Content-Type": content_type}).status

    def total() -> int:
        return int(bot.call("getUserProfilePhotos", user_id=friend.id)["total_count"])

    assert (send(jpeg()), total()) == (200, 1)
    people = fetch(f"{sandbox.url}/chat/news").json["people"]
    assert [bool(person["photo"]) for person in people] == [False, True]
    assert (send(b"words"), total()) == (400, 1)
    assert (send(None), total()) == (200, 0)
