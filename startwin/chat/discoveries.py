"""Which stars have been found, and by whom: counts alone, no face, no photo and no name."""

import sqlite3
import threading
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

from startwin import journal
from startwin.chat.requests import database as databases

_TABLES = """
CREATE TABLE IF NOT EXISTS found (alias TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finds (
    user INTEGER, alias TEXT, photos INTEGER NOT NULL, PRIMARY KEY (user, alias)
) WITHOUT ROWID;
"""


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

    Attributes:
        file: its name.

    Raises:
        SettingsError: it cannot be used. Later, `counts` and `forget` raise `sqlite3.Error` if it
            cannot; an answer is worth more than its count.
    """

    def __init__(self, data_dir: Path) -> None:
        self.file = data_dir / "discoveries.sqlite"
        self._log = journal.log("chat")
        self._lock = threading.Lock()
        self._database = databases.opened(self.file, _TABLES, "counting begins anew")
        self._claims: dict[str, int] = {}

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()

    def check(self) -> None:
        """Look through the whole file.

        Raises:
            SettingsError: it is damaged.
        """
        with self._lock:
            databases.check(self._database, self.file)

    def claim(self, alias: str, update: int) -> bool:
        """Whether the answer to an update is the first one, sent or on its way, with a star."""
        with self._lock:
            try:
                found = self._database.execute("SELECT 1 FROM found WHERE alias = ?", (alias,))
                is_new = found.fetchone() is None
            except sqlite3.Error as error:
                self._log.warning("finds could not be looked up", error=str(error))
                return False
            return is_new and self._claims.setdefault(alias, update) == update

    def settle(self, alias: str, update: int, finder: int | None) -> None:
        """The answer to an update has come to its end.

        Args:
            alias: the star in it.
            update: as it was claimed by.
            finder: the user whose find is counted; None if the answer did not arrive.
        """
        with self._lock:
            if self._claims.get(alias) == update:
                del self._claims[alias]
            if finder is None:
                return
            try:
                self._add(finder, alias)
            except sqlite3.Error as error:
                self._log.warning("a find could not be counted", error=str(error))

    def _add(self, user: int, alias: str) -> None:
        self._database.execute("INSERT OR IGNORE INTO found VALUES (?)", (alias,))
        self._database.execute(
            "INSERT INTO finds VALUES (?, ?, 1)"
            " ON CONFLICT (user, alias) DO UPDATE SET photos = photos + 1",
            (user, alias),
        )

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
