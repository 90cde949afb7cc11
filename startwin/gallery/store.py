"""What was computed of photos before, by their content and the recipe.

    assets/portraits/
        portraits.sqlite        a row a photo
        pictures/<digest>.jpg   one cropped picture a photo; builds link to them

It is written as results come: a build that is killed goes on where it was, and the next one
computes new photos only. Nothing in it is needed by a gallery that is built.
"""

import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from startwin.errors import GalleryError
from startwin.face.frame import Eyes
from startwin.face.resnet import DIMENSIONS
from startwin.gallery.portrait import Portrait
from startwin.gallery.quality import Quality, Rejection

FORMAT = 2
"""Of the table; a store of another format is begun anew."""

KEEP = 30 * 24 * 3600.0
"""Seconds for which a portrait is kept that no build has used: photos come back, as after a build
from another folder by mistake."""

_TABLE = """
CREATE TABLE IF NOT EXISTS portraits (
    photo TEXT, recipe TEXT, used REAL NOT NULL, fault BLOB, quality BLOB, vectors BLOB,
    picture TEXT, eyes BLOB, PRIMARY KEY (photo, recipe)
) WITHOUT ROWID
"""

_QUALITY, _REJECTION = TypeAdapter(Quality), TypeAdapter(Rejection)
_EYES: TypeAdapter[Eyes | None] = TypeAdapter(Eyes | None)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class PortraitStore:
    """Portraits, and the faults of photos that are no pictures, by the photo's digest.

    Args:
        assets: the folder that it is in, or is to be.
        recipe: what portraits depend on beside the photo.
        told: is given a sentence if the store was damaged.

    Raises:
        GalleryError: it cannot be written, here as in all methods.
    """

    def __init__(self, assets: Path, recipe: str, told: Callable[[str], None]) -> None:
        self._file = assets / "portraits" / "portraits.sqlite"
        self._pictures = assets / "portraits" / "pictures"
        self._recipe = recipe
        self._pictures.mkdir(parents=True, exist_ok=True)
        with self._errors_told():
            database = self._opened()
            if database is None:
                told(f"{self._file} is damaged: all photos are read again")
                self._remove()
                database = self._opened()
        if database is None:
            raise GalleryError(f"{self._file} is damaged, again: is the disk well?")
        self._database = database

    def _opened(self) -> sqlite3.Connection | None:
        """The database; None if the file is damaged."""
        database = sqlite3.connect(self._file)
        try:
            database.execute("PRAGMA journal_mode = WAL")  # a commit does not wait for the disk
            database.execute("PRAGMA synchronous = NORMAL")
            sound = database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            if sound and database.execute("PRAGMA user_version").fetchone() != (FORMAT,):
                database.execute("DROP TABLE IF EXISTS portraits")
                database.execute(f"PRAGMA user_version = {FORMAT}")
            if sound:
                database.execute(_TABLE)
                database.commit()
                return database
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _DAMAGED:
                database.close()
                raise
        database.close()
        return None

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def get(self, photo: str) -> Portrait | Rejection | None:
        """What is known of a photo: its portrait, its fault, or nothing.

        A portrait whose picture is gone or damaged is not known.

        Args:
            photo: digest of its content.
        """
        with self._errors_told():
            row = self._database.execute(
                "SELECT fault, quality, vectors, picture, eyes FROM portraits"
                " WHERE photo = ? AND recipe = ?",
                (photo, self._recipe),
            ).fetchone()
        if row is None:
            return None
        fault, quality, vectors, name, eyes = row
        try:
            if fault is not None:
                return _REJECTION.validate_json(fault)
            picture = (self._pictures / name).read_bytes()
            if picture_name(picture) != name:
                return None
            return Portrait(
                _QUALITY.validate_json(quality),
                _vectors(vectors),
                picture,
                _EYES.validate_json(eyes),
            )
        except (OSError, ValidationError, ValueError):
            return None

    def put(self, photo: str, portrait: Portrait | Rejection) -> None:
        """Keep a portrait, or the fault of a photo that is no picture."""
        row: tuple[object, ...]
        if isinstance(portrait, Rejection):
            row = (_REJECTION.dump_json(portrait), *[None] * 4)
        else:
            name = picture_name(portrait.picture)
            self._write(name, portrait.picture)
            vectors = None if portrait.vectors is None else portrait.vectors.tobytes()
            eyes = _EYES.dump_json(portrait.eyes)
            row = (None, _QUALITY.dump_json(portrait.quality), vectors, name, eyes)
        with self._errors_told(), self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO portraits VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (photo, self._recipe, time.time(), *row),
            )

    def _write(self, name: str, picture: bytes) -> None:
        draft = self._pictures / f".{name}"
        draft.write_bytes(picture)
        draft.replace(self._pictures / name)  # whole or not at all; builds keep their own link

    def picture(self, name: str) -> bytes:
        """A portrait's picture, by its name."""
        return (self._pictures / name).read_bytes()

    def link(self, picture: str, folder: Path) -> None:
        """Put a portrait's picture into a build's folder, as a link where the disk can do that."""
        try:
            (folder / picture).hardlink_to(self._pictures / picture)
        except FileExistsError:
            pass  # two people with one photo
        except OSError:
            (folder / picture).write_bytes((self._pictures / picture).read_bytes())

    def forget(self, photos: Iterable[str]) -> None:
        """Remove all that is known of some photos, by any recipe."""
        with self._errors_told(), self._database:
            self._database.executemany(
                "DELETE FROM portraits WHERE photo = ?", [(photo,) for photo in photos]
            )
        self._remove_orphans()

    def prune(self, used: Iterable[str], now: float | None = None) -> None:
        """Remove what no build has used for long.

        Args:
            used: photos that were used by this one.
            now: Unix time.
        """
        now = now or time.time()
        with self._errors_told(), self._database:
            self._database.executemany(
                "UPDATE portraits SET used = ? WHERE photo = ? AND recipe = ?",
                [(now, photo, self._recipe) for photo in used],
            )
            self._database.execute("DELETE FROM portraits WHERE used < ?", (now - KEEP,))
        self._remove_orphans()

    def _remove_orphans(self) -> None:
        with self._errors_told():
            kept = {name for (name,) in self._database.execute("SELECT picture FROM portraits")}
        for entry in os.scandir(self._pictures):
            if entry.name not in kept:
                Path(entry).unlink()

    @contextlib.contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise GalleryError(f"{self._file} cannot be written: {error}") from None


def picture_name(picture: bytes) -> str:
    """A picture's file name, which is its digest."""
    return f"{hashlib.sha256(picture).hexdigest()[:32]}.jpg"


def _vectors(blob: bytes | None) -> NDArray[np.float32] | None:
    if blob is None:
        return None
    vectors = np.frombuffer(blob, dtype=np.float32).reshape(2, DIMENSIONS)
    if not np.isfinite(vectors).all():
        raise ValueError("not a number")
    return vectors
