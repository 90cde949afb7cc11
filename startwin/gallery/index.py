"""The gallery as it is searched: people, their pictures, and nmslib's graph of embeddings."""

import contextlib
import hashlib
import importlib
import os
import sys
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from startwin.errors import GalleryError
from startwin.face.engine import RECIPE
from startwin.face.resnet import DIMENSIONS, Embedding
from startwin.gallery import manifest as manifests
from startwin.gallery.person import Person
from startwin.gallery.similarity import Similarity

BUILD_PARAMETERS = {
    "M": 16,
    "efConstruction": 200,
    "post": 2,
    "delaunay_type": 1,
    "skip_optimized_index": 0,
}
"""The article's, but for M=100 and efConstruction=2000: with those, building 12,000 people takes
minutes and a query longer than a linear scan."""

QUERY_PARAMETERS = {"efSearch": 100}
"""On 12,000 real faces, efSearch 10 already finds every nearest one."""

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
    """The celebrities, searchable. Safe to use from many threads."""

    def __init__(self, people: Sequence[Person], graph: Any, similarity: Similarity) -> None:
        self.people = people
        self.similarity = similarity
        self._graph = graph

    def __len__(self) -> int:
        return len(self.people)

    @classmethod
    def load(cls, assets: Path | str) -> "Gallery":
        """Load what `build_embeddings.py` has put in the assets folder.

        Raises:
            GalleryError: it is missing, damaged, or made by another recipe than this version's;
                the sentence names the command that mends it.
        """
        assets = Path(assets)
        manifest = manifests.read(assets)
        if any(manifest.recipe.get(part) != made for part, made in RECIPE.items()):
            raise GalleryError(
                f"the gallery in {assets} was made by another recipe: {manifests.mend()}"
            )
        folder = manifest.folder(assets)
        people = [
            replace(person, picture=folder / person.picture) if person.picture else person
            for person in _PEOPLE.validate_json((folder / manifests.PEOPLE).read_bytes())
        ]
        graph = new_graph()
        graph.loadIndex(str(folder / manifests.GRAPH))
        graph.setQueryTimeParams(manifest.search)
        gallery = cls(people, graph, manifest.similarity)
        weakref.finalize(gallery, os.close, manifests.hold(folder))
        if not all(person.picture and person.picture.is_file() for person in people):
            raise GalleryError(f"pictures are missing in {folder}: {manifests.mend()}")
        return gallery

    def nearest(self, embedding: Embedding, k: int = 1) -> list[Likeness]:
        """The k celebrities most like a face, nearest first; all of them if there are fewer.

        Args:
            embedding: (128,) finite numbers.
            k: 1 or more.

        Raises:
            ValueError: the embedding or k is not of that kind; nmslib itself would answer
                something plausible.
        """
        query = np.asarray(embedding, dtype=np.float32)
        if query.shape != (DIMENSIONS,) or not np.isfinite(query).all():
            raise ValueError(f"an embedding is {DIMENSIONS} finite numbers")
        if k < 1:
            raise ValueError("k is 1 or more")
        rows, squares = self._graph.knnQuery(query, k=min(k, len(self.people)))
        # The optimized graph of space "l2" leaves out the root; this is the one place for it.
        distances = np.sqrt(squares)
        return [
            Likeness(self.people[row], float(distance), self.similarity.percent(float(distance)))
            for row, distance in zip(rows, distances, strict=True)
        ]

    def picture(self, person: Person) -> bytes:
        """A celebrity's cropped photo, as JPEG.

        Raises:
            GalleryError: the file is gone or damaged.
        """
        if person.picture is None:
            raise GalleryError(f"{person.alias} has no picture")
        try:
            picture = person.picture.read_bytes()
        except OSError as error:
            raise GalleryError(f"{person.picture}: {error.strerror}: {manifests.mend()}") from None
        if picture_name(picture) != person.picture.name:
            raise GalleryError(f"{person.picture} is damaged: {manifests.mend()}")
        return picture


def write(folder: Path, people: Sequence[Person], vectors: NDArray[np.float32]) -> None:
    """Write a build's files.

    Args:
        folder: an empty build's.
        people: n, in the vectors' order, their pictures relative to the folder.
        vectors: (n, 128).
    """
    np.save(folder / manifests.VECTORS, vectors, allow_pickle=False)
    (folder / manifests.PEOPLE).write_bytes(
        _PEOPLE.dump_json(list(people), indent=1, exclude_none=True) + b"\n"
    )
    graph = new_graph()
    graph.addDataPointBatch(vectors)
    threads = {"indexThreadQty": os.cpu_count() or 1}
    graph.createIndex({**BUILD_PARAMETERS, **threads}, print_progress=False)
    try:
        graph.saveIndex(str(folder / manifests.GRAPH))
    except RuntimeError as error:  # C++ tells no more than "iostream error"
        raise GalleryError(f"{folder} cannot be written, is the disk full? ({error})") from None


def picture_name(picture: bytes) -> str:
    """A picture's file name, which is its digest."""
    return f"{hashlib.sha256(picture).hexdigest()[:32]}.jpg"


def new_graph() -> Any:
    """An empty nmslib index of the kind that a gallery is."""
    nmslib = _nmslib()
    return nmslib.init(method="hnsw", space="l2", data_type=nmslib.DataType.DENSE_VECTOR)


def _nmslib() -> ModuleType:
    if "nmslib" not in sys.modules:
        with _silent_stderr():  # on import it prints advice about compiling it
            return importlib.import_module("nmslib")
    return sys.modules["nmslib"]


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """For what C++ code prints past Python's own stream."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
