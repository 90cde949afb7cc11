"""Entities as wbgetentities writes them (Wikibase: GetEntities, ResultBuilder)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.wikimedia.claims import statement_json
from tests.wikimedia.people import Entity


def fallbacks(language: str) -> Iterator[str]:
    """Where a label is looked for: the language, what it is a kind of, `mul`, English."""
    yield language
    if "-" in language:
        yield language.split("-", maxsplit=1)[0]
    yield "mul"
    yield "en"


def term(terms: Mapping[str, str], language: str) -> tuple[str, str] | None:
    """The text that stands in for a language's, and the language it is in."""
    return next(((terms[code], code) for code in fallbacks(language) if code in terms), None)


def entity_json(
    entity: Entity, props: Collection[str], languages: Collection[str], *, fallback: bool
) -> dict[str, Any]:
    """`languages` empty: all there are. Empty maps are objects here."""
    record: dict[str, Any] = {}
    if "info" in props:
        record |= {
            "pageid": entity.pageid,
            "ns": 0,
            "title": entity.id,
            "lastrevid": 2_000_000_000 + entity.number,
            "modified": "2026-10-01T12:00:00Z",
        }
    record |= {"type": "item", "id": entity.id}
    if "labels" in props:
        record["labels"] = _terms(entity.labels, languages, fallback)
    if "descriptions" in props:
        record["descriptions"] = _terms(entity.descriptions, languages, fallback)
    if "aliases" in props:
        record["aliases"] = {
            code: [{"language": code, "value": name} for name in names]
            for code, names in entity.aliases.items()
            if not languages or code in languages
        }
    if "claims" in props:
        record["claims"] = {
            prop: [
                statement_json(entity.id, prop, number, claim)
                for number, claim in enumerate(statements)
            ]
            for prop, statements in entity.claims.items()
        }
    if "sitelinks" in props:
        record["sitelinks"] = {}
    return record


def _terms(terms: Mapping[str, str], languages: Collection[str], fallback: bool) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for code in languages or terms:
        if code in terms:
            written[code] = {"language": code, "value": terms[code]}
        elif fallback and (found := term(terms, code)):
            written[code] = {"value": found[0], "language": found[1], "for-language": code}
    return written


def emptied(record: dict[str, Any]) -> dict[str, Any]:
    """The same with empty maps as lists, as PHP writes them."""
    return {key: value if value != {} else [] for key, value in record.items()}
