"""startwin.chat.outbox and its deliveries: against the sandbox, with a real inbox."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest
from telegram.utils.request import Request as Connections

from startwin.chat import delivery
from startwin.chat.ledger import Ledger
from startwin.chat.outbox import Outbox
from startwin.chat.requests.inbox import Inbox
from startwin.chat.requests.request import Kind, Request
from startwin.chat.wire.message_queue import MessageQueue
from startwin.chat.wire.outcome import Left
from startwin.journal.events import Events
from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.conftest import DEADLINE, wait_until

BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Next", callback_data="see 0 1")]])
UPDATES = count(1)


@dataclass
class Way:
    """The way out to a sandbox."""

    sandbox: Sandbox
    chat: Chat
    inbox: Inbox
    queue: MessageQueue
    outbox: Outbox

    def ask(self, kind: Kind = Kind.PHOTO, **more: Any) -> Request:
        asked = self.chat.send_text("a request")
        message, user = asked["message_id"], self.chat.people[0].user.id
        request = Request(
            next(UPDATES), kind, self.chat.id, message, user, "en", reply_to=message, **more
        )
        assert self.inbox.add([request]) == [request]
        return request

    def card(self, hopper: bytes) -> Any:
        return self.outbox.send_card(self.ask(), hopper, "A card", BUTTONS, "Sorry!")

    def open_requests(self) -> int:
        return len(self.inbox.unfinished())

    def said(self, number: int = 1) -> list[Any]:
        answers = self.chat.wait_for_answers(number, DEADLINE)
        return [answer.get("text") or answer.get("caption") for answer in answers]


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with Sandbox() as sandbox, closing(Inbox(tmp_path)) as inbox, MessageQueue() as queue:
        connections = Connections(con_pool_size=8, connect_timeout=5, read_timeout=5)
        bot = Bot(sandbox.token, base_url=f"{sandbox.url}/bot", request=connections)
        outbox = Outbox(bot, queue, inbox, Ledger(Events(), tmp_path), timeout=1)
        yield Way(sandbox, sandbox.telegram.user("Ada"), inbox, queue, outbox)
        connections.stop()


def test_request_is_done_when_telegram_has_the_answer(way: Way, hopper: bytes) -> None:
    request = way.ask()
    way.outbox._timeout = DEADLINE
    way.sandbox.faults.add(method="sendPhoto", delay=1)
    sent = way.outbox.send_card(request, hopper, "A card", BUTTONS, "Sorry!")
    way.sandbox.telegram.wait_for_calls("sendPhoto", 1, DEADLINE)
    database = sqlite3.connect(f"file:{way.inbox.file}?mode=ro", uri=True)
    with closing(database):
        assert database.execute("SELECT sending FROM requests").fetchall() == [(1,)]
    sent.result(DEADLINE)
    assert way.open_requests() == 0
    assert way.said() == ["A card"]


def test_send_that_certainly_failed_is_repeated_without_being_counted(
    way: Way, hopper: bytes
) -> None:
    way.sandbox.faults.add(method="sendPhoto", status=429, retry_after=1)
    way.card(hopper).result(DEADLINE)
    assert way.said() == ["A card"]
    assert way.inbox.uncertain() == 0
    assert way.open_requests() == 0


def test_refused_connection_is_tried_again_without_being_counted(way: Way, hopper: bytes) -> None:
    port = int(way.sandbox.url.rpartition(":")[2])
    way.sandbox.close()
    with socket.socket() as taken:  # bound and deaf: every connection is refused
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        sent = way.card(hopper)
        wait_until(lambda: way.queue._chats[way.chat.id].held_until > 0)
    assert way.inbox.uncertain() == 0
    assert way.queue.stop(0) == 1
    assert isinstance(sent.exception(DEADLINE), Left)
    assert way.open_requests() == 1
    assert way.inbox.uncertain() == 0


@pytest.mark.parametrize("has_effect", [False, True])
@pytest.mark.parametrize("delay", [0, 2])
def test_send_of_which_nobody_can_know_is_counted_and_repeated(
    way: Way, hopper: bytes, has_effect: bool, delay: float
) -> None:
    way.sandbox.faults.add(method="sendPhoto", status=500, delay=delay, after=has_effect)
    way.card(hopper).result(DEADLINE)
    assert way.said(1 + has_effect) == ["A card"] * (1 + has_effect)
    assert way.inbox.uncertain() == 1
    assert way.open_requests() == 0


def test_card_that_telegram_refuses_becomes_an_apology(way: Way, hopper: bytes) -> None:
    way.sandbox.faults.add(method="sendPhoto", status=400, description="Bad Request: no photos")
    assert isinstance(way.card(hopper).exception(DEADLINE), BadRequest)
    assert way.said() == ["Sorry!"]
    wait_until(lambda: way.open_requests() == 0)


def test_picture_that_telegram_cannot_fetch_leaves_the_words(way: Way) -> None:
    refusal = "Bad Request: failed to get HTTP URL content"
    way.sandbox.faults.add(method="sendPhoto", status=400, description=refusal)
    gone = "https://example.org/gone.jpg"
    way.outbox.send_card(way.ask(), gone, "The words", BUTTONS, "Sorry!").exception(DEADLINE)
    assert way.said() == ["The words"]


def test_apology_that_telegram_refuses_ends_it(way: Way) -> None:
    way.sandbox.faults.add(method="sendMessage", status=400, description="Bad Request: no")
    assert isinstance(way.outbox.say(way.ask(), "Hello").exception(DEADLINE), BadRequest)
    wait_until(lambda: way.open_requests() == 0)


def test_uncertain_sends_have_an_end(
    way: Way, hopper: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "UNCERTAIN_TRIES", 2)
    way.sandbox.faults.add(method="sendPhoto", status=500, times=3)
    assert way.card(hopper).exception(DEADLINE) is not None
    assert way.said() == ["Sorry!"]
    assert way.inbox.uncertain() == 3  # the apology may be a second answer, too


def test_user_who_has_blocked_the_bot_gets_nothing(way: Way, hopper: bytes) -> None:
    way.chat.remove_bot()
    request = Request(next(UPDATES), Kind.PHOTO, way.chat.id, 1, 1, "en")
    way.inbox.add([request])
    assert way.outbox.send_card(request, hopper, "", BUTTONS, "Sorry!").exception(DEADLINE)
    wait_until(lambda: way.open_requests() == 0)
    assert way.sandbox.telegram.calls("sendMessage") == []


def test_edit_is_repeated_without_being_counted(way: Way, hopper: bytes) -> None:
    way.card(hopper).result(DEADLINE)
    card = way.chat.answers()[0]["message_id"]
    press = Request(next(UPDATES), Kind.PRESS, way.chat.id, card, 1, "en")
    way.inbox.add([press])
    way.sandbox.faults.add(method="editMessageMedia", status=500, after=True)
    way.outbox.change_card(press, hopper, "Another card", BUTTONS).result(DEADLINE)
    assert way.chat.wait_for_edit(card, DEADLINE)["caption"] == "Another card"
    assert way.inbox.uncertain() == 0
    assert way.open_requests() == 0


def test_nothing_is_sent_that_cannot_be_noted(way: Way, hopper: bytes) -> None:
    request = way.ask()
    with closing(sqlite3.connect(way.inbox.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        sent = way.outbox.send_card(request, hopper, "A card", BUTTONS, "Sorry!")
        wait_until(lambda: way.queue._chats[way.chat.id].held_until > 0)
        assert way.sandbox.telegram.calls("sendPhoto") == []
        other.execute("ROLLBACK")
    sent.result(DEADLINE)
    assert way.said() == ["A card"]


def test_what_was_dropped_is_done(way: Way, hopper: bytes) -> None:
    way.sandbox.faults.add(method="sendPhoto", status=429, retry_after=3600)
    sent = way.card(hopper)
    wait_until(lambda: way.queue._chats[way.chat.id].held_until > 0)
    way.outbox.drop(way.chat.id)
    assert sent.exception(DEADLINE) is not None
    wait_until(lambda: way.open_requests() == 0)
