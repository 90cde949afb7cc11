"""startwin.chat.requests.inbox: what is asked outlives the bot, and is answered once."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from startwin.chat.requests import inbox as inboxes
from startwin.chat.requests.inbox import Inbox
from startwin.chat.requests.request import Kind, Request
from startwin.errors import SettingsError

PHOTO = Request(
    update=730_512_001,
    kind=Kind.PHOTO,
    chat=-1_002_100_000_001,
    message=5,
    user=7_000_000_001,
    language="ru",
    sent=1_790_000_000,
    file="AgACAgIAAxkBAAIB",
    reply_to=5,
    album="13",
)
PRESS = Request(
    update=730_512_002,
    kind=Kind.PRESS,
    chat=7_000_000_001,
    message=6,
    user=7_000_000_001,
    language=None,
    owner=7_000_000_001,
    callback="9000",
    data="see 0 1",
)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with closing(Inbox(tmp_path)) as inbox:
        yield inbox


def reopened(folder: Path) -> Inbox:
    """What the next bot opens when this one is gone: the first one's file is not closed."""
    return Inbox(folder)


def test_what_is_not_done_is_there_after_a_kill_oldest_first(inbox: Inbox, tmp_path: Path) -> None:
    third = replace(PHOTO, update=PHOTO.update + 2)
    assert inbox.add([third, PRESS, PHOTO]) == [third, PRESS, PHOTO]
    with closing(reopened(tmp_path)) as after:
        assert after.unfinished() == [PHOTO, PRESS, third]
        after.done(PRESS)
    with closing(reopened(tmp_path)) as after:
        assert after.unfinished() == [PHOTO, third]


def test_update_that_comes_again_is_no_new_one(inbox: Inbox, tmp_path: Path) -> None:
    assert inbox.add([PHOTO, PHOTO]) == [PHOTO]
    assert inbox.add([PHOTO, PRESS]) == [PRESS]
    inbox.done(PHOTO)
    with closing(reopened(tmp_path)) as after:
        assert after.add([PHOTO, PRESS]) == []
        assert after.unfinished() == [PRESS]


def test_updates_are_not_remembered_for_ever(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "SEEN", 10)
    many = [replace(PHOTO, update=update) for update in range(1, 31)]
    for request in many:
        inbox.add([request])
        inbox.done(request)
    assert inbox.add(many[-10:]) == []
    assert inbox.add(many[:3]) == many[:3]  # Telegram's numbers may begin anew


def test_send_under_way_at_a_kill_is_counted_and_told(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox.add([PHOTO, PRESS])
    inbox.begin_send(PHOTO)
    with closing(reopened(tmp_path)) as after:
        assert after.unfinished() == [PHOTO, PRESS]
        assert after.uncertain() == 1
        assert after.unfinished() == [PHOTO, PRESS]
        assert after.uncertain() == 1
    assert capsys.readouterr().out.count(str(PHOTO.update)) == 1


def test_send_that_did_not_arrive_is_not_counted(inbox: Inbox, tmp_path: Path) -> None:
    inbox.add([PHOTO])
    inbox.begin_send(PHOTO)
    inbox.not_sent(PHOTO)
    with closing(reopened(tmp_path)) as after:
        after.unfinished()
        assert after.uncertain() == 0


def test_send_that_may_have_arrived_is_counted_once(inbox: Inbox, tmp_path: Path) -> None:
    inbox.add([PHOTO])
    for count in (1, 2):
        inbox.begin_send(PHOTO)
        inbox.may_be_sent(PHOTO)
        assert inbox.uncertain() == count
    with closing(reopened(tmp_path)) as after:
        after.unfinished()
        assert after.uncertain() == 2


def test_deaths_of_workers_are_remembered(inbox: Inbox, tmp_path: Path) -> None:
    inbox.add([PHOTO, PRESS])
    assert inbox.note_death(PHOTO) == 1
    with closing(reopened(tmp_path)) as after:
        assert after.note_death(PHOTO) == 2
        assert after.note_death(PRESS) == 1


def test_full_disk_is_told_and_what_is_done_is_deleted_later(inbox: Inbox, tmp_path: Path) -> None:
    inbox.add([PHOTO])
    other = sqlite3.connect(tmp_path / "inbox.sqlite", isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            inbox.add([PRESS])
        assert not inbox.is_writable()
        inbox.done(PHOTO)
        other.execute("ROLLBACK")
        assert other.execute("SELECT count(*) FROM requests").fetchone() == (1,)
        assert inbox.add([PRESS]) == [PRESS]
        assert inbox.is_writable()
        inbox.done(PRESS)
        assert other.execute("SELECT count(*) FROM requests").fetchone() == (0,)


def test_there_is_room_until_there_is_not(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "MOST", 2)
    inbox.add([PHOTO])
    assert inbox.has_room()
    inbox.add([PRESS])
    assert not inbox.has_room()
    inbox.done(PHOTO)
    assert inbox.has_room()


def test_file_is_its_owners_and_holds_nothing_of_what_is_done(tmp_path: Path) -> None:
    with closing(Inbox(tmp_path)) as inbox:
        inbox.add([PHOTO])
        for file in tmp_path.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        inbox.done(PHOTO)
    kept = (tmp_path / "inbox.sqlite").read_bytes()
    assert PHOTO.file is not None
    assert PHOTO.file.encode() not in kept
    assert [file.name for file in tmp_path.iterdir()] == ["inbox.sqlite"]


def test_answer_that_arrives_after_the_end_disturbs_nobody(tmp_path: Path) -> None:
    with closing(Inbox(tmp_path)) as inbox:
        inbox.add([PHOTO])
    inbox.done(PHOTO)


def test_readable_file_of_before_becomes_the_owners(tmp_path: Path) -> None:
    (tmp_path / "inbox.sqlite").touch(0o666)
    with closing(Inbox(tmp_path)):
        assert stat.S_IMODE((tmp_path / "inbox.sqlite").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "change",
    ["ALTER TABLE requests ADD COLUMN more", "UPDATE requests SET kind = 'video'"],
)
def test_file_of_another_version_is_left_alone(change: str, tmp_path: Path) -> None:
    with closing(Inbox(tmp_path)) as inbox:
        inbox.add([PHOTO])
        file = inbox.file
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(change)
    with (
        pytest.raises(SettingsError, match="of another version"),
        closing(Inbox(tmp_path)) as inbox,
    ):
        inbox.unfinished()


def test_file_that_is_taken_away_is_noticed(inbox: Inbox) -> None:
    assert inbox.is_writable()
    inbox.file.unlink()
    assert not inbox.is_writable()


@pytest.mark.parametrize("wrong", [{"user": 2**63}, {"data": "\ud800"}])
def test_what_cannot_be_stored_is_known_before(wrong: dict[str, Any]) -> None:
    PHOTO.check()
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeEncodeError is one
        replace(PHOTO, **wrong).check()


def test_inbox_that_is_being_written_is_writable(inbox: Inbox) -> None:
    inbox.add([PHOTO])
    with inbox._transaction():
        assert inbox.is_writable()
