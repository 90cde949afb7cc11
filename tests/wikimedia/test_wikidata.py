"""wbsearchentities, wbgetentities and list=search, held against Wikibase's documentation."""

import pytest

from tests.wikimedia import Wikimedia
from tests.wikimedia.client import api


def search(wikimedia: Wikimedia, text: str, **query: object) -> list[dict[str, object]]:
    asked = {"action": "wbsearchentities", "search": text, "language": "en", **query}
    answer = api(wikimedia.wikidata.api, **asked)
    assert answer["success"] == 1
    hits: list[dict[str, object]] = answer["search"]
    return hits


def test_a_hit_has_the_documented_keys(wikimedia: Wikimedia) -> None:
    hit = search(wikimedia, "ada example")[0]
    assert hit == {
        "id": "Q1",
        "title": "Q1",
        "pageid": 10001,
        "display": {
            "label": {"value": "Ada Example", "language": "en"},
            "description": {"value": "actor of the stand-in", "language": "en"},
        },
        "repository": "wikidata",
        "url": "//www.wikidata.org/wiki/Q1",
        "concepturi": "http://www.wikidata.org/entity/Q1",
        "label": "Ada Example",
        "description": "actor of the stand-in",
        "match": {"type": "label", "language": "en", "text": "Ada Example"},
    }


def test_films_disambiguations_and_longer_names_are_found_too(wikimedia: Wikimedia) -> None:
    assert [hit["id"] for hit in search(wikimedia, "Ada Example")] == ["Q1", "Q11", "Q12", "Q2"]


def test_an_alias_is_named_with_the_hit(wikimedia: Wikimedia) -> None:
    (hit,) = search(wikimedia, "a. ex")
    assert hit["match"] == {"type": "alias", "language": "en", "text": "A. Example"}
    assert hit["aliases"] == ["A. Example"]


def test_names_for_all_languages_are_found_and_absent_descriptions_left_out(
    wikimedia: Wikimedia,
) -> None:
    (hit,) = search(wikimedia, "ada exampleton", language="fr")
    assert hit["display"] == {"label": {"value": "Ada Exampleton", "language": "mul"}}
    assert "description" not in hit
    assert search(wikimedia, "ada exampleton", language="fr", strictlanguage=1) == []


def test_hits_are_told_in_the_users_language(wikimedia: Wikimedia) -> None:
    """What is searched for in German comes with an English label, unless `uselang` says else."""
    (plain,) = search(wikimedia, "Ada Beispiel", language="de")
    assert (plain["label"], plain["aliases"]) == ("Ada Example", ["Ada Beispiel"])
    (german,) = search(wikimedia, "Ada Beispiel", language="de", uselang="de")
    assert german["label"] == "Ada Beispiel"
    assert "aliases" not in german


def test_a_search_goes_on(wikimedia: Wikimedia) -> None:
    wikimedia.world.crowd(60, lambda number: b"%d" % number)
    asked = {"action": "wbsearchentities", "search": "Person", "language": "en"}
    first = api(wikimedia.wikidata.api, **asked)
    assert (len(first["search"]), first["search-continue"]) == (7, 7)
    full = api(wikimedia.wikidata.api, limit=50, **asked)
    assert (len(full["search"]), full["search-continue"]) == (50, 50)
    last = api(wikimedia.wikidata.api, limit=50, **{**asked, "continue": 50})
    assert len(last["search"]) == 10
    assert "search-continue" not in last


def test_more_than_the_limit_is_cut_with_a_warning(wikimedia: Wikimedia) -> None:
    asked = {"action": "wbsearchentities", "search": "Ada", "language": "en", "limit": 51}
    assert "out of range" in api(wikimedia.wikidata.api, **asked)["warnings"]["main"]["*"]


def test_a_strange_language_is_an_error(wikimedia: Wikimedia) -> None:
    asked = {"action": "wbsearchentities", "search": "Ada", "language": "klingon"}
    assert api(wikimedia.wikidata.api, **asked)["error"]["code"] == "badvalue"


def test_an_entity_has_the_documented_shape(wikimedia: Wikimedia) -> None:
    answer = api(wikimedia.wikidata.api, action="wbgetentities", ids="Q1")
    entity = answer["entities"]["Q1"]
    assert (entity["type"], entity["id"], entity["title"], entity["ns"]) == ("item", "Q1", "Q1", 0)
    assert entity["labels"]["de"] == {"language": "de", "value": "Ada Beispiel"}
    assert entity["aliases"]["mul"] == [{"language": "mul", "value": "Adá"}]
    born = entity["claims"]["P569"][0]["mainsnak"]
    assert (born["snaktype"], born["datatype"]) == ("value", "time")
    assert born["datavalue"]["type"] == "time"
    assert born["datavalue"]["value"]["time"] == "+1956-07-09T00:00:00Z"
    assert born["datavalue"]["value"]["precision"] == 11
    kind = entity["claims"]["P31"][0]["mainsnak"]["datavalue"]
    assert kind == {
        "value": {"entity-type": "item", "numeric-id": 5, "id": "Q5"},
        "type": "wikibase-entityid",
    }
    portraits = entity["claims"]["P18"]
    assert [(p["rank"], p["mainsnak"]["datavalue"]["value"]) for p in portraits] == [
        ("normal", "Plain.jpg"),
        ("preferred", "Best.jpg"),
        ("deprecated", "Old.jpg"),
    ]


def test_a_year_alone_and_an_unknown_birth(wikimedia: Wikimedia) -> None:
    answer = api(wikimedia.wikidata.api, action="wbgetentities", ids="Q2|Q3", props="claims")
    year = answer["entities"]["Q2"]["claims"]["P569"][0]["mainsnak"]["datavalue"]["value"]
    assert (year["time"], year["precision"]) == ("+1980-00-00T00:00:00Z", 9)
    unknown = answer["entities"]["Q3"]["claims"]["P569"][0]["mainsnak"]
    assert unknown["snaktype"] == "somevalue"
    assert "datavalue" not in unknown


def test_merged_and_missing_items(wikimedia: Wikimedia) -> None:
    answer = api(wikimedia.wikidata.api, action="wbgetentities", ids="Q99|Q77", props="labels")
    merged = answer["entities"]["Q99"]
    assert (merged["id"], merged["redirects"]) == ("Q1", {"from": "Q99", "to": "Q1"})
    assert answer["entities"]["Q77"] == {"id": "Q77", "missing": ""}


def test_one_id_that_is_none_spoils_all(wikimedia: Wikimedia) -> None:
    answer = api(wikimedia.wikidata.api, action="wbgetentities", ids="Q1|Q100000000000")
    assert "entities" not in answer
    assert answer["error"]["code"] == "no-such-entity"
    assert answer["error"]["id"] == "Q100000000000"


def test_fifty_one_ids_are_too_many(wikimedia: Wikimedia) -> None:
    ids = "|".join(f"Q{number}" for number in range(1, 52))
    error = api(wikimedia.wikidata.api, action="wbgetentities", ids=ids)["error"]
    assert error["code"] == "toomanyvalues"
    assert (error["limit"], error["lowlimit"], error["highlimit"]) == (50, 50, 500)


def test_a_fallback_says_whose_it_is(wikimedia: Wikimedia) -> None:
    asked = {"action": "wbgetentities", "ids": "Q2", "props": "labels", "languages": "de-at"}
    plain = api(wikimedia.wikidata.api, **asked)["entities"]["Q2"]["labels"]
    assert plain == []  # an empty map of PHP
    labels = api(wikimedia.wikidata.api, languagefallback=1, **asked)["entities"]["Q2"]["labels"]
    assert labels == {
        "de-at": {"value": "Ada Exampleton", "language": "mul", "for-language": "de-at"}
    }


@pytest.mark.parametrize(("version", "empty"), [(1, []), (2, {})])
def test_empty_maps(wikimedia: Wikimedia, version: int, empty: object) -> None:
    asked = {"action": "wbgetentities", "ids": "Q2", "formatversion": version}
    entity = api(wikimedia.wikidata.api, **asked)["entities"]["Q2"]
    assert entity["aliases"] == entity["descriptions"] == empty


def test_the_search_by_words_filters_by_statement(wikimedia: Wikimedia) -> None:
    asked = {"action": "query", "list": "search", "srsearch": "Ada haswbstatement:P31=Q5"}
    answer = api(wikimedia.wikidata.api, **asked)
    assert [row["title"] for row in answer["query"]["search"]] == ["Q1", "Q2"]
    assert answer["query"]["searchinfo"] == {"totalhits": 2}
