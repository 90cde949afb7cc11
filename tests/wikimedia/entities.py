"""The modules of Wikidata: wbsearchentities, wbgetentities and list=search."""

import re
from typing import Any

from tests.wikimedia.answers import ApiError
from tests.wikimedia.parameters import LIMIT, Parameters
from tests.wikimedia.people import World
from tests.wikimedia.search import prefix_hits, search_row, word_hits
from tests.wikimedia.serialization import emptied, entity_json

PROPS = ("info", "sitelinks", "aliases", "labels", "descriptions", "claims", "datatype")
_LANGUAGES = """
    ar bg bn ca cs da de de-at de-ch el en en-ca en-gb eo es et fa fi fr gl he hi hr hu hy id is it
    ja ka kk ko lt lv mk ml mr ms mul nb nl nn pl pt pt-br ro ru sk sl sq sr sv sw ta te th tr uk ur
    uz vi zh zh-hans zh-hant
"""
LANGUAGES = frozenset(_LANGUAGES.split())
"""Some of Wikibase's; others are refused."""

HIGHEST = 2**31 - 1
"""Ids beyond are no ids."""


def search_entities(world: World, parameters: Parameters) -> dict[str, Any]:
    """wbsearchentities: 7 hits unless told, 50 at most, and none beyond the 50th continued."""
    text = parameters.text("search")
    language = parameters.text("language")
    if language not in LANGUAGES:
        raise ApiError("badvalue", f'Unrecognized value for parameter "language": {language}.')
    shown = parameters.text("uselang", "en")
    kind = parameters.text("type", "item")
    limit = parameters.number("limit", 7, 0, LIMIT)
    start = parameters.number("continue", 0, 0, 10_000)
    props = parameters.several("props", "url", ("url", ""))
    strict = parameters.has("strictlanguage")
    hits = prefix_hits(world, text, language, shown=shown, strict=strict)
    if kind != "item":
        hits = []
    if "url" not in props:
        hits = [{key: value for key, value in hit.items() if key != "url"} for hit in hits]
    answer: dict[str, Any] = {
        "searchinfo": {"search": text},
        "search": hits[start : start + limit],
    }
    if len(hits) > start + limit <= LIMIT:
        answer["search-continue"] = start + limit
    return {**answer, "success": 1}


def get_entities(world: World, parameters: Parameters, *, second: bool) -> dict[str, Any]:
    """wbgetentities: one id that is none spoils the whole request; a merged item stands under
    the id that was asked for."""
    ids = parameters.several("ids")
    if not ids:
        raise ApiError("param-missing", "Either ids or both sites and titles must be given.")
    props = parameters.several(
        "props", "|".join(PROPS), (*PROPS, "sitelinks/urls"), "wbgetentities"
    )
    languages = parameters.several("languages", "", LANGUAGES, "wbgetentities")
    fallback = parameters.has("languagefallback")
    redirects = parameters.text("redirects", "yes") == "yes"
    for qid in ids:
        if not re.fullmatch(r"[QP][1-9]\d*", qid) or int(qid[1:]) > HIGHEST:
            raise ApiError("no-such-entity", f'Could not find an entity "{qid}".', id=qid)
    entities: dict[str, Any] = {}
    for qid in ids:
        entity = world.entity(qid, redirects=redirects)
        if entity is None:
            entities[qid] = {"id": qid, "missing": ""}
            continue
        record = entity_json(entity, props, languages, fallback=fallback)
        if entity.id != qid:
            record = {"redirects": {"from": qid, "to": entity.id}, **record}
        entities[qid] = emptied(record) if world.empty_as_list and not second else record
    return {"entities": entities, "success": 1}


def search_words(world: World, parameters: Parameters, *, second: bool) -> dict[str, Any]:
    """list=search."""
    found = word_hits(world, parameters.text("srsearch"))
    limit = parameters.number("srlimit", 10, 1, 500)
    start = parameters.number("sroffset", 0, 0, 10_000)
    for name in ("list", "srnamespace", "srprop", "srinfo", "srqiprofile", "continue"):
        parameters.text(name, "")
    answer: dict[str, Any] = {"batchcomplete": True if second else ""}
    if len(found) > start + limit:
        answer["continue"] = {"sroffset": start + limit, "continue": "-||"}
    rows = [search_row(entity) for entity in found[start : start + limit]]
    return {**answer, "query": {"searchinfo": {"totalhits": len(found)}, "search": rows}}
