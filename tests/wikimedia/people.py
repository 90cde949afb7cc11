"""The world that the stand-in knows: entities of Wikidata and files of Commons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.wikimedia.claims import Claim, Claims, claims
from tests.wikimedia.files import File, normalized
from tests.wikimedia.licences import licence

HUMAN = "Q5"
DISAMBIGUATION = "Q4167410"
FILM = "Q11424"
FICTIONAL = "Q15632617"
ACTOR = "Q33999"

Labels = str | Mapping[str, str]
"""By language code, `mul` among them; a string alone is English."""


@dataclass
class Entity:
    """An item; `fame` orders the answers of a search."""

    id: str
    labels: dict[str, str]
    aliases: dict[str, list[str]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    claims: dict[str, list[Claim]] = field(default_factory=dict)
    fame: int = 0

    @property
    def number(self) -> int:
        return int(self.id[1:])

    @property
    def pageid(self) -> int:
        return 10_000 + self.number


class World:
    """Build it before the requests come: reading is not guarded by a lock.

    `empty_as_list`: format version 1 writes an empty map of an entity as `[]`, as PHP does.
    """

    def __init__(self) -> None:
        self.entities: dict[str, Entity] = {}
        self.redirects: dict[str, str] = {}
        self.files: dict[str, File] = {}
        self.renamed: dict[str, str] = {}
        self.empty_as_list = True

    def item(
        self,
        qid: str,
        labels: Labels = "",
        *,
        aliases: Mapping[str, Sequence[str]] | Sequence[str] = (),
        descriptions: Labels = "",
        fame: int = 0,
        **properties: Claims,
    ) -> Entity:
        """Anything that is no person; properties by their ids: `P31="Q11424"`."""
        by_language = aliases if isinstance(aliases, Mapping) else {"en": aliases}
        entity = Entity(
            qid,
            _terms(labels),
            {language: list(names) for language, names in by_language.items() if names},
            _terms(descriptions),
            {prop: claims(values) for prop, values in properties.items() if values is not None},
            fame,
        )
        self.entities[qid] = entity
        return entity

    def person(
        self,
        qid: str,
        labels: Labels = "",
        *,
        aliases: Mapping[str, Sequence[str]] | Sequence[str] = (),
        descriptions: Labels = "",
        kind: Claims = HUMAN,
        born: Claims = None,
        occupations: Claims = None,
        positions: Claims = None,
        portrait: Claims = None,
        fame: int = 0,
        **properties: Claims,
    ) -> Entity:
        """`born` is a year, `"1956-07-09"` or `UNKNOWN`; `portrait` one file's name or several."""
        return self.item(
            qid,
            labels,
            aliases=aliases,
            descriptions=descriptions,
            fame=fame,
            P31=kind,
            P569=born,
            P106=occupations,
            P39=positions,
            P18=portrait,
            **properties,
        )

    def redirect(self, old: str, new: str) -> None:
        """Item `old` was merged into `new`."""
        self.redirects[old] = new

    def file(
        self,
        name: str,
        content: bytes,
        *,
        license: str | None = "cc-by-sa-4.0",  # noqa: A002, it is the term of the field
        author: str | None = "Foo",
        **details: Any,
    ) -> File:
        """A plain `author` becomes a link to a user's page; `details` are fields of `File`."""
        if author is not None and not author.startswith("<"):
            author = (
                f'<a href="//commons.wikimedia.org/wiki/User:{author}" title="User:{author}">'
                f"{author}</a>"
            )
        key = normalized(name)
        details.setdefault("pageid", 70_000_000 + len(self.files))
        self.files[key] = File(key, content, licence(license), author, **details)
        return self.files[key]

    def rename(self, old: str, new: str) -> None:
        """File `old` was moved to `new` and left a redirect."""
        self.renamed[normalized(old)] = normalized(new)

    def crowd(
        self,
        count: int,
        content: Callable[[int], bytes],
        *,
        name: Callable[[int], str] = "Person {:04d}".format,
        born: Callable[[int], int] = lambda number: 1900 + number % 100,
        first: int = 1_000_000,
    ) -> list[Entity]:
        """`count` actors with a portrait each, whose file is `content(number)`."""
        if ACTOR not in self.entities:
            self.item(ACTOR, "actor", aliases=["actress"])
        people = []
        for number in range(count):
            title = f"{name(number)} portrait.jpg"
            self.file(title, content(number))
            people.append(
                self.person(
                    f"Q{first + number}",
                    name(number),
                    born=born(number),
                    occupations=ACTOR,
                    portrait=title,
                )
            )
        return people

    def entity(self, qid: str, *, redirects: bool = True) -> Entity | None:
        """None for what is missing, or a redirect that is not to be followed."""
        if qid in self.redirects:
            return self.entities.get(self.redirects[qid]) if redirects else None
        return self.entities.get(qid)

    def found_file(self, name: str) -> File | None:
        return self.files.get(self.renamed.get(name, name))


def _terms(terms: Labels) -> dict[str, str]:
    if isinstance(terms, str):
        return {"en": terms} if terms else {}
    return dict(terms)
