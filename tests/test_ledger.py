"""startwin.chat.ledger: what the journal tells of requests, and what it does not."""

import json
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from telegram.error import NetworkError

from startwin.chat.ledger import Ledger
from startwin.chat.requests.request import Kind, Request
from startwin.errors import NoFace, PhotoError, SettingsError
from startwin.journal import metrics
from startwin.journal.events import Events

PHOTO = Request(
    1, Kind.PHOTO, -100_123_456, 5, 7_000_000_001, "en", received=1e9, file="AgACAgIAAxkBAAIB"
)


class Told:
    """A ledger, and what it has told."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "journal.jsonl"
        self.events = Events(self.file)
        self.ledger = Ledger(self.events, folder)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]


@pytest.fixture
def told(tmp_path: Path) -> Any:
    told = Told(tmp_path)
    with closing(told.events):
        yield told


def test_request_is_told_once_at_its_end(told: Told) -> None:
    before = metrics.ANSWERS.labels("photo", "flood")._value.get()
    told.ledger.begin(PHOTO)
    told.ledger.begin_turn(PHOTO)
    with told.ledger.watch(PHOTO).stage("download"):
        assert told.lines() == []
    told.ledger.note(PHOTO, outcome="flood")
    told.ledger.end(PHOTO)
    told.ledger.end(PHOTO, "failed")
    (event,) = told.lines()
    assert (event["kind"], event["outcome"], event["group"]) == ("photo", "flood", True)
    assert set(event["seconds"]) == {"waiting", "download", "total"}
    assert event["seconds"]["total"] >= event["seconds"]["waiting"] > 0
    assert metrics.ANSWERS.labels("photo", "flood")._value.get() == before + 1


def test_nobody_and_no_file_can_be_recognised(told: Told) -> None:
    told.ledger.begin(PHOTO)
    told.ledger.end(PHOTO, "card")
    text = told.file.read_text()
    assert not any(number in text for number in ("100123456", "7000000001", "AgACAgIA"))


def test_chat_keeps_its_name_over_restarts_and_has_another_elsewhere(tmp_path: Path) -> None:
    names = [Ledger(Events(), folder).chat(7) for folder in (tmp_path, tmp_path, tmp_path / "b")]
    assert names[0] == names[1] != names[2]
    assert stat.S_IMODE((tmp_path / "journal.key").stat().st_mode) == 0o600


def test_damaged_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match=r"journal\.key is damaged"):
        Ledger(Events(), tmp_path)


@pytest.mark.parametrize(
    ("error", "key", "fact"),
    [
        (NoFace("no face found"), "trouble.no_face", "NoFace: no face found"),
        (PhotoError("?"), "trouble.unforeseen", "PhotoError: ?"),
        (NetworkError("Bad Gateway"), "trouble.unforeseen", "NetworkError: Bad Gateway"),
        (TypeError("array([[[12, 200, 7]]])"), "trouble.unforeseen", "TypeError"),
    ],
)
def test_trouble_is_told_without_a_photos_content(
    error: Exception, key: str, fact: str, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    told.ledger.begin(PHOTO)
    assert told.ledger.trouble(PHOTO, error) == key
    told.ledger.end(PHOTO)
    (event,) = told.lines()
    assert event["error"] == fact
    assert "200, 7" not in capsys.readouterr().out
