"""The durable way in: what is asked of the bot, from Telegram's word until its answer is there.

A request is stored before Telegram is told that it arrived, marked before an answer to it is
sent, and deleted when Telegram has accepted the answer. A bot that is killed at any moment goes on
with what it finds here. What is marked then may have been answered: it is counted, and answered
again.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields, replace
from pathlib import Path

from startwin import journal
from startwin.chat.requests import database as databases
from startwin.chat.requests.request import Kind, Request
from startwin.errors import SettingsError
from startwin.journal import metrics

MOST = 10_000
"""Requests of all kinds at once; further ones wait at Telegram, which keeps them for a day."""

SEEN = 10_000
"""Updates that are remembered for not being stored twice. What Telegram hands out again are the
100 of its last answer at most; over web hooks, what it was not told 200 of."""

_COLUMNS = [field.name for field in fields(Request)]

_TABLES = f"""
CREATE TABLE IF NOT EXISTS requests (
    {", ".join(_COLUMNS).replace("update", "id INTEGER PRIMARY KEY", 1)},
    deaths INTEGER NOT NULL DEFAULT 0, sending INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS seen (number INTEGER PRIMARY KEY, id INTEGER UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, count INTEGER NOT NULL);
"""

_STORE = f"INSERT OR IGNORE INTO requests VALUES ({', '.join('?' * len(_COLUMNS))}, 0, 0)"  # noqa: S608


class Inbox:
    """What is not answered yet, in a file. Safe to use from many threads.

    Args:
        data_dir: the folder that it is in; made if it is not there, for its owner alone.

    Attributes:
        file: its name.

    Raises:
        SettingsError: it cannot be used. Later, all methods but `done` and `close` raise
            `sqlite3.Error` if it cannot, as when the disk is full.
    """

    def __init__(self, data_dir: Path) -> None:
        self.file = data_dir / "inbox.sqlite"
        self._log = journal.log("inbox")
        self._lock = threading.Lock()
        self._database = databases.opened(
            self.file, _TABLES, "what it holds stays without an answer"
        )
        self._database.execute("PRAGMA synchronous = FULL")
        self._check_columns()
        self._inode = self.file.stat().st_ino
        self._is_failing = False
        self._open: set[int] = set()
        self._finished: set[int] = set()

    def _check_columns(self) -> None:
        """An upgrade may find what another version has left."""
        described = self._database.execute("SELECT * FROM requests LIMIT 0").description
        expected = ["id", *_COLUMNS[1:], "deaths", "sending"]
        if [column[0] for column in described] != expected:
            raise self._foreign()

    def _foreign(self) -> SettingsError:
        return SettingsError(
            f"{self.file} is of another version of StarTwin: let that one answer what is in it,"
            " then put it aside"
        )

    def __len__(self) -> int:
        return len(self._open)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._delete_finished()
            self._database.close()

    def is_writable(self) -> bool:
        """Whether the last thing that was to be noted could be, and the file is in its place."""
        try:
            is_there = self.file.stat().st_ino == self._inode
        except OSError:
            is_there = False
        return is_there and not self._is_failing

    def has_room(self) -> bool:
        """Whether more may be added."""
        return len(self._open) < MOST

    def add(self, requests: Iterable[Request]) -> list[Request]:
        """Store requests; returns those that are new."""
        with self._transaction() as database:
            new = [request for request in requests if self._is_new(request.update)]
            database.executemany(_STORE, map(astuple, new))
            database.execute(
                "DELETE FROM seen WHERE number <= (SELECT max(number) FROM seen) - ?", (SEEN,)
            )
        self._open.update(request.update for request in new)
        return new

    def _is_new(self, update: int) -> bool:
        added = self._database.execute("INSERT OR IGNORE INTO seen (id) VALUES (?)", (update,))
        return added.rowcount > 0

    def unfinished(self) -> list[Request]:
        """What was asked of a bot that is gone, oldest first.

        Raises:
            SettingsError: the file is damaged, or of another version.
        """
        try:
            with self._transaction() as database:
                rows = database.execute("SELECT * FROM requests ORDER BY id").fetchall()
                requests = [replace(Request(*row[:-2]), kind=Kind(row[1])) for row in rows]
                for update, *_, sending in rows:
                    if sending:
                        self._count_uncertain(update)
                database.execute("UPDATE requests SET sending = 0")
        except ValueError:  # a kind that is asked for in another version
            raise self._foreign() from None
        except sqlite3.Error as error:
            raise SettingsError(f"{self.file} cannot be read: {error}") from None
        self._open.update(request.update for request in requests)
        return requests

    def begin_send(self, request: Request) -> None:
        """An answer is about to be sent."""
        self._mark(request, sending=True)

    def not_sent(self, request: Request) -> None:
        """It has certainly not arrived."""
        self._mark(request, sending=False)

    def may_be_sent(self, request: Request) -> None:
        """Nobody can know whether it has arrived; it will be sent again."""
        with self._transaction() as database:
            self._count_uncertain(request.update)
            database.execute("UPDATE requests SET sending = 0 WHERE id = ?", (request.update,))

    def note_death(self, request: Request) -> int:
        """A worker died of the photo; returns how many have, in this bot's life and before."""
        with self._transaction() as database:
            (deaths,) = database.execute(
                "UPDATE requests SET deaths = deaths + 1 WHERE id = ? RETURNING deaths",
                (request.update,),
            ).fetchone()
        return int(deaths)

    def done(self, request: Request) -> None:
        """The answer is there, or nobody wants one. If it cannot be deleted now, it will be."""
        with self._lock:
            self._finished.add(request.update)
            self._delete_finished()
        self._open.discard(request.update)

    def check(self) -> None:
        """Look through the whole file.

        Raises:
            SettingsError: it is damaged.
        """
        with self._lock:
            databases.check(self._database, self.file)

    def stored(self) -> int:
        """How many requests are in the file, of whatever bot."""
        with self._lock:
            (count,) = self._database.execute("SELECT count(*) FROM requests").fetchone()
        return int(count)

    def uncertain(self) -> int:
        """How many answers were sent again though the first one may have arrived, ever."""
        with self._lock:
            row = self._database.execute("SELECT count FROM counts WHERE name = 'uncertain'")
            (count,) = row.fetchone() or (0,)
        return int(count)

    def _delete_finished(self) -> None:
        ids = [(update,) for update in self._finished]
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("DELETE FROM requests WHERE id = ?", ids)
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            self._log.error("an answered request could not be deleted yet", error=str(error))
        else:
            self._finished.clear()

    def _mark(self, request: Request, sending: bool) -> None:
        with self._transaction() as database:
            mark = (sending, request.update)
            database.execute("UPDATE requests SET sending = ? WHERE id = ?", mark)

    def _count_uncertain(self, update: int) -> None:
        # Told first: a kill in between is better told twice than not at all.
        self._log.warning("an answer may arrive twice", update=update)
        metrics.UNCERTAIN_SENDS.inc()
        self._database.execute(
            "INSERT INTO counts VALUES ('uncertain', 1)"
            " ON CONFLICT (name) DO UPDATE SET count = count + 1"
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                self._is_failing = True
                self._roll_back()
                raise
            self._is_failing = False

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # it is closed, or nothing was begun
            self._database.execute("ROLLBACK")
