"""The files in `DATA_DIR`: SQLite, for their owner's eyes alone, and for one bot at a time."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from startwin import journal
from startwin.errors import SettingsError

PATIENCE = 1.0
"""Seconds to wait for another program that has locked a file."""

DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""SQLite's primary error codes that say something about the file itself; a full disk does not."""

HANDOVER = 60.0
"""Seconds that the bot before this one is given to end, as in a rolling restart."""

LOOK_UP = 0.2
"""Seconds between two looks whether it has."""


def opened(file: Path, tables: str, otherwise: str) -> sqlite3.Connection:
    """Open a database, with its folder and its tables made if they are not there.

    What is committed outlives the process; with `PRAGMA synchronous = FULL` the power as well.
    What is deleted is overwritten.

    Args:
        file: its name.
        tables: the SQL that makes them.
        otherwise: what becomes of it when the operator puts the file aside; ends a sentence.

    Raises:
        SettingsError: it cannot be used.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        file.chmod(0o600)  # SQLite gives the files beside it the same mode
    except OSError as error:
        raise SettingsError(f"DATA_DIR: {file.parent} cannot be used: {error.strerror}") from None
    try:
        database = sqlite3.connect(
            file, timeout=PATIENCE, check_same_thread=False, isolation_level=None
        )
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA secure_delete = ON")
        database.executescript(tables)
    except sqlite3.Error as error:
        told = f"{file} cannot be used: {error}"
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE:
            told += f". Put it aside, and {otherwise}"
        raise SettingsError(told) from None
    return database


def check(database: sqlite3.Connection, file: Path) -> None:
    """Have SQLite look through a whole file.

    Raises:
        SettingsError: it is damaged.
    """
    (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise SettingsError(f"{file} is damaged: put it aside, or a backup in its place")


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """While this bot alone works with `DATA_DIR`: two would answer everything twice.

    Raises:
        SettingsError: the folder cannot be used, or another bot does not end.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / "bot.lock").open("a")
    except OSError as error:
        raise SettingsError(f"DATA_DIR: {data_dir} cannot be used: {error.strerror}") from None
    with lock:
        _wait_for(lock.fileno(), data_dir)
        yield


def _wait_for(lock: int, data_dir: Path) -> None:
    began = time.monotonic()
    told = False
    while not _locked(lock):
        if not told:
            journal.log("bot").warning("another bot still works with DATA_DIR; waiting for its end")
            told = True
        if time.monotonic() - began > HANDOVER:
            raise SettingsError(
                f"DATA_DIR: another bot works with {data_dir}: stop it, or give each its own"
            )
        time.sleep(LOOK_UP)  # flock itself waits without a deadline, or not at all


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
