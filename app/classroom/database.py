"""The file in which rooms are kept: SQLite, with a write-ahead log, one connection, one who writes at a time.

A room lasts a day, so nothing is ever migrated: a file of another version of the app is emptied.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.classroom.limits import Limits
from app.classroom.refused import Refused

_VERSION = 2
_PATIENCE = 5.0  # seconds that another process may write
_TABLES = ("attempts", "games", "votes", "polls", "students", "rooms")
_SCHEMA = """
CREATE TABLE rooms (
    code TEXT PRIMARY KEY,
    secret BLOB NOT NULL,
    ear TEXT NOT NULL UNIQUE,           -- by which those who are in the room hear of changes
    ends REAL NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,   -- counts what students are to see
    votes INTEGER NOT NULL DEFAULT 0,   -- counts what only the host sees: who is there, who has voted
    board INTEGER NOT NULL DEFAULT 0,   -- counts what happens in a game
    lesson TEXT NOT NULL DEFAULT '',    -- of the question that was asked last
    follow INTEGER NOT NULL DEFAULT 0,  -- whether students are taken along
    page TEXT NOT NULL DEFAULT '',      -- where the teacher is
    link TEXT NOT NULL DEFAULT '{}',    -- with which settings
    moved INTEGER NOT NULL DEFAULT 0,   -- counts the teacher's moves
    game INTEGER NOT NULL DEFAULT 0     -- the number of the game that is on; 0: none
) STRICT;
CREATE TABLE students (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
    student TEXT NOT NULL,
    nickname TEXT NOT NULL,
    folded TEXT NOT NULL,
    present INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (room, student)
) STRICT, WITHOUT ROWID;
CREATE INDEX students_by_key ON students (student) WHERE present;
CREATE UNIQUE INDEX students_by_nickname ON students (room, folded);
CREATE TABLE polls (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
    lesson TEXT NOT NULL,
    words TEXT NOT NULL,
    options TEXT NOT NULL,
    answer TEXT,
    phase TEXT NOT NULL,
    PRIMARY KEY (room, lesson)
) STRICT, WITHOUT ROWID;
CREATE TABLE votes (
    room TEXT NOT NULL,
    lesson TEXT NOT NULL,
    round INTEGER NOT NULL,
    student TEXT NOT NULL,
    option INTEGER NOT NULL,
    PRIMARY KEY (room, lesson, round, student),
    FOREIGN KEY (room, lesson) REFERENCES polls ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE games (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
    game INTEGER NOT NULL,
    kind TEXT NOT NULL,
    settings TEXT NOT NULL,
    began REAL NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room, game)
) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (
    room TEXT NOT NULL,
    game INTEGER NOT NULL,
    student TEXT NOT NULL,
    number INTEGER NOT NULL,
    settings TEXT NOT NULL,
    result TEXT,
    seconds REAL NOT NULL,
    PRIMARY KEY (room, game, student, number),
    FOREIGN KEY (room, game) REFERENCES games ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
"""


class Database:
    """The rooms of one server, and who asked how often lately. Thread-safe; several servers may share the file."""

    def __init__(self, file: Path) -> None:
        """Open the file, and make it where there is none.

        Raises:
            Refused: if it cannot be read or written.
        """
        self.limits = Limits()
        self._lock = threading.RLock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # Every statement by itself, unless writing() opens a transaction: the lock keeps others out of it.
            self._connection = sqlite3.connect(
                file, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=256
            )
            with suppress(OSError):  # a file system without rights
                file.chmod(0o600)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")  # a killed server loses nothing
            self._connection.execute("PRAGMA foreign_keys = ON")
            with self.writing():
                if self.row("PRAGMA user_version") != (_VERSION,):
                    for table in _TABLES:
                        self.write(f"DROP TABLE IF EXISTS {table}")
                    for statement in _SCHEMA.split(";\n"):
                        self.write(statement)
                    self.write(f"PRAGMA user_version = {_VERSION}")
        except (sqlite3.Error, OSError) as fault:
            raise Refused(f"This server cannot keep rooms: {fault}.") from fault

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do all of it or, if anything is raised, nothing; meanwhile nobody else writes."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def write(self, statement: str, *values: Any) -> int:
        """Execute a statement with its values; return how many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def row(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        """Return the first row that is found, or None."""
        with self._lock:
            found: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
            return found

    def rows(self, statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        """Return all rows that are found."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
