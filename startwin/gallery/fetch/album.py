"""The photos folder while pictures come into it: whole or not at all, each with its credit."""

import contextlib
import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from startwin.errors import FetchError, GalleryError
from startwin.gallery.catalog import Listed
from startwin.gallery.credit import Sidecar, read_sidecar, sidecar_path
from startwin.gallery.people import is_photo

DRAFTS = ".fetching"
"""The folder of what has not come whole yet; names with a point are passed over by builds."""

LONGEST_NAME = 200
"""Bytes of a file's name, so that there is room for what is added to it; file systems take 255."""


@dataclass(frozen=True)
class Draft:
    """A picture that is coming.

    Attributes:
        path: the file.
        file: to write to.
    """

    path: Path
    file: BinaryIO


class Album:
    """Keeps pictures in the photos folder. For many threads, each with pictures of its own.

    Args:
        folder: the photos folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._drafts = folder / DRAFTS
        self._numbers = itertools.count()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Keep others out, and leave no drafts.

        Raises:
            GalleryError: the folder cannot be written, or somebody else is at it.
        """
        with self.errors_told():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._drafts.mkdir(exist_ok=True)
            lock = os.open(self._drafts, os.O_RDONLY)
            try:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise GalleryError(
                        f"photos are being fetched into {self.folder} already: wait for that"
                    ) from None
                for left in self._drafts.iterdir():  # by a run that was killed
                    left.unlink()
                try:
                    yield
                finally:
                    shutil.rmtree(self._drafts, ignore_errors=True)
            finally:
                os.close(lock)

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """A file for a picture that is coming; gone at the end, unless it was kept.

        Raises:
            GalleryError: it cannot be written.
        """
        path = self._new_draft()
        try:
            with self.errors_told(), path.open("wb") as file:
                yield Draft(path, file)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, draft: Draft, listed: Listed, suffix: str, sidecar: Sidecar) -> Path:
        """Put a picture that has come whole into its place.

        The sidecar comes first, so that no picture is ever without its credit; and what asks a
        server whether the picture has changed is written last, so that it never speaks of a
        picture that did not come.

        Args:
            draft: the picture.
            listed: whose.
            suffix: of the file name, as the picture's format wants it.
            sidecar: its credit.

        Returns:
            Where it is now.

        Raises:
            GalleryError: it cannot be written.
        """
        photo = self.place(listed, suffix)
        if photo.exists() and self.fetched((photo,)) is None:
            raise FetchError(f"{photo} is there, was not fetched, and is left as it is")
        with self.errors_told():
            draft.file.flush()
            os.fsync(draft.file.fileno())
            photo.parent.mkdir(parents=True, exist_ok=True)
            unsure = sidecar.model_copy(update={"etag": None, "last_modified": None})
            self._write(sidecar_path(photo), unsure)
            draft.path.replace(photo)
            self._write(sidecar_path(photo), sidecar)
        return photo

    def credit(self, photo: Path, sidecar: Sidecar) -> None:
        """Renew the credit of a picture that stays.

        Raises:
            GalleryError: it cannot be written.
        """
        with self.errors_told():
            self._write(sidecar_path(photo), sidecar)

    def place(self, listed: Listed, suffix: str) -> Path:
        """Where a person's picture belongs: where the catalogue looks for it.

        Raises:
            FetchError: no picture can be there.
        """
        named = Path(listed.photos[0] if listed.photos else f"{_stem(listed)}{suffix}")
        if "\0" in str(named) or any(len(part.encode()) > LONGEST_NAME for part in named.parts):
            raise FetchError(f"no file can have the name {str(named)[:100]!r}")
        if not is_photo(named):
            raise FetchError(f"{named} is not the name of a picture")
        return self.folder / named

    def remove(self, photo: Path) -> None:
        """Remove a fetched picture whose place another one has taken."""
        with self.errors_told():
            photo.unlink(missing_ok=True)
            sidecar_path(photo).unlink(missing_ok=True)

    def fetched(self, photos: tuple[Path, ...]) -> tuple[Path, Sidecar] | None:
        """The one of a person's photos that was fetched, with its sidecar."""
        for photo in photos:
            with contextlib.suppress(GalleryError):  # told by the build, mended by its owner
                sidecar = read_sidecar(photo)
                if sidecar is not None and sidecar.url:
                    return photo, sidecar
        return None

    def write(self, name: str, text: str) -> None:
        """Replace a text file of the folder in one step.

        Raises:
            GalleryError: it cannot be written.
        """
        with self.errors_told():
            draft = self._new_draft()
            draft.write_text(text, "utf-8", errors="surrogateescape")
            draft.replace(self.folder / name)

    @contextmanager
    def errors_told(self) -> Iterator[None]:
        """Errors of the file system become ours: of one file's place, or of everybody's disk."""
        try:
            yield
        except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
            raise FetchError(f"{error.filename2 or error.filename}: {error.strerror}") from None
        except OSError as error:
            what = error.filename or self.folder
            raise GalleryError(f"{what} cannot be written: {error.strerror or error}") from None

    def _new_draft(self) -> Path:
        return self._drafts / str(next(self._numbers))

    def _write(self, path: Path, sidecar: Sidecar) -> None:
        draft = self._new_draft()
        with draft.open("w", encoding="utf-8") as file:
            file.write(sidecar.model_dump_json(indent=1, exclude_none=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def _stem(listed: Listed) -> str:
    """What a person's file is called without its suffix: the alias, by which a build finds it."""
    alias = listed.person.alias
    if "/" in alias or alias.startswith("."):
        raise FetchError(f"no file can have the name {alias!r}: give the person another alias")
    return alias
