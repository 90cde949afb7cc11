"""The catalogue: a JSON file that says who there is."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    field_validator,
)

from startwin.errors import GalleryError
from startwin.gallery.credit import Credit
from startwin.gallery.person import Person, aliases_of
from startwin.settings import plain

Url = Annotated[str, StringConstraints(pattern=r"^https?://")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Role = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class CatalogEntry(BaseModel):
    """One person of the catalogue; further fields are passed over."""

    name: Name
    alias: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] | None = None
    role: Role | None = None
    n_movies: Annotated[int, Field(ge=0)] | None = None
    photo: str | None = None
    photos: list[str] = []
    photo_url: Url | None = None
    photo_credit: Credit | None = None
    link: Url | None = None
    birth_year: Annotated[int, Field(ge=-4000, le=2100)] | None = None
    wikidata: Annotated[str, StringConstraints(pattern=r"^Q[1-9]\d{0,8}$")] | None = None
    names: dict[Language, Name] = {}

    @field_validator("*")
    @classmethod
    def _is_unicode(cls, value: object) -> object:
        try:
            str(value).encode()
        except UnicodeEncodeError:
            raise ValueError("holds half a character (a lone surrogate)") from None
        return value


@dataclass(frozen=True)
class Listed:
    """What the catalogue says of a person.

    Attributes:
        person: the facts that the gallery keeps.
        photos: paths inside the photos folder.
        photo_credit: of the picture at the person's `photo_url`.
        birth_year: tells namesakes apart.
        wikidata: the person's item there, such as "Q2263".
    """

    person: Person
    photos: list[str]
    photo_credit: Credit | None = None
    birth_year: int | None = None
    wikidata: str | None = None


def read_catalog(path: Path) -> list[Listed]:
    """The people of a catalogue.

    Raises:
        GalleryError: not JSON, a wrong field, or one alias twice; the sentence says where.
    """
    try:
        content: Any = json.loads(path.read_text("utf-8-sig"))
        entries = TypeAdapter(list[CatalogEntry]).validate_python(content)
    except OSError as error:
        raise GalleryError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ", ".join(_place(step) for step in fault["loc"]) or "the file"
        raise GalleryError(f"{path}: {where}: {plain(fault['msg'])}") from None
    except (ValueError, RecursionError) as error:
        raise GalleryError(f"{path} is not JSON: {error}") from None
    made = aliases_of([entry.name for entry in entries])
    people: dict[str, Listed] = {}
    for number, entry in enumerate(entries, 1):
        alias = entry.alias or made[entry.name]
        if alias in people:
            what = f"the alias {alias!r}" if entry.alias else f"{entry.name!r} without an alias"
            raise GalleryError(f"{path}: entry {number}: {what} is there twice")
        facts = entry.model_dump(include={"name", "role", "n_movies", "link", "photo_url", "names"})
        person = Person(alias=alias, **facts)
        photos = [*([entry.photo] if entry.photo else []), *entry.photos]
        people[alias] = Listed(person, photos, entry.photo_credit, entry.birth_year, entry.wikidata)
    return list(people.values())


def _place(step: int | str) -> str:
    return f"entry {step + 1}" if isinstance(step, int) else step
