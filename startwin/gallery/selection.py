"""Each person by one photo: the most typical of theirs. What hardly shows them is told.

Several entries of one person, or the mean of their photos, would be found more often than others'
single photo by people who are neither: a person with many entries is near to more faces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from startwin.face.resnet import DIMENSIONS
from startwin.gallery import manifest as manifests
from startwin.gallery.graph import Vectors
from startwin.gallery.people import Candidate
from startwin.gallery.person import Person
from startwin.gallery.portrait import Portrait
from startwin.gallery.reading import Reading
from startwin.gallery.store import PortraitStore, picture_name

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
    candidates: Sequence[Candidate], readings: Mapping[Path, Reading], store: PortraitStore
) -> Selection:
    """Choose each person's photo.

    Args:
        candidates: the people.
        readings: of all their photos.
        store: where the portraits are.
    """
    people: list[Person] = []
    strangers: list[Stranger] = []
    without: list[Person] = []
    # Reserved, not filled: a million people take half a gigabyte for each, and no more.
    vectors, probes = (np.empty((len(candidates), DIMENSIONS), dtype=np.float32) for _ in range(2))
    for candidate in candidates:
        portraits = _portraits(candidate, readings, store)
        if not portraits:
            without.append(candidate.person)
            continue
        own = np.stack([vector for _, (vector, _), _ in portraits])
        best = typical(own)
        _, (embedding, probe), picture = portraits[best]
        vectors[len(people)], probes[len(people)] = embedding, probe
        people.append(replace(candidate.person, picture=Path(manifests.PICTURES, picture)))
        distances = np.linalg.norm(own - own[best], axis=1)
        strangers += [
            Stranger(candidate.person, photo, float(distance), picture)
            for (photo, _, picture), distance in zip(portraits, distances, strict=True)
            if distance > STRANGER
        ]
    strangers.sort(key=lambda stranger: -stranger.distance)
    n = len(people)
    return Selection(people, vectors[:n], probes[:n], strangers, without)


def typical(vectors: Vectors) -> int:
    """The row of a person's most typical photo: the one nearest to their others altogether."""
    between = np.linalg.norm(vectors[:, None] - vectors, axis=2)
    return int(between.sum(axis=1).argmin())


def _portraits(
    candidate: Candidate, readings: Mapping[Path, Reading], store: PortraitStore
) -> list[tuple[Path, Vectors, str]]:
    """A person's good photos, each with its two vectors and its picture's name."""
    found = []
    for photo in candidate.photos:
        if readings[photo].rejection is None:
            portrait = store.get(readings[photo].digest)
            if isinstance(portrait, Portrait) and portrait.vectors is not None:
                found.append((photo, portrait.vectors, picture_name(portrait.picture)))
    return found
