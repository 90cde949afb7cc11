"""Searches of Wikidata: by prefix (wbsearchentities) and by words (CirrusSearch)."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from tests.wikimedia.people import Entity, World
from tests.wikimedia.serialization import fallbacks, term

SITE = "www.wikidata.org"


def folded(text: str) -> str:
    """Without case and accents, as the search compares names."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().strip()


def prefix_hits(
    world: World, text: str, language: str, *, shown: str = "en", strict: bool = False
) -> list[dict[str, Any]]:
    """All hits in order: whole names before beginnings, then the famous first.

    Found in `language`, but told in `shown`, which is the user's (`uselang`), English for nobody.
    """
    found = []
    for entity in world.entities.values():
        match = _match(entity, text, language, strict)
        if match:
            whole = folded(match.get("text", "")) == folded(text)
            found.append((not whole, -entity.fame, entity.number, entity, match))
    found.sort(key=lambda hit: hit[:3])
    return [_hit(entity, match, shown) for *_, entity, match in found]


def _names(entity: Entity, codes: list[str]) -> Iterator[tuple[str, str, str]]:
    for code in codes:
        if code in entity.labels:
            yield "label", code, entity.labels[code]
    for code in codes:
        for alias in entity.aliases.get(code, []):
            yield "alias", code, alias


def _match(entity: Entity, text: str, language: str, strict: bool) -> dict[str, str] | None:
    if text.strip().upper() == entity.id:
        return {"type": "entityId", "text": entity.id}
    codes = [language] if strict else list(dict.fromkeys(fallbacks(language)))
    wanted = folded(text)
    for kind, code, name in _names(entity, codes):
        if folded(name).startswith(wanted):
            return {"type": kind, "language": code, "text": name}
    return None


def _hit(entity: Entity, match: dict[str, str], language: str) -> dict[str, Any]:
    display: dict[str, Any] = {}
    hit: dict[str, Any] = {
        "id": entity.id,
        "title": entity.id,
        "pageid": entity.pageid,
        "display": display,
        "repository": "wikidata",
        "url": f"//{SITE}/wiki/{entity.id}",
        "concepturi": f"http://www.wikidata.org/entity/{entity.id}",
    }
    for key, terms in (("label", entity.labels), ("description", entity.descriptions)):
        found = term(terms, language)
        if found:
            display[key] = {"value": found[0], "language": found[1]}
            hit[key] = found[0]
    hit["match"] = match
    if match["text"] != hit.get("label"):
        hit["aliases"] = [match["text"]]
    return hit


_TERM = re.compile(r'(?:(-?)(haswbstatement|inlabel):)?("[^"]*"|\S+)')


def word_hits(world: World, text: str) -> list[Entity]:
    """By words in labels, aliases and descriptions; `haswbstatement:P31=Q5|P31=…`, `inlabel:`."""
    found = [entity for entity in world.entities.values() if _fits(entity, text)]
    return sorted(found, key=lambda entity: (-entity.fame, entity.number))


def _fits(entity: Entity, text: str) -> bool:
    names = [*entity.labels.values(), *(a for names in entity.aliases.values() for a in names)]
    for negated, keyword, quoted in _TERM.findall(text):
        value = quoted.strip('"')
        if keyword == "haswbstatement":
            fits = any(_states(entity, statement) for statement in value.split("|"))
        else:
            texts = names if keyword else [*names, *entity.descriptions.values()]
            phrase = rf"(?<!\w){re.escape(folded(value))}(?!\w)"
            fits = any(re.search(phrase, folded(name)) for name in texts)
        if fits == bool(negated):
            return False
    return True


def _states(entity: Entity, statement: str) -> bool:
    prop, _, value = statement.partition("=")
    best = entity.claims.get(prop, [])
    ranks = {claim.rank for claim in best}
    rank = "preferred" if "preferred" in ranks else "normal"
    return any(claim.rank == rank and (not value or claim.value == value) for claim in best)


def search_row(entity: Entity) -> dict[str, Any]:
    """An entry of list=search."""
    return {
        "ns": 0,
        "title": entity.id,
        "pageid": entity.pageid,
        "size": 1000,
        "wordcount": 0,
        "snippet": entity.descriptions.get("en", ""),
        "timestamp": "2026-10-01T12:00:00Z",
    }
