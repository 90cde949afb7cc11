"""Photos become a gallery: census, portraits in parallel, graph, manifest."""

import errno
import hashlib
import json
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from startwin.errors import GalleryError, PhotoError
from startwin.face import models
from startwin.face.engine import RECIPE
from startwin.face.pool import FacePool
from startwin.face.resnet import Embedding
from startwin.gallery import graph, index, portrait, similarity
from startwin.gallery import manifest as manifests
from startwin.gallery.index import Gallery
from startwin.gallery.manifest import Manifest
from startwin.gallery.people import Candidate, Census, census
from startwin.gallery.person import Person
from startwin.gallery.portrait import Portrait
from startwin.settings import Settings

AHEAD = 4
"""Photos that wait for each worker: none runs dry, and a million never sit in memory."""


LARGEST_FILE = 100_000_000
"""Bytes; no photo is as large."""


class Watcher(Protocol):
    """Who is told how a build goes on."""

    def begin(self, photos: int) -> None:
        """So many photos will be looked at."""

    def accepted(self, photo: Path, /) -> None:
        """This one will be used."""

    def left_out(self, problem: str) -> None:
        """This photo, person or file will not be used, for this reason."""


@dataclass(frozen=True, eq=False)
class _Entry:
    """What is kept of a portrait while the build goes on; its picture is on disk by then."""

    embedding: Embedding
    probe: Embedding
    picture: str


def build(
    photos: Path, catalog: Path | None, jitters: int, settings: Settings, watcher: Watcher
) -> tuple[Manifest, bool]:
    """Build the gallery, unless the one that serves is made of the very same already.

    Args:
        photos: the folder of celebrity photos.
        catalog: see `census`.
        jitters: how many jittered copies of a face an embedding is averaged over.
        settings: `assets_dir`, `workers` and the limits of a photo.
        watcher: is told of every photo.

    Returns:
        The manifest of the gallery that serves now, and whether it was built anew.

    Raises:
        GalleryError: nothing usable remains, or a folder or the catalogue cannot be used.
        ModelError: a model file is missing or damaged.
    """
    models.check()
    found = census(photos, catalog)
    for problem in found.problems:
        watcher.left_out(problem)
    source = _digest(found, photos, jitters)
    serving = _unchanged(settings.assets_dir, source)
    if serving is not None:
        return serving, False
    total = sum(len(candidate.photos) for candidate in found.candidates)
    if not total:
        raise GalleryError(f"no photos in {photos}: put portraits there, one person each")
    watcher.begin(total)
    with (
        manifests.staging(settings.assets_dir) as folder,
        FacePool.configured(settings, at_most=total) as pool,
    ):
        entries = _entries(found.candidates, pool, jitters, folder / manifests.PICTURES, watcher)
        if not entries:
            raise GalleryError(f"none of the photos in {photos} can be used")
        people, vectors, probes = _chosen(entries)
        _remove_others(folder / manifests.PICTURES, people)
        search = index.write(folder, people, vectors)
        draft = Manifest(
            format=manifests.FORMAT,
            built=datetime.now(UTC),
            people=len(people),
            recipe={**RECIPE, "jitters": str(jitters)},
            search=search,
            similarity=similarity.estimate(vectors, probes),
            source=source,
        )
        return manifests.publish(settings.assets_dir, folder, draft), True


def _entries(
    candidates: list[Candidate], pool: FacePool, jitters: int, pictures: Path, watcher: Watcher
) -> dict[Person, list[_Entry]]:
    entries: dict[Person, list[_Entry]] = {}
    for person, photo, coming in _submitted(candidates, pool, jitters):
        try:
            taken = coming.result()
        except (PhotoError, OSError) as error:
            watcher.left_out(f"{photo}: {error}")
            continue
        except Exception as error:  # noqa: BLE001 - one odd file must not cost a night's build
            watcher.left_out(f"{photo}: unreadable ({type(error).__name__}: {error})")
            continue
        name = index.picture_name(taken.picture)
        (pictures / name).write_bytes(taken.picture)
        entries.setdefault(person, []).append(_Entry(taken.embedding, taken.probe, name))
        watcher.accepted(photo)
    return entries


def _submitted(
    candidates: list[Candidate], pool: FacePool, jitters: int
) -> Iterator[tuple[Person, Path, Future[Portrait]]]:
    """Every photo with its result to come, in order, a bounded number of them ahead."""
    waiting: deque[tuple[Person, Path, Future[Portrait]]] = deque()
    for candidate in candidates:
        for photo in candidate.photos:
            waiting.append((candidate.person, photo, _portrait(photo, pool, jitters)))
            if len(waiting) > AHEAD * pool.size:
                yield waiting.popleft()
    yield from waiting


def _portrait(photo: Path, pool: FacePool, jitters: int) -> Future[Portrait]:
    try:
        return pool.submit(portrait.take, _content(photo), jitters)
    except OSError as error:
        unread: Future[Portrait] = Future()
        unread.set_exception(OSError(f"cannot be read: {error.strerror}"))
        return unread


def _content(photo: Path) -> bytes:
    """A photo's bytes; a pipe or a device would go on forever."""
    if photo.exists() and not photo.is_file():
        raise OSError(errno.EINVAL, "not a regular file")
    if photo.exists() and photo.stat().st_size > LARGEST_FILE:
        raise OSError(errno.EFBIG, f"larger than {LARGEST_FILE // 1_000_000} MB")
    return photo.read_bytes()


def _chosen(
    entries: dict[Person, list[_Entry]],
) -> tuple[list[Person], NDArray[np.float32], NDArray[np.float32]]:
    """Each person by their most typical photo: the one nearest to their others on average."""
    people, vectors, probes = [], [], []
    for person, own in entries.items():
        among = np.stack([entry.embedding for entry in own])
        between = np.linalg.norm(among[:, None] - among, axis=2)
        best = own[int(between.sum(axis=1).argmin())]
        people.append(replace(person, picture=Path(manifests.PICTURES, best.picture)))
        vectors.append(best.embedding)
        probes.append(best.probe)
    return people, np.stack(vectors), np.stack(probes)


def _remove_others(pictures: Path, people: list[Person]) -> None:
    used = {person.picture.name for person in people if person.picture}
    for file in pictures.iterdir():
        if file.name not in used:
            file.unlink()


def _unchanged(assets: Path, source: str) -> Manifest | None:
    """The manifest that serves, if it is whole and of this source."""
    try:
        serving = manifests.read(assets)
        gallery = Gallery.load(assets)
        for person in gallery.people:
            gallery.picture(person)
    except GalleryError:
        return None  # missing, damaged or of another recipe: it is built anew
    return serving if serving.source == source else None


def _digest(found: Census, photos: Path, jitters: int) -> str:
    """All that a build depends on: photos by content, people, recipe and parameters."""
    digest = hashlib.sha256()
    parameters = [RECIPE, jitters, graph.BUILD_PARAMETERS]
    digest.update(json.dumps([manifests.FORMAT, *parameters]).encode())
    for candidate in found.candidates:
        digest.update(json.dumps(asdict(candidate.person), default=str).encode())
        for photo in candidate.photos:
            try:
                content = hashlib.sha256(_content(photo)).hexdigest()
            except OSError:
                content = "unreadable"
            digest.update(os.fsencode(photo.relative_to(photos)) + content.encode())
    return digest.hexdigest()
