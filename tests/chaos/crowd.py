"""The people: who sends what, and what has been answered."""

import io
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from startwin.sandbox.chats import Chat
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.telegram import BOT, Telegram
from tests.conftest import PHOTOS, encoded

MOST_UNANSWERED = 6
"""Of one person; beyond ten the bot asks them to wait instead."""

ALBUM_EVERY = 60
"""Photos between two albums in a group, where Telegram takes 20 messages a minute."""

ALBUM = 3

PAUSE = 0.05
"""Seconds between two photos, on average, when there is none too many yet."""

AHEAD = 0.1
"""The part of the photos that is sent before its time, so that there is always something to do."""


@dataclass(frozen=True)
class Picture:
    """What is sent.

    Attributes:
        name: of who it shows, or of what is wrong with it.
        data: the bytes of the file.
        words: a rightful answer has them.
    """

    name: str
    data: bytes
    words: str


@dataclass(frozen=True)
class Sent:
    """A picture that a person has sent.

    Attributes:
        chat: where.
        message_id: the message's.
        update_id: of what the bot was told.
        picture: which one.
    """

    chat: Chat
    message_id: int
    update_id: int
    picture: Picture


def portraits() -> list[Picture]:
    """The shipped photos, so small that the chaos and not the reading takes the time."""
    return [Picture(path.stem, _small(path.read_bytes()), path.stem) for path in _files()]


def troubles() -> list[Picture]:
    """What can only be apologised for."""
    damaged = _files()[0].read_bytes()[:9000]
    return [
        Picture(
            "no face", encoded(Image.new("RGB", (320, 240), "skyblue"), "JPEG"), "can't find a face"
        ),
        Picture("no picture", b"name;alias\nGrace;grace\n" * 30, "not a picture"),
        Picture("damaged", damaged, "damaged or not complete"),
    ]


class Crowd:
    """Sends pictures from many chats, a few at a time from each.

    Args:
        telegram: where the people are.
        people: how many.
        seed: decides who sends what.

    Attributes:
        sent: what was sent, in order.
    """

    def __init__(self, telegram: Telegram, people: int, seed: int) -> None:
        self.sent: list[Sent] = []
        self._chance = random.Random(f"crowd {seed}")
        self._people = [telegram.user(f"Person {n}") for n in range(people)]
        self._groups = [
            telegram.group(f"Group {n}", telegram.user(f"Member {n}")) for n in range(2)
        ]
        self._portraits, self._troubles = portraits(), troubles()

    @property
    def chats(self) -> list[Chat]:
        """All of them, groups last."""
        return [*self._people, *self._groups]

    def send(self, photos: int, progress: Callable[[], float]) -> None:
        """Send so many photos, step by step with something else.

        Args:
            photos: how many, at least.
            progress: how much of the other thing has been done, 0 to 1.
        """
        pause = threading.Event()
        while len(self.sent) < photos:
            pause.wait(self._chance.expovariate(1 / PAUSE))
            if len(self.sent) > photos * (progress() + AHEAD):
                continue
            if len(self.sent) % ALBUM_EVERY == ALBUM_EVERY // 2:
                group = self._groups[len(self.sent) // ALBUM_EVERY % len(self._groups)]
                self._send_album(group, f"@{BOT.username}")
                continue
            chat = self._chance.choice(self._people)
            free = MOST_UNANSWERED - len(self._unanswered(chat))
            if free >= ALBUM and self._chance.random() < 1 / 20:
                self._send_album(chat)
            elif free > 0:
                self._send_one(chat)

    def unanswered(self) -> list[Sent]:
        """The pictures without any answer."""
        return [sent for chat in self.chats for sent in self._unanswered(chat)]

    def answers(self) -> dict[Sent, list[JsonObject]]:
        """All answers, by what they answer; none for what has not been answered."""
        given: dict[Sent, list[JsonObject]] = {sent: [] for sent in self.sent}
        by_message = {(sent.chat.id, sent.message_id): sent for sent in self.sent}
        for chat in self.chats:
            for answer in chat.answers():
                sent = by_message.get((chat.id, _answered(answer)))
                if sent is not None:
                    given[sent].append(answer)
        return given

    def strays(self) -> list[JsonObject]:
        """Messages of the bot that answer no picture."""
        own = {(sent.chat.id, sent.message_id) for sent in self.sent}
        return [
            answer
            for chat in self.chats
            for answer in chat.answers()
            if (chat.id, _answered(answer)) not in own
        ]

    def _unanswered(self, chat: Chat) -> list[Sent]:
        answered = {_answered(answer) for answer in chat.answers()}
        own = [sent for sent in self.sent if sent.chat is chat]
        return [sent for sent in own if sent.message_id not in answered]

    def _send_one(self, chat: Chat) -> None:
        kind = self._troubles if self._chance.random() < 1 / 5 else self._portraits
        picture = self._chance.choice(kind)
        self._note(chat, chat.send_photo(picture.data), picture)

    def _send_album(self, chat: Chat, caption: str = "") -> None:
        pictures = self._chance.sample(self._portraits, ALBUM)
        messages = chat.send_album([picture.data for picture in pictures], caption)
        for message, picture in zip(messages, pictures, strict=True):
            self._note(chat, message, picture)

    def _note(self, chat: Chat, message: JsonObject, picture: Picture) -> None:
        number = message["message_id"]
        self.sent.append(Sent(chat, number, chat.update_id(number), picture))


def _answered(answer: JsonObject) -> int:
    """The id of the message that this one answers; 0 for none."""
    return int(answer.get("reply_to_message", {}).get("message_id", 0))


def _files() -> list[Path]:
    return sorted(PHOTOS.iterdir())


def _small(photo: bytes) -> bytes:
    image = Image.open(io.BytesIO(photo)).convert("RGB")
    image.thumbnail((400, 400))
    return encoded(image, "JPEG", quality=85)
