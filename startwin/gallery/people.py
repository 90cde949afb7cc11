"""Who is to be in the gallery, and which photos are theirs."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, ValidationError

from startwin.errors import GalleryError
from startwin.settings import plain

PHOTO_SUFFIXES = frozenset(
    # The last three are not decoded, but whoever puts one there should be told.
    ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"]
)

CATALOG_NAME = "catalog.json"
"""Taken from the photos folder when it lies there and no other catalogue is named."""


LISTED = 5
"""File names in a sentence about many files."""


@dataclass(frozen=True)
class Person:
    """A celebrity.

    Attributes:
        name: as it is shown, in any script.
        alias: short, unique and stable; makes the link to the person's page.
        role: such as "actor".
        n_movies: number of films.
        link: the person's own page; else the operator's `LINK_TEMPLATE` makes one.
        picture: the cropped photo (JPEG) in a built gallery.
    """

    name: str
    alias: str
    role: str | None = None
    n_movies: int | None = None
    link: str | None = None
    picture: Path | None = None


@dataclass(frozen=True)
class Candidate:
    """A person and the photos that may show them; best first, if an order is known."""

    person: Person
    photos: tuple[Path, ...]


@dataclass(frozen=True)
class Census:
    """What the photos folder and the catalogue hold, and what does not fit together."""

    candidates: list[Candidate]
    problems: list[str]


def census(photos: Path, catalog: Path | None = None) -> Census:
    """Find the people.

    Without a catalogue, the name of a file (``Grace Hopper.jpg``) or of a folder of photos
    (``Grace Hopper/*.jpg``) is the person's name. With one, a person's photos are those that the
    catalogue names, else the file or folder that bears the person's name or alias.

    Args:
        photos: the folder.
        catalog: a JSON list of people; by default ``catalog.json`` in the folder, if it is there.

    Raises:
        GalleryError: the folder or the catalogue cannot be read, or the catalogue is wrong.
    """
    named, problems = _photos_by_name(photos)
    if catalog is None and (photos / CATALOG_NAME).is_file():
        catalog = photos / CATALOG_NAME
    if catalog is not None:
        return _by_catalog(read_catalog(catalog), photos, named, problems)
    aliases = _aliases([own.name for own in named.values()])
    people = [
        Candidate(Person(own.name, aliases[own.name]), tuple(own.photos)) for own in named.values()
    ]
    return Census(people, problems)


class CatalogEntry(BaseModel):
    """One person of the catalogue; further fields are passed over."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    alias: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] | None = None
    role: str | None = None
    n_movies: Annotated[int, Field(ge=0)] | None = None
    photo: str | None = None
    photos: list[str] = []
    link: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None


def read_catalog(path: Path) -> list[tuple[Person, list[str]]]:
    """The people of a catalogue, each with the photos it names.

    Raises:
        GalleryError: not JSON, a wrong field, or one alias twice; the sentence says where.
    """
    try:
        content: Any = json.loads(path.read_text("utf-8"))
        entries = TypeAdapter(list[CatalogEntry]).validate_python(content)
    except OSError as error:
        raise GalleryError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ", ".join(_place(step) for step in fault["loc"]) or "the file"
        raise GalleryError(f"{path}: {where}: {plain(fault['msg'])}") from None
    except ValueError as error:
        raise GalleryError(f"{path} is not JSON: {error}") from None
    made = _aliases([entry.name for entry in entries])
    people: dict[str, tuple[Person, list[str]]] = {}
    for number, entry in enumerate(entries, 1):
        alias = entry.alias or made[entry.name]
        if alias in people:
            what = f"the alias {alias!r}" if entry.alias else f"{entry.name!r} without an alias"
            raise GalleryError(f"{path}: entry {number}: {what} is there twice")
        person = Person(entry.name, alias, entry.role, entry.n_movies, entry.link)
        people[alias] = person, [*([entry.photo] if entry.photo else []), *entry.photos]
    return list(people.values())


def _place(step: int | str) -> str:
    return f"entry {step + 1}" if isinstance(step, int) else step


@dataclass(frozen=True)
class _Named:
    """The photos that bear a name, in its first spelling."""

    name: str
    photos: list[Path] = field(default_factory=list)


def _by_catalog(
    people: list[tuple[Person, list[str]]],
    folder: Path,
    named: dict[str, _Named],
    problems: list[str],
) -> Census:
    candidates = []
    used: set[Path] = set()
    for person, wanted in people:
        files = [folder / _inside(path, person) for path in wanted]
        found = [file for file in files if file.is_file()]
        missing = [file for file in files if file not in found]
        problems += [f"{file}: the catalogue names it, but it is not there" for file in missing]
        if not wanted:
            keys = dict.fromkeys((_key(person.name), _key(person.alias)))
            found = [photo for key in keys if key in named for photo in named[key].photos]
        used.update(found)
        if found:
            candidates.append(Candidate(person, tuple(dict.fromkeys(found))))
        elif not wanted:
            problems.append(f"{person.name} ({person.alias}): no photo")
    others = [file.name for own in named.values() for file in own.photos if file not in used]
    if others:
        some = ", ".join(others[:LISTED]) + (", …" if len(others) > LISTED else "")
        problems.append(f"{len(others)} photos of people who are not in the catalogue: {some}")
    return Census(candidates, problems)


def _inside(path: str, person: Person) -> PurePosixPath:
    inside = PurePosixPath(path)
    if inside.is_absolute() or ".." in inside.parts:
        raise GalleryError(f"catalogue: {person.alias}: {path} leads out of the photos folder")
    return inside


def _photos_by_name(folder: Path) -> tuple[dict[str, _Named], list[str]]:
    """The photos by their names' keys, and what was passed over."""
    named: dict[str, _Named] = {}
    problems = []
    try:
        for entry in sorted(folder.iterdir()):
            if entry.name.startswith("."):
                continue
            name, photos = entry.name, []
            if entry.is_dir():
                inside = sorted(entry.iterdir())
                photos = [file for file in inside if _is_photo(file)]
                problems += [f"{deep}: too deep to be found" for deep in inside if deep.is_dir()]
                if not photos:
                    problems.append(f"{entry}: no photos in this folder")
            elif _is_photo(entry):
                name, photos = entry.stem, [entry]
            if photos and _key(name):
                named.setdefault(_key(name), _Named(_normal(name))).photos.extend(photos)
    except OSError as error:
        raise GalleryError(
            f"the photos folder {error.filename} cannot be read: {error.strerror}"
        ) from None
    return named, problems


def _is_photo(path: Path) -> bool:
    return path.suffix.lower().removeprefix(".") in PHOTO_SUFFIXES and path.name[0] != "."


def _normal(name: str) -> str:
    """One spelling for what looks alike: macOS writes accents as characters of their own."""
    return unicodedata.normalize("NFC", name).strip()


def _key(name: str) -> str:
    """What two spellings of a name have in common: ``grace hopper`` is Grace Hopper."""
    return _normal(name).casefold()


def _aliases(names: list[str]) -> dict[str, str]:
    """An alias for each name: ``Grace Hopper`` becomes ``grace-hopper``.

    Names that would share one (``A. B``, ``A-B``) all get a piece of their digest, so that the
    alias does not depend on who else is there first.
    """
    slugs = {name: _slug(name) for name in names}
    bearers = Counter(slugs.values())
    return {
        name: slug if slug and bearers[slug] == 1 else f"{slug}-{_digest(name)}".strip("-")
        for name, slug in slugs.items()
    }


def _slug(name: str) -> str:
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", name).casefold()).strip("-")


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:6]
