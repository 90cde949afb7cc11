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
from pydantic import BaseModel, ConfigDict

from startwin.errors import GalleryError
from startwin.face.frame import Eyes
from startwin.face.resnet import DIMENSIONS
from startwin.gallery.build_folder import picture_name
from startwin.gallery.building.portrait import Portrait
from startwin.gallery.building.quality import Quality, Rejection

FORMAT = 3
"""Of the table; a store of another format is begun anew."""

KEEP = 30 * 24 * 3600.0
"""Seconds for which a portrait is kept that no build has used: photos come back, as after a build
from another folder by mistake."""

_TABLE = """
CREATE TABLE IF NOT EXISTS portraits (
    photo TEXT, recipe TEXT, used REAL NOT NULL, picture TEXT, content BLOB, digest BLOB,
    PRIMARY KEY (photo, recipe)
) WITHOUT ROWID
"""

_OUR_OWN_FAULTS = frozenset(
    [
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    ]
)
"""SQLite's errors that say nothing about the file's content; all others mean damage."""


class _Content(BaseModel):
    """What is known of a photo. The picture is named here and lies in a file."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    fault: Rejection | None = None
    quality: Quality | None = None
    vectors: bytes | None = None
    picture: str | None = None
    eyes: Eyes | None = None


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
            database.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
            sound = database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            if sound and database.execute("PRAGMA user_version").fetchone() != (FORMAT,):
                database.execute("DROP TABLE IF EXISTS portraits")
                database.execute(f"PRAGMA user_version = {FORMAT}")
            if sound:
                database.execute(_TABLE)
                database.execute("SELECT used, picture, content, digest FROM portraits LIMIT 0")
                database.commit()
                database.text_factory = bytes  # damaged text is no text
                return database
        except sqlite3.Error as error:
            # The lower eight bits are the primary code (https://sqlite.org/rescode.html).
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OUR_OWN_FAULTS:
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
                "SELECT content, digest FROM portraits WHERE photo = ? AND recipe = ?",
                (photo, self._recipe),
            ).fetchone()
        if row is None or row[1] != self._digest(photo, row[0]):
            return None
        content = _Content.model_validate_json(row[0])
        if content.fault is not None or content.quality is None or content.picture is None:
            return content.fault
        try:
            picture = self.picture(content.picture)
        except OSError:
            return None
        if picture_name(picture) != content.picture:
            return None
        vectors = None
        if content.vectors is not None:
            vectors = np.frombuffer(content.vectors, dtype=np.float32).reshape(2, DIMENSIONS)
        return Portrait(content.quality, vectors, picture, content.eyes)

    def put(self, photo: str, portrait: Portrait | Rejection) -> None:
        """Keep a portrait, or the fault of a photo that is no picture."""
        if isinstance(portrait, Rejection):
            row = _Content(fault=portrait)
        else:
            row = _Content(
                quality=portrait.quality,
                vectors=None if portrait.vectors is None else portrait.vectors.tobytes(),
                picture=picture_name(portrait.picture),
                eyes=portrait.eyes,
            )
            self._write(picture_name(portrait.picture), portrait.picture)
        content = row.model_dump_json().encode()
        values = (row.picture, content, self._digest(photo, content))
        with self._errors_told(), self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO portraits VALUES (?, ?, ?, ?, ?, ?)",
                (photo, self._recipe, time.time(), *values),
            )

    def _digest(self, photo: str, content: object) -> bytes:
        """Of a row: a flipped bit would be somebody's wrong face for ever."""
        return hashlib.sha256(f"{photo} {self._recipe} {content!r}".encode()).digest()

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

    def prune(self, used: Iterable[str], keep: float = KEEP) -> None:
        """Remove what no build has used for long.

        Args:
            used: photos that are used by this one.
            keep: for how many seconds others are kept.
        """
        now = time.time()
        with self._errors_told(), self._database:
            self._database.executemany(
                "UPDATE portraits SET used = ? WHERE photo = ? AND recipe = ?",
                [(now, photo, self._recipe) for photo in used],
            )
            self._database.execute("DELETE FROM portraits WHERE used < ?", (now - keep,))
            names = self._database.execute("SELECT picture FROM portraits").fetchall()
        kept = {name for (name,) in names}
        for entry in os.scandir(self._pictures):
            if os.fsencode(entry.name) not in kept:
                with contextlib.suppress(OSError):  # such as somebody's folder: not ours
                    Path(entry).unlink()

    @contextlib.contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise GalleryError(f"{self._file} cannot be written: {error}") from None
