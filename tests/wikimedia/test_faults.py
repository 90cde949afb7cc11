"""The faults: each does what it says, at the place and as often as it was told."""

import gzip
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import pytest

from tests.wikimedia import Wikimedia, garbage
from tests.wikimedia.client import api, get
from tests.wikimedia.faults import Fault, api_error, chain, lagged, redirect, refuse


def picture(wikimedia: Wikimedia) -> str:
    return wikimedia.uploads.url + wikimedia.world.files["Free.jpg"].path


@pytest.mark.parametrize("agent", ["", "python-requests/2.32", "curl/8.0", "StarTwin/1.0"])
@pytest.mark.parametrize("host", ["wikidata", "commons", "uploads", "thumbs"])
def test_nameless_clients_are_turned_away(wikimedia: Wikimedia, host: str, agent: str) -> None:
    assert get(getattr(wikimedia, host).url + "/w/api.php", {"User-Agent": agent}).status == 403


def test_refusals_come_as_often_as_told_and_then_no_more(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", refuse(429, retry_after=3), refuse(503), times=2)
    replies = [get(picture(wikimedia)) for _ in range(5)]
    assert [reply.status for reply in replies] == [429, 429, 503, 503, 200]
    assert replies[0].headers["retry-after"] == "3"
    assert replies[0].headers["content-type"].startswith("text/html")
    assert wikimedia.faults.left == 0


def test_retry_after_as_a_date(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("*", refuse(429, retry_after=60, as_date=True))
    at = parsedate_to_datetime(get(picture(wikimedia)).headers["retry-after"])
    assert 55 < (at - datetime.now(UTC)).total_seconds() <= 61


def test_a_fault_for_one_path_leaves_others_alone(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", refuse(500), path=r"Bare\.jpg$", times=None)
    assert get(picture(wikimedia)).status == 200
    bare = wikimedia.uploads.url + wikimedia.world.files["Bare.jpg"].path
    assert [get(bare).status for _ in range(3)] == [500, 500, 500]


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:1/", "file:///etc/passwd", "http://169.254.169.254/", "//x/y"]
)
def test_redirects_lead_anywhere(wikimedia: Wikimedia, location: str) -> None:
    wikimedia.faults.on("uploads", redirect(location, 301))
    reply = get(picture(wikimedia))
    assert (reply.status, reply.headers["location"]) == (301, location)


@pytest.mark.parametrize("absolute", [False, True])
def test_a_chain_of_redirects_ends(wikimedia: Wikimedia, absolute: bool) -> None:
    base = wikimedia.uploads.url
    wikimedia.faults.on("uploads", chain(3, absolute=base if absolute else None), times=None)
    url, hops = picture(wikimedia), 0
    while (reply := get(url)).status == 302:
        location = reply.headers["location"]
        assert location.startswith("http" if absolute else "/")
        url, hops = location if absolute else base + location, hops + 1
    assert (reply.body, hops) == (b"no picture", 3)


def test_lag_refuses_only_those_who_ask(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("wikidata", lagged(7.5), times=None)
    asked = {"action": "wbgetentities", "ids": "Q1", "format": "json"}
    assert api(wikimedia.wikidata.api, **asked)["success"] == 1
    reply = get(f"{wikimedia.wikidata.api}?{urlencode({**asked, 'maxlag': 5})}")
    assert reply.status == 200
    assert (reply.headers["retry-after"], reply.headers["x-database-lag"]) == ("5", "7")
    error = reply.json["error"]
    assert (error["code"], error["lag"], error["type"]) == ("maxlag", 7.5, "db")


@pytest.mark.parametrize("code", ["ratelimited", "readonly"])
def test_errors_of_the_api_have_status_200(wikimedia: Wikimedia, code: str) -> None:
    wikimedia.faults.on("commons", api_error(code))
    reply = get(f"{wikimedia.commons.api}?action=query&format=json")
    assert (reply.status, reply.headers["mediawiki-api-error"]) == (200, code)
    assert (reply.json["error"]["code"], "retry-after" in reply.headers) == (code, False)


def test_unknown_parameters_are_warned_of(wikimedia: Wikimedia) -> None:
    asked = {"action": "wbgetentities", "ids": "Q1", "colour": "blue"}
    warnings = api(wikimedia.wikidata.api, **asked)["warnings"]
    assert warnings == {"main": {"*": "Unrecognized parameter: colour."}}
    warnings = api(wikimedia.wikidata.api, formatversion=2, **asked)["warnings"]
    assert warnings == {"main": {"warnings": "Unrecognized parameter: colour."}}


def test_posts_compression_and_the_html_of_no_format(wikimedia: Wikimedia) -> None:
    form = "action=wbgetentities&ids=Q1&format=json"
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "gzip"}
    reply = get(wikimedia.wikidata.api, kind, method="POST", body=form)
    assert reply.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(reply.body))["success"] == 1
    plain = get(f"{wikimedia.wikidata.api}?action=wbgetentities&ids=Q1")
    assert plain.headers["content-type"].startswith("text/html")


def test_html_and_wrong_types(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("uploads", garbage.page(), garbage.typed("text/plain"))
    reply = get(picture(wikimedia))
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    reply = get(picture(wikimedia))
    assert (reply.body, reply.headers["content-type"]) == (b"no picture", "text/plain")


def test_json_that_is_none(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("wikidata", garbage.cut_json(), garbage.nested())
    url = f"{wikimedia.wikidata.api}?action=wbgetentities&ids=Q1&format=json"
    with pytest.raises(json.JSONDecodeError):
        _ = get(url).json
    with pytest.raises(RecursionError):
        _ = get(url).json


@pytest.mark.parametrize(
    ("fault", "entities"), [(garbage.listed(), list), (garbage.emptied(), list)]
)
def test_json_of_another_shape(wikimedia: Wikimedia, fault: Fault, entities: type) -> None:
    wikimedia.faults.on("wikidata", fault)
    answer = api(wikimedia.wikidata.api, action="wbgetentities", ids="Q1")
    assert isinstance(answer["entities"], entities)
    assert answer["success"] == 1


def test_json_with_nulls(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("wikidata", garbage.nulled())
    answer = api(wikimedia.wikidata.api, action="wbgetentities", ids="Q1", props="labels")
    assert answer["entities"]["Q1"]["labels"]["en"] == {"language": None, "value": None}


def test_a_huge_answer(wikimedia: Wikimedia) -> None:
    wikimedia.faults.on("wikidata", garbage.huge(1_000_000))
    assert len(api(wikimedia.wikidata.api, action="x")["success"]) == 1_000_000
