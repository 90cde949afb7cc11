"""Which stars have been found, and by whom: counts alone, no face, no photo and no name."""

import sqlite3
import threading
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

from startwin.errors import SettingsError

_TABLES = """
CREATE TABLE IF NOT EXISTS found (alias TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finds (
    user INTEGER, alias TEXT, photos INTEGER NOT NULL, PRIMARY KEY (user, alias)
) WITHOUT ROWID;
"""


PATIENCE = 1.0
"""Seconds to wait for another program that has locked the file."""


class Counts(NamedTuple):
    """What `/stats` tells.

    Attributes:
        found: stars of the gallery that anybody has found.
        own: those that this user has found.
        photos: this user's photos that were answered.
    """

    found: int
    own: int
    photos: int


class Discoveries:
    """The counts, in a file. Safe to use from many threads.

    Args:
        data_dir: the folder that it is in; made if it is not there, for its owner alone.

    Raises:
        SettingsError: it cannot be used. Later, all methods raise `sqlite3.Error` if it cannot.
    """

    def __init__(self, data_dir: Path) -> None:
        self._lock = threading.Lock()
        file = data_dir / "discoveries.sqlite"
        try:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = sqlite3.connect(
                file, timeout=PATIENCE, check_same_thread=False, isolation_level=None
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("PRAGMA secure_delete = ON")  # deleted is overwritten
            self._database.executescript(_TABLES)
        except OSError as error:
            raise SettingsError(f"DATA_DIR: {data_dir} cannot be used: {error.strerror}") from None
        except sqlite3.Error as error:
            raise SettingsError(
                f"{file} cannot be used ({error}): put it aside, and counting begins anew"
            ) from None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()

    def add(self, user: int, alias: str) -> bool:
        """Count a user's photo that is most like a star; returns whether nobody was before."""
        with self._lock:
            added = self._database.execute("INSERT OR IGNORE INTO found VALUES (?)", (alias,))
            self._database.execute(
                "INSERT INTO finds VALUES (?, ?, 1)"
                " ON CONFLICT (user, alias) DO UPDATE SET photos = photos + 1",
                (user, alias),
            )
            return added.rowcount > 0

    def counts(self, user: int, aliases: AbstractSet[str]) -> Counts:
        """What is counted, of the stars of a gallery."""
        with self._lock:
            found = self._database.execute("SELECT alias FROM found").fetchall()
            finds = self._database.execute(
                "SELECT alias, photos FROM finds WHERE user = ?", (user,)
            ).fetchall()
        return Counts(
            sum(alias in aliases for (alias,) in found),
            sum(alias in aliases for alias, _ in finds),
            sum(photos for _, photos in finds),
        )

    def forget(self, user: int) -> None:
        """Delete what is counted of a user; what stars have been found stays."""
        with self._lock:
            self._database.execute("DELETE FROM finds WHERE user = ?", (user,))
