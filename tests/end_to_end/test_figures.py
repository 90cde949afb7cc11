"""Metrics and journal agree with what was sent, and tell nobody's name."""

import json
import socket
from pathlib import Path
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from startwin.journal import figures
from startwin.sandbox import Sandbox
from tests.conftest import DEADLINE, PHOTOS, wait_until
from tests.end_to_end.conftest import Start, connected

HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()
MENDELEEV = (PHOTOS / "Dmitri Mendeleev.jpg").read_bytes()


def test_what_was_sent_is_what_is_told(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    journal = tmp_path / "journal.jsonl"
    with Sandbox() as own:
        bot = start(**connected(own), METRICS_LISTEN=address, JOURNAL_FILE=str(journal))
        chats = [own.telegram.user(name) for name in ("Adalbert", "Brunhilde", "Cunigunde")]
        for chat in chats:
            chat.send_photo(HOPPER)
            chat.send_photo(MENDELEEV)
            chat.send_text("/stats")
            chat.wait_for_answers(3, DEADLINE)
        chats[0].send_photo(b"no picture", as_file=True)
        chats[1].send_text("/me")
        chats[1].send_text("hello")
        chats[1].send_text("hello again")
        chats[0].wait_for_answers(4, DEADLINE)
        chats[1].wait_for_answers(5, DEADLINE)
        card = next(answer for answer in chats[2].answers() if "reply_markup" in answer)
        label = card["reply_markup"]["inline_keyboard"][0][0]["text"]
        chats[2].press(card["message_id"], label).wait(DEADLINE)
        wait_until(lambda: len(journal.read_text().splitlines()) == 2 + 9 + 4 + 1)
        metrics = scraped(address)
        assert bot.stop() == 0
    text = journal.read_text("utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    assert [events[0]["event"], events[1]["event"], events[-1]["event"]] == [
        "gallery",
        "start",
        "stop",
    ]
    (day,) = figures.days(events).values()
    assert (day.photos, len(day.chats), day.people) == (8, 3, 6)
    assert day.outcomes == {"card": 6, "not_a_picture": 1, "none": 1}
    assert day.stars == {"grace-hopper": 3, "dmitri-mendeleev": 3}
    assert day.errors == {"NotAPicture": 1, "NoProfilePhoto": 1}
    assert len(day.waits) == 8
    assert metrics["startwin_answers_total", "photo", "card"] == 6
    assert metrics["startwin_answers_total", "photo", "not_a_picture"] == 1
    assert metrics["startwin_answers_total", "hint", "ignored"] == 1
    assert metrics["startwin_answers_total", "press", "card"] == 1
    assert metrics["startwin_answer_seconds_count", "photo"] == 7
    assert metrics[("startwin_discovered_people",)] == 2
    assert metrics[("startwin_gallery_people",)] == 6
    assert metrics[("startwin_unfinished_requests",)] == 0
    for private in ("Adalbert", "Brunhilde", own.token, *(str(chat.id) for chat in chats)):
        assert private not in text


def scraped(address: str) -> dict[tuple[str, ...], float]:
    """The metrics by their names and labels."""
    with urlopen(f"http://{address}/metrics") as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }
