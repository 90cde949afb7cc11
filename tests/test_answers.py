"""startwin.chat.answers: photos that their workers die of, with real processes."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from telegram import Bot

from startwin.chat.answers import Answers
from startwin.chat.card import Brand, CardPainter
from startwin.chat.discoveries import Discoveries
from startwin.chat.ledger import Ledger
from startwin.chat.replies import Replies
from startwin.chat.requests.inbox import Inbox
from startwin.chat.requests.request import Kind, Request
from startwin.chat.wire.outcome import Left
from startwin.errors import WorkerDied
from startwin.face import FaceEngine, FacePool
from startwin.face.photo import Picture
from startwin.gallery import LiveGallery
from startwin.journal.events import Events
from startwin.matcher import Matcher
from startwin.sandbox import Sandbox
from tests.conftest import DEADLINE


class DeadlyEngine(FaceEngine):
    """One whose process dies of every photo."""

    def detect(self, _: Picture) -> NoReturn:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("still alive")


class Photo:
    """A photo that was sent, and answers from a bot with a pool of one worker."""

    def __init__(self, folder: Path, assets: Path, hopper: bytes) -> None:
        self.folder = folder
        self.assets = assets
        self.sandbox = Sandbox()
        self.hopper = hopper

    def request(self) -> Request:
        message = self.sandbox.telegram.user("Ada").send_photo(self.hopper)
        file = message["photo"][-1]["file_id"]
        return Request(1, Kind.PHOTO, 7, message["message_id"], 7, "en", file=file)

    @contextmanager
    def answers(self, inbox: Inbox) -> Iterator[Answers]:
        """A bot's life."""
        url = self.sandbox.url
        bot = Bot(self.sandbox.token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot")
        with (
            closing(LiveGallery(self.assets)) as live,
            closing(Discoveries(self.folder)) as discoveries,
            FacePool(1, load=DeadlyEngine, tries=1) as pool,
        ):
            painter = CardPainter(Brand(None, None))
            ledger = Ledger(Events(), self.folder)
            yield Answers(bot, inbox, ledger, Matcher(pool, live), painter, discoveries, DEADLINE)
        bot.request.stop()


@pytest.fixture
def photo(tmp_path: Path, assets: Path, hopper: bytes) -> Iterator[Photo]:
    photo = Photo(tmp_path, assets, hopper)
    with photo.sandbox:
        yield photo


def test_photo_that_two_workers_died_of_is_given_up(photo: Photo) -> None:
    with closing(Inbox(photo.folder)) as inbox, photo.answers(inbox) as answers:
        inbox.add([request := photo.request()])
        with pytest.raises(WorkerDied):
            answers.first(request, Replies())
        assert inbox.note_death(request) == 3


def test_deaths_count_over_a_restart_of_the_bot(photo: Photo) -> None:
    with closing(Inbox(photo.folder)) as inbox:
        inbox.add([request := photo.request()])
        inbox.note_death(request)
    with closing(Inbox(photo.folder)) as inbox, photo.answers(inbox) as answers:
        with pytest.raises(WorkerDied):
            answers.first(request, Replies())
        assert inbox.note_death(request) == 3
        assert len(photo.sandbox.telegram.calls("file")) == 1


def test_worker_that_ends_with_the_bot_is_no_death(photo: Photo) -> None:
    with closing(Inbox(photo.folder)) as inbox, photo.answers(inbox) as answers:
        inbox.add([request := photo.request()])
        answers.stop()
        with pytest.raises(Left):
            answers.first(request, Replies())
        assert inbox.note_death(request) == 1
