"""startwin.gallery.fetch.lanes and crew: hosts get their pauses, and wait for nobody else."""

import threading
from typing import Any

import pytest

from startwin.gallery.fetch import web
from startwin.gallery.fetch.finding import Kind
from startwin.gallery.fetch.lanes import API_INTERVAL, Lanes
from startwin.gallery.fetch.terms import Terms
from tests.fetch.conftest import CONTACT, Fetcher
from tests.wikimedia import Wikimedia
from tests.wikimedia.faults import redirect, refuse
from tests.wikimedia.transport import (
    Stall,
    silence,
)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pause after a failure; how it grows from there stays as it is."""
    monkeypatch.setattr(web, "FIRST_PAUSE", 0.005)


def crowd(wikimedia: Wikimedia, portrait: bytes, hosts: int, each: int) -> list[dict[str, Any]]:
    """So many people at each of so many hosts."""
    people = []
    for h in range(hosts):
        host, site = wikimedia.site(f"site {h}")
        for n in range(each):
            site.put(f"/{n}.jpg", portrait)
            people.append(
                {
                    "name": f"Person {h} {n}",
                    "photo_url": f"{host.url}/{n}.jpg",
                    "photo_credit": {"license": "CC0"},
                    "wikidata": "Q404",
                }
            )
    return people


def test_no_more_at_once_than_a_host_is_asked(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    people = crowd(wikimedia, portrait, hosts=8, each=12)
    stalls = [Stall() for _ in range(16)]
    for h in range(8):
        wikimedia.faults.on(f"site {h}", *stalls[2 * h : 2 * h + 2])
    running = threading.Thread(target=fetcher, args=people)
    running.start()
    wikimedia.log.await_under_way(16)  # two at each, all at the same time
    for stall in stalls:
        stall.release()
    running.join()
    assert [wikimedia.log.peak(f"site {h}") for h in range(8)] == [2] * 8
    assert {outcome.kind for outcome in fetcher.told.came.values()} == {Kind.FETCHED}


def test_a_host_that_stands_still_holds_up_nobody_else(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    people = crowd(wikimedia, portrait, hosts=2, each=10)
    stall = Stall()
    wikimedia.faults.on("site 0", stall, times=None)
    terms = Terms(CONTACT, threads=4, allow_private=True)
    running = threading.Thread(target=fetcher, args=people, kwargs={"terms": terms})
    running.start()
    wikimedia.log.await_arrivals(12)  # all ten of the other one's, and two that stand still
    stall.release()
    running.join()
    assert len(fetcher.told.came) == 20


def test_hosts_that_lead_to_a_dead_one_hold_up_nobody_else(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    people = crowd(wikimedia, portrait, hosts=4, each=5)
    dead, _ = wikimedia.site("dead")
    stall = Stall()
    wikimedia.faults.on("dead", stall, times=None)
    for h in range(3):
        wikimedia.faults.on(f"site {h}", redirect(f"{dead.url}/x.jpg"), times=None)
    terms = Terms(CONTACT, threads=4, allow_private=True)
    running = threading.Thread(target=fetcher, args=people, kwargs={"terms": terms})
    running.start()
    wikimedia.log.await_arrivals(5, "site 3")
    wikimedia.log.await_under_way(2, "dead")
    assert wikimedia.log.peak("dead") == 2
    stall.release()
    running.join()


def test_who_asks_for_a_pause_gets_it_from_all_threads(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    people = crowd(wikimedia, portrait, hosts=1, each=8)
    wikimedia.faults.on("site 0", refuse(429, retry_after=1))
    fetcher(*people)
    refused = next(entry for entry in wikimedia.log.entries() if entry.fault)
    assert refused.end is not None
    soon = [e for e in wikimedia.log.entries() if 0 < e.arrival - refused.end < 0.9]
    assert len(soon) <= 1  # which was under way already
    assert len(fetcher.told.came) == 8


def test_a_dead_host_is_given_up(fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes) -> None:
    people = crowd(wikimedia, portrait, hosts=1, each=40)
    wikimedia.faults.on("site 0", silence(), times=None)
    summary = fetcher(*people)
    assert str(summary) == "40 failed"
    assert len(wikimedia.log.entries("site 0")) <= 17
    assert "was given up" in fetcher.outcome("person-0-39").detail


def test_wikimedia_is_one_host_for_questions_and_one_for_pictures() -> None:
    apis = ["https://www.wikidata.org/w/api.php", "https://commons.wikimedia.org/w/api.php"]
    lanes = Lanes(9, apis, threading.Event())
    questions = lanes.of(apis[0])
    assert lanes.of(apis[1]) is questions
    assert questions.at_once == 1
    pictures = lanes.of("https://upload.wikimedia.org/a.jpg")
    assert lanes.of("https://thumb.wikimedia.org/b.jpg") is pictures
    assert pictures.at_once == 2
    assert lanes.of("http://commons.wikimedia.org./x") is questions
    assert lanes.of("https://example.org/").at_once == 9
    assert lanes.of("https://example.org/") is lanes.of("http://EXAMPLE.org:80/a")
    assert 60 / API_INTERVAL < 200
