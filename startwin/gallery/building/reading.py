"""Photos are read: from the store what it knows, by the worker processes what is new."""

import errno
import hashlib
import json
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from startwin.errors import BadPhoto, PhotoError, TooFewPixels, TooManyPixels
from startwin.face import workers
from startwin.face.engine import RECIPE
from startwin.face.workers import FaceWorkers
from startwin.gallery.building import portrait
from startwin.gallery.building.portrait import Portrait
from startwin.gallery.building.quality import Reason, Rejection, rejection
from startwin.gallery.building.store import PortraitStore
from startwin.settings import Settings

AHEAD = 4
"""Photos that wait for each worker: none runs dry, and a million never sit in memory."""

LARGEST_FILE = 100_000_000
"""Bytes; no photo is as large."""


@dataclass(frozen=True)
class Reading:
    """What came of a photo.

    Attributes:
        digest: of its content, by which the store has its portrait; "" if it could not be read.
        rejection: why it will not be used; None if it will.
        is_new: whether it had to be computed.
    """

    digest: str
    rejection: Rejection | None = None
    is_new: bool = False


class Reader:
    """Reads photos. Its processes start when there is something new, and end with it."""

    def __init__(self, settings: Settings, store: PortraitStore, jitters: int) -> None:
        self._settings = settings
        self._gates = settings.gates
        self._store = store
        self._jitters = jitters
        self._pool: FaceWorkers | None = None
        self._coming: dict[Future[Portrait], tuple[str, list[Path]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.stop()

    def read(self, photos: Collection[Path]) -> Iterator[tuple[Path, Reading]]:
        """Read each photo, and keep what is computed in the store, as it comes.

        Yields:
            Every photo once with what came of it, in no particular order.

        Raises:
            GalleryError: the store cannot be written.
            ModelError: a model file is missing or damaged.
            ClusterError: the cluster cannot be used.
        """
        for photo in photos:
            try:
                content = _content(photo)
            except OSError as error:
                detail = f"cannot be read: {error.strerror}"
                yield photo, Reading("", Rejection(Reason.UNREADABLE, detail))
                continue
            digest = hashlib.sha256(content).hexdigest()
            known = self._known(digest)
            if known is not None:
                yield photo, known
            elif (twins := self._under_way(digest)) is not None:
                twins.append(photo)
            else:
                pool = self._started(len(photos))
                task = pool.submit(portrait.take, content, self._jitters, self._gates)
                self._coming[task] = digest, [photo]
                while len(self._coming) > AHEAD * pool.size:
                    yield from self._arrived()
        while self._coming:
            yield from self._arrived()

    def _known(self, digest: str) -> Reading | None:
        found = self._store.get(digest)
        if found is None:
            return None
        if isinstance(found, Rejection):
            return Reading(digest, found)
        fault = rejection(found.quality, self._gates)
        if fault is None and found.vectors is None:  # the gates were narrower then
            return None
        return Reading(digest, fault)

    def _under_way(self, digest: str) -> list[Path] | None:
        coming = self._coming.values()
        return next((photos for other, photos in coming if other == digest), None)

    def _started(self, photos: int) -> FaceWorkers:
        if self._pool is None:
            self._pool = workers.configured(self._settings, photos, insists=True)
            self._pool.start()
        return self._pool

    def _arrived(self) -> Iterator[tuple[Path, Reading]]:
        done, _ = wait(self._coming, return_when=FIRST_COMPLETED)
        for task in done:
            digest, photos = self._coming.pop(task)
            fault = self._kept(digest, task)
            for photo in photos:
                yield photo, Reading(digest, fault, is_new=True)

    def _kept(self, digest: str, task: Future[Portrait]) -> Rejection | None:
        """Put a result into the store, unless it could be another one next time."""
        try:
            taken = task.result()
        except TooManyPixels as error:  # which is a matter of settings
            return Rejection(Reason.UNREADABLE, str(error))
        except BadPhoto as error:
            too_small = isinstance(error, TooFewPixels)
            fault = Rejection(Reason.TOO_SMALL if too_small else Reason.UNREADABLE, str(error))
            self._store.put(digest, fault)
            return fault
        except PhotoError as error:
            return Rejection(Reason.UNREADABLE, str(error))
        except Exception as error:  # noqa: BLE001 - one odd file must not cost a night's build
            return Rejection(Reason.UNREADABLE, f"{type(error).__name__}: {error}")
        self._store.put(digest, taken)
        return rejection(taken.quality, self._gates)


def recipe(jitters: int) -> str:
    """What portraits depend on beside the photo, for the store."""
    own = {"jitters": jitters, "picture": [portrait.PICTURE_SIDE, portrait.FRAME, portrait.ASPECT]}
    return hashlib.sha256(json.dumps([RECIPE, own]).encode()).hexdigest()[:16]


def _content(photo: Path) -> bytes:
    """A photo's bytes; a pipe or a device would go on forever."""
    if photo.exists() and not photo.is_file():
        raise OSError(errno.EINVAL, "not a regular file")
    if photo.exists() and photo.stat().st_size > LARGEST_FILE:
        raise OSError(errno.EFBIG, f"larger than {LARGEST_FILE // 1_000_000} MB")
    return photo.read_bytes()
