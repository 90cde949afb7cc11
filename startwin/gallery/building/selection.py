"""Each person by one photo: the most typical of theirs. What hardly shows them is told.

Several entries of one person, or the mean of their photos, would be found more often than others'
single photo by people who are neither: a person with many entries is near to more faces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from startwin.face.frame import Eyes
from startwin.face.resnet import DIMENSIONS, Embedding
from startwin.gallery import manifest as manifests
from startwin.gallery.build_folder import picture_name
from startwin.gallery.building.portrait import Portrait
from startwin.gallery.building.reading import Reading
from startwin.gallery.building.store import PortraitStore
from startwin.gallery.credit import Credit
from startwin.gallery.people import Candidate
from startwin.gallery.person import Person
from startwin.gallery.search.graph import Vectors

STRANGER = 0.6
"""Two photos of one person are seldom as far apart: 0.44 ± 0.08 on a public benchmark, at most 0.52
in 219 pairs of official portraits. Of pairs of different people, 99% are farther apart."""


@dataclass(frozen=True)
class Stranger:
    """A photo that probably shows somebody else.

    Attributes:
        person: whose it is said to be.
        photo: the file.
        distance: to the person's most typical photo.
        picture: the photo's, in the store.
    """

    person: Person
    photo: Path
    distance: float
    picture: str


@dataclass(frozen=True, eq=False)
class Selection:
    """Who comes into the gallery.

    Attributes:
        people: n, each with a picture.
        vectors: (n, 128), the embeddings that are searched.
        probes: (n, 128), the same photos embedded as a user's is.
        strangers: farthest first.
        without: people who have no photo that could be used.
    """

    people: list[Person]
    vectors: Vectors
    probes: Vectors
    strangers: list[Stranger]
    without: list[Person]

    @property
    def pictures(self) -> list[str]:
        """The people's pictures, by their names in the store."""
        return [person.picture.name for person in self.people if person.picture]


def select(
    candidates: Sequence[Candidate],
    readings: Mapping[Path, Reading],
    store: PortraitStore,
    photo_credits: Mapping[Path, Credit] = MappingProxyType({}),
) -> Selection:
    """Choose each person's photo.

    Args:
        candidates: the people.
        readings: of all their photos.
        store: where the portraits are.
        photo_credits: whose they are.
    """
    people: list[Person] = []
    strangers: list[Stranger] = []
    without: list[Person] = []
    # Reserved, not filled: a million people take half a gigabyte for each, and no more.
    vectors, probes = (np.empty((len(candidates), DIMENSIONS), dtype=np.float32) for _ in range(2))
    for candidate in candidates:
        photos = _photos(candidate, readings, store)
        if not photos:
            without.append(candidate.person)
            continue
        own = np.stack([photo.embedding for photo in photos])
        best = photos[typical(own)]
        vectors[len(people)], probes[len(people)] = best.embedding, best.probe
        picture = Path(manifests.PICTURES, best.picture)
        credit = photo_credits.get(best.file)
        people.append(replace(candidate.person, picture=picture, eyes=best.eyes, credit=credit))
        distances = np.linalg.norm(own - best.embedding, axis=1)
        strangers += [
            Stranger(candidate.person, photo.file, float(distance), photo.picture)
            for photo, distance in zip(photos, distances, strict=True)
            if distance > STRANGER
        ]
    strangers.sort(key=lambda stranger: -stranger.distance)
    n = len(people)
    return Selection(people, vectors[:n], probes[:n], strangers, without)


def typical(vectors: Vectors) -> int:
    """The row of a person's most typical photo: the one nearest to their others altogether."""
    between = np.linalg.norm(vectors[:, None] - vectors, axis=2)
    return int(between.sum(axis=1).argmin())


class _Photo(NamedTuple):
    """A good photo of a person, and what the store has of it."""

    file: Path
    embedding: Embedding
    probe: Embedding
    picture: str
    eyes: Eyes | None


def _photos(
    candidate: Candidate, readings: Mapping[Path, Reading], store: PortraitStore
) -> list[_Photo]:
    found = []
    for file in candidate.photos:
        if readings[file].rejection is None:
            portrait = store.get(readings[file].digest)
            if isinstance(portrait, Portrait) and portrait.vectors is not None:
                embedding, probe = portrait.vectors
                name = picture_name(portrait.picture)
                found.append(_Photo(file, embedding, probe, name, portrait.eyes))
    return found
