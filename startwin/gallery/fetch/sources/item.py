"""A person of Wikidata, as far as it helps to tell who is who."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from startwin.gallery.fetch.sources.mediawiki import listing, mapping

HUMAN = "Q5"
INSTANCE_OF, BORN, DIED, PORTRAIT = "P31", "P569", "P570", "P18"
OCCUPATION, POSITION = "P106", "P39"

_VAGUE = {9: 0, 8: 10, 7: 100, 6: 1000}
"""Years that a date may be off by its precision: it is known to the year, the decade, the century,
the millennium (https://www.wikidata.org/wiki/Help:Dates)."""


@dataclass(frozen=True)
class Item:
    """A person.

    Attributes:
        id: such as "Q2263".
        label: the name.
        description: such as "American actor".
        names: labels and other names, folded.
        is_human: and no film, family name or character.
        born: years; sources may differ.
        born_about: first and last years of times when somebody may have been born, where no year
            is known.
        died: years.
        callings: ids of occupations and positions.
        portrait: the name of a file of Commons.
    """

    id: str
    label: str
    description: str
    names: frozenset[str]
    is_human: bool
    born: frozenset[int]
    born_about: tuple[tuple[int, int], ...]
    died: frozenset[int]
    callings: tuple[str, ...]
    portrait: str | None

    def __str__(self) -> str:
        born = f", born {'/'.join(map(str, sorted(self.born)))}" if self.born else ""
        return f"{self.id}: {self.label}{born}, {self.description or 'no description'}"


def read_item(entity: dict[str, Any], language: str) -> Item:
    """Read an entity as ``wbgetentities`` gives it.

    Args:
        entity: of JSON; what is of another shape than documented is passed over.
        language: of the label and the description.
    """
    labels = mapping(entity.get("labels"))
    descriptions = mapping(entity.get("descriptions"))
    born = [span for value in _values(entity, BORN) if (span := _span(value))]
    died = [span for value in _values(entity, DIED) if (span := _span(value))]
    portraits = [value for value in _best(entity, PORTRAIT) if isinstance(value, str)]
    return Item(
        id=str(entity.get("id", "")),
        label=_text(labels, language, "mul", "en"),
        description=_text(descriptions, language, "en"),
        names=frozenset(names(entity)),
        is_human=any(mapping(value).get("id") == HUMAN for value in _values(entity, INSTANCE_OF)),
        born=frozenset(first for first, last in born if first == last),
        born_about=tuple(span for span in born if span[0] != span[1]),
        died=frozenset(last for _, last in died),
        callings=tuple(
            str(mapping(value).get("id"))
            for about in (OCCUPATION, POSITION)
            for value in _values(entity, about)
        ),
        portrait=portraits[0].replace("_", " ") if portraits else None,
    )


def names(entity: dict[str, Any]) -> Iterator[str]:
    """All of an entity's labels and other names that were asked for, folded."""
    for label in mapping(entity.get("labels")).values():
        yield folded(str(mapping(label).get("value", "")))
    for aliases in mapping(entity.get("aliases")).values():
        for alias in listing(aliases):
            yield folded(str(alias.get("value", "")))


def folded(name: str) -> str:
    """What spellings of a name have in common: neither case, accents nor punctuation counts."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
    return " ".join(re.findall(r"[^\W_]+", kept)) or name


def _values(entity: dict[str, Any], about: str) -> list[object]:
    """The values of a property, without those that Wikidata itself holds to be wrong."""
    return [value for rank, value in _ranked(entity, about) if rank != "deprecated"]


def _best(entity: dict[str, Any], about: str) -> list[object]:
    """The preferred values, else the normal ones."""
    ranked = _ranked(entity, about)
    preferred = [value for rank, value in ranked if rank == "preferred"]
    return preferred or [value for rank, value in ranked if rank == "normal"]


def _ranked(entity: dict[str, Any], about: str) -> list[tuple[object, object]]:
    found = []
    for statement in listing(mapping(entity.get("claims")).get(about)):
        snak = mapping(statement.get("mainsnak"))
        if snak.get("snaktype") == "value":
            found.append((statement.get("rank"), mapping(snak.get("datavalue")).get("value")))
    return found


def _span(value: object) -> tuple[int, int] | None:
    """The first and the last year that a date can mean; None if it says next to nothing."""
    date = mapping(value)
    precision = date.get("precision")
    found = re.match(r"([+-]\d{1,9})-", str(date.get("time", "")))
    if found is None or not isinstance(precision, int) or precision < min(_VAGUE):
        return None
    off = _VAGUE.get(precision, 0)
    return int(found[1]) - off, int(found[1]) + off


def _text(texts: dict[str, Any], *languages: str) -> str:
    """In the first of these languages that there is."""
    found = (mapping(texts.get(language)).get("value") for language in languages)
    return next((text for text in found if isinstance(text, str)), "")
