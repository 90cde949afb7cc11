"""Who is to be in the gallery, and which photos are theirs."""

import os
import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from startwin.errors import GalleryError
from startwin.gallery.catalog import Listed, read_catalog
from startwin.gallery.credit import Credit, read_sidecar
from startwin.gallery.person import Person, aliases_of

PHOTO_SUFFIXES = frozenset(
    # The last three are not decoded, but whoever puts one there should be told.
    ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"]
)

CATALOG_NAME = "catalog.json"
"""Taken from the photos folder when it lies there and no other catalogue is named."""

LEAVE_OUT_NAME = "leave-out.txt"
"""Likewise."""

LISTED = 5
"""File names in a sentence about many files."""


@dataclass(frozen=True)
class Candidate:
    """A person and the photos that may show them; best first, if an order is known."""

    person: Person
    photos: tuple[Path, ...]


@dataclass(frozen=True)
class Census:
    """What the photos folder and the catalogue hold, and what does not fit together.

    Attributes:
        candidates: who may come into the gallery.
        problems: sentences for the operator.
        leave_out: the aliases and names on the operator's list of people who may not.
        unknown: those of them that are nobody's.
        left_out: how many people are left out.
        credits: of the photos that have one beside them.
    """

    candidates: list[Candidate]
    problems: list[str]
    leave_out: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    left_out: int = 0
    credits: dict[Path, Credit] = field(default_factory=dict)

    def leaves_out(self, *names: str) -> bool:
        """Whether the list of people to leave out has one of somebody's names."""
        return not self.leave_out.isdisjoint(map(_normal, names))

    @cached_property
    def photos(self) -> dict[str, tuple[Path, ...]]:
        """The candidates' photos, by their aliases."""
        return {candidate.person.alias: candidate.photos for candidate in self.candidates}


def census(photos: Path, catalog: Path | None = None, leave_out: Path | None = None) -> Census:
    """Find the people.

    Without a catalogue, the name of a file (``Grace Hopper.jpg``) or of a folder of photos
    (``Grace Hopper/*.jpg``) is the person's name. With one, a person's photos are those that the
    catalogue names, else the file or folder that bears the person's name or alias.

    Args:
        photos: the folder.
        catalog: a JSON list of people; by default ``catalog.json`` in the folder, if it is there.
        leave_out: a text file of aliases or names, one a line, of people who are not to be in the
            gallery; by default ``leave-out.txt`` in the folder, if it is there.

    Raises:
        GalleryError: the folder or a file cannot be read, or the catalogue is wrong.
    """
    everybody = _everybody(photos, catalog)
    if leave_out is None and os.path.lexists(photos / LEAVE_OUT_NAME):
        leave_out = photos / LEAVE_OUT_NAME
    return _credited(everybody if leave_out is None else _without(everybody, leave_out))


def _everybody(photos: Path, catalog: Path | None) -> Census:
    named, problems = _photos_by_name(photos)
    if catalog is None and (photos / CATALOG_NAME).is_file():
        catalog = photos / CATALOG_NAME
    if catalog is not None:
        return _by_catalog(read_catalog(catalog), photos, named, problems)
    aliases = aliases_of([own.name for own in named.values()])
    people = [
        Candidate(Person(own.name, aliases[own.name]), tuple(own.photos)) for own in named.values()
    ]
    return Census(people, problems)


def _without(everybody: Census, leave_out: Path) -> Census:
    try:
        lines = leave_out.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GalleryError(f"{leave_out} cannot be read: {error}") from None
    entries = {_normal(re.sub(r"(^|\s)#.*", "", line)) for line in lines} - {""}
    stay: list[Candidate] = []
    go: list[Candidate] = []
    for candidate in everybody.candidates:
        names = {_normal(candidate.person.alias), _normal(candidate.person.name)}
        (go if names & entries else stay).append(candidate)
    aliases = {_normal(candidate.person.alias) for candidate in go}
    names = aliases | {_normal(candidate.person.name) for candidate in go}
    # The report shall not name them either, nor those of whom there is no photo.
    named = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in names | entries]
    problems = [each for each in everybody.problems if not any(one.search(each) for one in named)]
    return Census(stay, problems, frozenset(entries), frozenset(entries - names), len(go))


def _credited(found: Census) -> Census:
    """With the credits beside the photos; a photo whose credit cannot be read is not used."""
    known: dict[Path, Credit] = {}
    problems = list(found.problems)
    candidates = []
    aliases = {candidate.person.alias for candidate in found.candidates}
    for candidate in found.candidates:
        photos = []
        for photo in candidate.photos:
            try:
                sidecar = read_sidecar(photo)
            except GalleryError as error:
                problems.append(f"{photo} is not used: {error}")
                continue
            if sidecar and sidecar.alias != candidate.person.alias and sidecar.alias in aliases:
                continue  # of a namesake, for whom it was fetched
            photos.append(photo)
            if sidecar is not None:
                known[photo] = sidecar.credit
        if photos:
            candidates.append(replace(candidate, photos=tuple(photos)))
    return replace(found, candidates=candidates, problems=problems, credits=known)


@dataclass(frozen=True)
class _Named:
    """The photos that bear a name, in its first spelling."""

    name: str
    photos: list[Path] = field(default_factory=list)


def _by_catalog(
    people: list[Listed],
    folder: Path,
    named: dict[str, _Named],
    problems: list[str],
) -> Census:
    candidates = []
    used: set[Path] = set()
    for listed in people:
        person, wanted = listed.person, listed.photos
        files = [folder / _inside(path, person) for path in wanted]
        found = [file for file in files if _is_there(file)]
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
                photos = [file for file in inside if is_photo(file)]
                problems += [f"{deep}: too deep to be found" for deep in inside if deep.is_dir()]
                if not photos:
                    problems.append(f"{entry}: no photos in this folder")
            elif is_photo(entry):
                name, photos = entry.stem, [entry]
            if photos and not _is_unicode(name):
                problems.append(f"{os.fsencode(entry)!r}: the name is not UTF-8")
            elif photos and not _key(name):
                problems.append(f"{entry}: the name is empty")
            elif photos:
                named.setdefault(_key(name), _Named(_normal(name))).photos.extend(photos)
    except OSError as error:
        raise GalleryError(
            f"the photos folder {error.filename} cannot be read: {error.strerror}"
        ) from None
    return named, problems


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name too long for any file
        return False


def is_photo(path: Path) -> bool:
    """Whether a path has a picture's name."""
    return path.suffix.lower().removeprefix(".") in PHOTO_SUFFIXES and path.name[0] != "."


def _normal(name: str) -> str:
    """One spelling for what looks alike: macOS writes accents as characters of their own."""
    return unicodedata.normalize("NFC", name).strip()


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _key(name: str) -> str:
    """What two spellings of a name have in common: ``grace hopper`` is Grace Hopper."""
    return _normal(name).casefold()
