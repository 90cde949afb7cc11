"""startwin.gallery.fetch.web and its sources: trouble on the way."""

from collections.abc import Callable
from typing import Any

import pytest

from startwin.gallery.fetch import lines, web
from startwin.gallery.fetch.finding import Kind
from tests.fetch.conftest import Fetcher
from tests.wikimedia import Wikimedia
from tests.wikimedia.faults import Fault, api_error, chain, lagged, redirect, refuse
from tests.wikimedia.garbage import body, cut_json, huge, listed, nested, nulled, page
from tests.wikimedia.transport import (
    Endless,
    Stall,
    bomb,
    chunked,
    cut,
    drip,
    not_http,
    silence,
    wrong_length,
)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pause after a failure; how it grows from there stays as it is."""
    monkeypatch.setattr(web, "FIRST_PAUSE", 0.005)


@pytest.fixture
def star(wikimedia: Wikimedia, portrait: bytes) -> dict[str, Any]:
    """Somebody with a photo on a host that is nothing special."""
    host, site = wikimedia.site("blog")
    site.put("/a.jpg", portrait)
    return {
        "name": "Ada",
        "photo_url": f"{host.url}/a.jpg",
        "photo_credit": {"license": "CC0"},
        "wikidata": "Q404",
    }


@pytest.mark.parametrize(
    "fault",
    [
        refuse(429, retry_after=0),
        refuse(429),
        refuse(500),
        refuse(503, retry_after=1, as_date=True),
        cut(5000),
        cut(5000, reset=True),
        silence(),
        silence(reset=True),
        not_http(),
        wrong_length(+7),
        body(b"", "text/html", 503, {"Retry-After": "9" * 5000}),
        body(b"", "text/html", 503, {"Retry-After": "Fri, 99 Feb 99999 99:99:99 GMT"}),
    ],
)
def test_what_may_be_over_soon_is_tried_again(
    fetcher: Fetcher, wikimedia: Wikimedia, star: dict[str, Any], fault: Fault, portrait: bytes
) -> None:
    wikimedia.faults.on("blog", fault, times=2)
    assert str(fetcher(star)) == "1 fetched"
    assert wikimedia.faults.left == 0
    assert (fetcher.photos / "ada.jpg").read_bytes() == portrait


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (refuse(404), "answered 404"),
        (refuse(403), "answered 403"),
        (page(), "text/html instead of a picture"),
        (body(b"<html>not even</html>", "image/jpeg"), "no JPEG, PNG, WebP, GIF, BMP or TIFF"),
        (body(b"", "image/jpeg"), "no JPEG, PNG, WebP, GIF, BMP or TIFF"),
        (Endless(), "larger than 20 MB"),
        (bomb(content_type="image/jpeg"), "no JPEG, PNG, WebP, GIF, BMP or TIFF"),
        (redirect("file:///etc/passwd"), "is no address that begins with http"),
        (redirect("gopher://x/"), "is no address that begins with http"),
        (redirect("http://[x/"), "which is no address"),
        (body(b"", "image/jpeg", 304), "answered that the picture is as before"),
        (body(b"\xff\xd8\xff", "image/jpeg"), "no JPEG"),
        (chain(100), "leads from place to place, more than 5 times"),
    ],
)
def test_what_will_not_change_is_not(
    fetcher: Fetcher, wikimedia: Wikimedia, star: dict[str, Any], fault: Fault, detail: str
) -> None:
    wikimedia.faults.on("blog", fault, times=None)
    fetcher(star)
    outcome = fetcher.outcome("ada")
    assert outcome.kind is Kind.FAILED
    assert detail in outcome.detail
    assert fetcher.files == set()
    assert len(wikimedia.log.entries("blog")) <= 6  # one, or as many redirects as are followed


@pytest.mark.parametrize("fault", [chunked(), chain(5), chain(2, status=308)])
def test_usual_ways_to_answer(
    fetcher: Fetcher, wikimedia: Wikimedia, star: dict[str, Any], fault: Fault
) -> None:
    wikimedia.faults.on("blog", fault, times=None)
    assert str(fetcher(star)) == "1 fetched"


def test_a_redirect_to_another_host(
    fetcher: Fetcher, wikimedia: Wikimedia, star: dict[str, Any], portrait: bytes
) -> None:
    other, site = wikimedia.site("other")
    site.put("/b.jpg", portrait)
    wikimedia.faults.on("blog", redirect(f"{other.url}/b.jpg"))
    assert str(fetcher(star)) == "1 fetched"


def test_after_five_attempts_it_is_told(
    fetcher: Fetcher, wikimedia: Wikimedia, star: dict[str, Any]
) -> None:
    wikimedia.faults.on("blog", refuse(503), times=None)
    fetcher(star)
    assert fetcher.outcome("ada").detail.endswith("answered 503, 5 times")
    assert len(wikimedia.log.entries("blog")) == 5


def test_a_pause_of_an_hour_is_left_to_the_next_run(
    fetcher: Fetcher, wikimedia: Wikimedia, star: dict[str, Any]
) -> None:
    wikimedia.faults.on("blog", refuse(429, retry_after=3600))
    fetcher(star)
    assert fetcher.outcome("ada").detail.endswith("asks to come back in 3600 s")
    assert str(fetcher()) == "1 fetched"


@pytest.mark.parametrize("fault", [Stall(), Stall(after=3000), drip(pause=0.3), not_http(b"HTTP/")])
def test_what_takes_too_long_is_cut(
    fetcher: Fetcher,
    wikimedia: Wikimedia,
    star: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    monkeypatch.setattr(lines, "LONGEST", 0.2)
    monkeypatch.setattr(lines, "LOOK_EVERY", 0.05)
    wikimedia.faults.on("blog", fault)
    assert str(fetcher(star)) == "1 fetched"
    assert wikimedia.faults.left == 0


@pytest.mark.parametrize(
    "fault",
    [refuse(429, retry_after=0), refuse(503), api_error("readonly"), cut(20), cut_json(), page()],
)
def test_wikidata_is_asked_again(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes, fault: Fault
) -> None:
    wikimedia.world.person("Q1", "Ada", portrait="Ada.jpg")
    wikimedia.world.file("Ada.jpg", portrait)
    wikimedia.faults.on("wikidata", fault)
    wikimedia.faults.on("commons", fault)
    assert str(fetcher({"name": "Ada"})) == "1 fetched"
    assert wikimedia.faults.left == 0


def test_lagging_databases_are_given_time(
    fetcher: Fetcher, wikimedia: Wikimedia, portrait: bytes
) -> None:
    wikimedia.world.person("Q1", "Ada", portrait="Ada.jpg")
    wikimedia.world.file("Ada.jpg", portrait)
    wikimedia.faults.on("wikidata", lagged())
    assert str(fetcher({"name": "Ada"})) == "1 fetched"
    first = wikimedia.log.entries("wikidata")[0]
    assert wikimedia.log.pause_after(first) >= 4.9


@pytest.mark.parametrize("fault", [listed, nulled, nested, huge], ids=lambda make: make.__name__)
@pytest.mark.parametrize("host", ["wikidata", "commons"])
def test_answers_of_odd_shapes(
    fetcher: Fetcher,
    wikimedia: Wikimedia,
    portrait: bytes,
    fault: Callable[[], Fault],
    host: str,
) -> None:
    wikimedia.world.person("Q1", "Ada", portrait="Ada.jpg")
    wikimedia.world.file("Ada.jpg", portrait)
    wikimedia.faults.on(host, fault(), times=None)
    fetcher({"name": "Ada"})
    assert fetcher.outcome("ada").kind in {Kind.MISSING, Kind.FAILED}
    assert fetcher.files == set()
