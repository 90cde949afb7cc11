"""Wikidata: people by their names, and their portraits on Commons."""

import re
from collections.abc import Iterable
from typing import Any

from startwin.errors import FetchError
from startwin.gallery.catalog import Listed
from startwin.gallery.fetch.finding import Found, Kind, Outcome
from startwin.gallery.fetch.sources.commons import Commons
from startwin.gallery.fetch.sources.item import Item, folded, names, read_item
from startwin.gallery.fetch.sources.mediawiki import MediaWiki, batches, listing, mapping
from startwin.gallery.fetch.sources.namesakes import choose

_ID = re.compile(r"Q[1-9]\d{0,8}")

Entities = dict[str, dict[str, Any]]
"""Items by the ids that they were asked for by."""

HITS = 50
"""Names that a search gives at most."""


class Wikidata:
    """Looks people up. Wikidata's and Commons's interfaces are one lane: one question at a time.

    Args:
        wiki: Wikidata's interface.
        commons: where the portraits are.
        language: of the catalogue's names.
    """

    def __init__(self, wiki: MediaWiki, commons: Commons, language: str) -> None:
        self.url = wiki.url
        self._wiki = wiki
        self._commons = commons
        self._language = language
        self._languages = "|".join(dict.fromkeys([language, "mul", "en"]))
        self._callings: dict[str, frozenset[str]] = {}

    def find(self, people: list[Listed]) -> list[Found | Outcome]:
        """See `Source.find`."""
        hits = [self._hits(listed) for listed in people]
        ids = {id_ for each in hits if not isinstance(each, Outcome) for id_ in each}
        entities = self._entities(ids, "claims|descriptions")
        chosen = [
            each if isinstance(each, Outcome) else self._chosen(listed, each, entities)
            for listed, each in zip(people, hits, strict=True)
        ]
        portraits = [each.portrait for each in chosen if isinstance(each, Item) and each.portrait]
        pictures = self._commons.pictures(portraits) if portraits else {}
        found: list[Found | Outcome] = []
        for each in chosen:
            if isinstance(each, Outcome):
                found.append(each)
            elif each.portrait is None:
                found.append(Outcome(Kind.MISSING, f"Wikidata has no portrait of {each}"))
            elif each.portrait not in pictures:
                found.append(Outcome(Kind.MISSING, f"{each.portrait} is no picture on Commons"))
            else:
                picture = pictures[each.portrait]
                found.append(Found(picture.url, picture.credit, each.id))
        return found

    def _hits(self, listed: Listed) -> list[str] | Outcome:
        """The ids of those who may bear the name; one question that fails is one person's."""
        try:
            return self._searched(listed)
        except FetchError as error:
            return Outcome(Kind.FAILED, str(error))

    def _searched(self, listed: Listed) -> list[str]:
        if listed.wikidata:
            return [listed.wikidata]
        name = listed.person.name
        answer = self._wiki.ask(
            action="wbsearchentities",
            search=name,
            language=self._language,
            uselang=self._language,
            type="item",
            limit=HITS,
        )
        return [
            str(hit.get("id"))
            for hit in listing(answer.get("search"))
            if folded(str(mapping(hit.get("match")).get("text", ""))) == folded(name)
            and _ID.fullmatch(str(hit.get("id")))
        ]

    def _mentions(self, name: str) -> list[str]:
        """People in whose item the name occurs: the other search knows beginnings only."""
        quoted = name.replace('"', " ")
        answer = self._wiki.ask(
            action="query",
            list="search",
            srsearch=f'"{quoted}" haswbstatement:P31=Q5',
            srnamespace=0,
            srlimit=10,
        )
        hits = listing(mapping(answer.get("query")).get("search"))
        return [str(hit.get("title")) for hit in hits if _ID.fullmatch(str(hit.get("title")))]

    def _bearers(self, listed: Listed, ids: list[str], entities: Entities) -> list[Item]:
        """The people among these items who bear the name."""
        read = (read_item(entities[id_], self._language) for id_ in ids if id_ in entities)
        items = {item.id: item for item in read}  # two ids may lead to one item
        name = folded(listed.person.name)
        return [item for item in items.values() if item.is_human and name in item.names]

    def _chosen(self, listed: Listed, ids: list[str], entities: Entities) -> Item | Outcome:
        if listed.wikidata:
            if listed.wikidata in entities:
                return read_item(entities[listed.wikidata], self._language)
            return Outcome(Kind.MISSING, f"Wikidata has no item {listed.wikidata}")
        people = self._bearers(listed, ids, entities)
        if not people:
            more = self._mentions(listed.person.name)
            people = self._bearers(listed, more, self._entities(more, "claims|descriptions"))
        if listed.person.role:
            self._learn({calling for item in people for calling in item.callings})
        return choose(listed, people, self._callings)

    def _learn(self, callings: set[str]) -> None:
        """Look up what occupations and positions are called."""
        for id_, entity in self._entities(callings - self._callings.keys()).items():
            self._callings[id_] = frozenset(names(entity))

    def _entities(self, ids: Iterable[str], more: str = "") -> Entities:
        """The items of these ids that there are."""
        found: Entities = {}
        for batch in batches(sorted(ids)):
            answer = self._wiki.ask(
                action="wbgetentities",
                ids="|".join(batch),
                props="|".join(["labels|aliases", *([more] if more else [])]),
                languages=self._languages,
            )
            found |= {
                id_: entity
                for id_, entity in mapping(answer.get("entities")).items()
                if isinstance(entity, dict) and "missing" not in entity
            }
        return found
