"""The gallery as it is searched: people, their pictures, and nmslib's graph of embeddings."""

import threading
from collections.abc import Hashable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from cachetools import LRUCache, cached
from pydantic import TypeAdapter

from startwin.errors import GalleryError
from startwin.face.engine import RECIPE
from startwin.face.frame import framed
from startwin.face.photo import Picture, decode
from startwin.face.resnet import DIMENSIONS, Embedding
from startwin.gallery import manifest as manifests
from startwin.gallery.build_folder import BuildFolder, picture_name
from startwin.gallery.person import Person
from startwin.gallery.search.graph import Graph, Vectors
from startwin.gallery.search.recall import EF_SEARCHES
from startwin.gallery.similarity import Similarity
from startwin.heap import apart

MOST = EF_SEARCHES[0]
"""Likenesses that can be asked for at once: the graph gives no more than it keeps candidates."""

TRIES = 5
"""For loading, while a build goes on that replaces what is being loaded."""

FRAMES_KEPT = 64
"""Frames in memory, of whatever gallery; each has 0.9 MB."""

_PEOPLE = TypeAdapter(list[Person])


@dataclass(frozen=True)
class Likeness:
    """A celebrity and how much a face is like theirs.

    Attributes:
        person: the celebrity.
        distance: Euclidean, between the embeddings; 0 and up.
        percent: 0 to 100; see `startwin.gallery.similarity`.
    """

    person: Person
    distance: float
    percent: float


class Gallery:
    """The celebrities, searchable. Safe to use from many threads.

    Its pictures stay where they are until it is let go of, whatever is built meanwhile.

    Args:
        people: who is there, in the graph's order.
        graph: of their embeddings.
        similarity: distance to percent.
        folder: where the pictures are; without it there are none.
        built: when.
    """

    def __init__(
        self,
        people: Sequence[Person],
        graph: Graph,
        similarity: Similarity,
        folder: BuildFolder | None = None,
        built: datetime | None = None,
    ) -> None:
        self.people = people
        self.built = built
        self.similarity = similarity
        self._folder = folder
        self._graph = graph

    def __len__(self) -> int:
        return len(self.people)

    @property
    def build(self) -> str:
        """The build's name, which is its digest."""
        return self._folder.name if self._folder else ""

    def is_in(self, folder: Path) -> bool:
        """Whether a path leads to the folder of this very build."""
        return self._folder is not None and self._folder.is_at(folder)

    @classmethod
    def load(cls, assets: Path | str) -> "Gallery":
        """Load what `build_embeddings.py` has put in the assets folder.

        Raises:
            GalleryError: it is missing, damaged, or made by another recipe than this version's;
                the sentence names the command that mends it.
        """
        assets = Path(assets)
        for _ in range(TRIES):
            build = manifests.serving_build(assets)
            try:
                return cls._loaded(assets)
            except (GalleryError, OSError, RuntimeError) as error:
                failure = error
            if manifests.serving_build(assets) == build:  # no other has taken its place meanwhile
                break
        if isinstance(failure, GalleryError):
            raise failure
        raise GalleryError(f"the gallery in {assets} is damaged ({failure}): {manifests.mend()}")

    @classmethod
    def _loaded(cls, assets: Path) -> "Gallery":
        manifest = manifests.read(assets)
        if any(manifest.recipe.get(part) != made for part, made in RECIPE.items()):
            raise GalleryError(
                f"the gallery in {assets} was made by another recipe: {manifests.mend()}"
            )
        folder = manifest.folder(assets)
        with ExitStack() as stack:
            held = BuildFolder(folder)
            stack.callback(held.close)
            people = [
                replace(person, picture=folder / person.picture) if person.picture else person
                for person in _PEOPLE.validate_json((folder / manifests.PEOPLE).read_bytes())
            ]
            if not all(person.picture and person.picture.is_file() for person in people):
                raise GalleryError(f"pictures are missing in {folder}: {manifests.mend()}")
            graph = Graph.load(folder / manifests.GRAPH, len(people), manifest.search.ef_search)
            stack.pop_all()
        return cls(people, graph, manifest.similarity, held, manifest.built)

    def nearest(self, embedding: Embedding, k: int = 1) -> list[Likeness]:
        """The k celebrities most like a face, nearest first; all of them if there are fewer.

        Args:
            embedding: (128,) finite numbers.
            k: 1 to `MOST`.

        Raises:
            ValueError: the embedding or k is not of that kind; nmslib itself would answer
                something plausible.
        """
        query = np.asarray(embedding, dtype=np.float32)
        if query.shape != (DIMENSIONS,) or not np.isfinite(query).all():
            raise ValueError(f"an embedding is {DIMENSIONS} finite numbers")
        if not 1 <= k <= MOST:
            raise ValueError(f"k is 1 to {MOST}")
        rows, distances = self._graph.nearest(query, k)
        return [
            Likeness(self.people[row], float(distance), self.similarity.percent(float(distance)))
            for row, distance in zip(rows, distances, strict=True)
        ]

    @cached_property
    def aliases(self) -> frozenset[str]:
        """Of everybody who is there."""
        return frozenset(person.alias for person in self.people)

    def frame(self, person: Person) -> Picture:
        """The picture around a celebrity's face, from memory if it was wanted lately.

        Raises:
            GalleryError: the file is gone or damaged.
        """
        return _frame(self, person)

    def picture(self, person: Person) -> bytes:
        """A celebrity's cropped photo, as JPEG.

        Raises:
            GalleryError: the file is gone or damaged.
        """
        file = person.picture
        if file is None or self._folder is None:
            raise GalleryError(f"a person has no picture: {manifests.mend()}")
        try:
            picture = self._folder.read(f"{manifests.PICTURES}/{file.name}")
        except OSError as error:
            raise GalleryError(f"{file}: {error.strerror}: {manifests.mend()}") from None
        if picture_name(picture) != file.name:
            raise GalleryError(f"{file} is damaged: {manifests.mend()}")
        return picture

    def check_pictures(self) -> None:
        """Read all pictures, which `load` only finds to be there.

        Raises:
            GalleryError: one is gone or damaged.
        """
        for person in self.people:
            self.picture(person)


def _key(_: Gallery, person: Person) -> tuple[Hashable, ...]:
    """A picture's name is the digest of its content, in every build."""
    return person.picture and person.picture.name, person.eyes


@cached(LRUCache(FRAMES_KEPT), _key, threading.Lock())
def _frame(gallery: Gallery, person: Person) -> Picture:
    picture = decode(gallery.picture(person))
    if person.eyes is None:
        raise GalleryError(f"{person.picture} shows no eyes: {manifests.mend()}")
    return apart(framed(picture, person.eyes))


def write(folder: Path, people: Sequence[Person], vectors: Vectors, graph: Graph) -> None:
    """Write a build's files.

    Args:
        folder: an empty build's.
        people: n, in the vectors' order, their pictures relative to the folder.
        vectors: (n, 128).
        graph: of the vectors.

    Raises:
        GalleryError: the graph cannot be written.
    """
    np.save(folder / manifests.VECTORS, vectors, allow_pickle=False)
    (folder / manifests.PEOPLE).write_bytes(
        _PEOPLE.dump_json(list(people), indent=1, exclude_none=True) + b"\n"
    )
    graph.save(folder / manifests.GRAPH)
