"""Rooms: opened by a host, joined by students, closed by a click or after a day, and then nothing of them is left."""

import time
from dataclasses import dataclass, field

from app.classroom import codes, nicknames
from app.classroom.database import Database
from app.classroom.refused import Refused

LONGEST = 24 * 3600.0  # seconds that a room lasts
MOST_ROOMS = 200  # on one server
MOST_STUDENTS = 300  # in one room
_NOT_HOST = "Only the host of this room can do that."
_NO_ROOM = "There is no room with this code: look again, or ask your teacher."
_CLOSED = "This room is closed."


@dataclass(frozen=True)
class Host:
    """Who opened a room: its code, and its secret."""

    code: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Student:
    """Who joined a room: its code, what it knows them by, and what they call themselves."""

    code: str
    key: str = field(repr=False)
    nickname: str = ""


@dataclass(frozen=True)
class Pulse:
    """How often something changed in a room: for students, for the host, in a game."""

    state: int
    votes: int
    board: int


def open_room(database: Database, browser: str, address: str) -> Host:
    """Open a room for whoever sits at this browser, and asks from this address.

    Raises:
        Refused: if that is one too many.
    """
    database.limits.take("school", address)
    database.limits.take("host", browser)
    secret = codes.new_secret()
    with database.writing():
        forget_ended(database)
        (count,) = database.row("SELECT count(*) FROM rooms") or (0,)
        if count >= MOST_ROOMS:
            raise Refused(f"This server has {MOST_ROOMS} open rooms, as many as it can: try again later.")
        while database.row("SELECT 1 FROM rooms WHERE code = ?", code := codes.new_code()):
            pass
        database.write(
            "INSERT INTO rooms (code, secret, ear, ends) VALUES (?, ?, ?, ?)",
            *(code, codes.digest(secret), codes.new_secret(), time.time() + LONGEST),
        )
    return Host(code, secret)


def host_of(database: Database, code: str, secret: str, address: str) -> Host:
    """Return the host of a room, for somebody at an address who says that they are.

    Raises:
        Refused: if the secret is not that of the room, or there is none; which of the two is not said.
    """
    known = codes.parsed(code)
    row = database.row("SELECT secret FROM rooms WHERE code = ? AND ends > ?", known, time.time())
    if known is None or row is None or not codes.matches(secret, row[0]):
        database.limits.take("key", address)
        raise Refused("This is not the secret of an open room.")
    return Host(known, secret)


def check(database: Database, host: Host) -> None:
    """Raise :class:`Refused` unless the room is open and this is its host."""
    row = database.row("SELECT secret, ends FROM rooms WHERE code = ?", host.code)
    if row is None or row[1] <= time.time():
        raise Refused(_CLOSED)
    if not codes.matches(host.secret, row[0]):
        raise Refused(_NOT_HOST)


def check_student(database: Database, student: Student) -> None:
    """Raise :class:`Refused` unless the room is open and this student is in it."""
    row = database.row(
        "SELECT ends FROM students JOIN rooms ON code = room WHERE room = ? AND student = ? AND present",
        *(student.code, student.key),
    )
    if row is None or row[0] <= time.time():
        raise Refused("You are not in this room, or it is closed.")


def is_open(database: Database, code: str) -> bool:
    """Return whether there is a room with this code."""
    return database.row("SELECT 1 FROM rooms WHERE code = ? AND ends > ?", code, time.time()) is not None


def join(database: Database, code: str, nickname: str, browser: str, address: str) -> Student:
    """Let somebody into a room, out of any other that they are in.

    Args:
        database: the rooms.
        code: as they typed it.
        nickname: as they typed it.
        browser: the name that their browser made up.
        address: that they ask from.

    Raises:
        Refused: if there is no such room, or the nickname cannot be.
    """
    database.limits.take("address", address)
    database.limits.take("join", browser)
    known, name, key = codes.parsed(code), nicknames.parsed(nickname), codes.student_key(browser)
    with database.writing():
        if known is None or not is_open(database, known):
            raise Refused(_NO_ROOM)
        there = database.row(
            "SELECT student FROM students WHERE room = ? AND folded = ?", known, nicknames.folded(name)
        )
        if there is not None and there[0] != key:
            raise Refused(f"Somebody is called {name} already: take another nickname.")
        (count,) = database.row("SELECT count(*) FROM students WHERE room = ?", known) or (0,)
        if there is None and count >= MOST_STUDENTS:
            raise Refused(f"The room is full: {MOST_STUDENTS} have joined.")
        _leave_all(database, key)
        database.write(
            "INSERT INTO students (room, student, nickname, folded) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (room, student) "
            "DO UPDATE SET nickname = excluded.nickname, folded = excluded.folded, present = 1",
            *(known, key, name, nicknames.folded(name)),
        )
        _count(database, known, "votes")
    return Student(known, key, name)


def leave(database: Database, student: Student) -> None:
    """Let a student go; their votes stay, so that coming back gives them no second one."""
    with database.writing():
        _leave_all(database, student.key)


def seat_of(database: Database, browser: str) -> Student | None:
    """Return which room somebody is in as a student; None: in none."""
    key = codes.student_key(browser)
    row = database.row(
        "SELECT room, nickname FROM students JOIN rooms ON code = room WHERE student = ? AND present AND ends > ?",
        *(key, time.time()),
    )
    return None if row is None else Student(row[0], key, row[1])


def ear(database: Database, who: Host | Student) -> str:
    """Return by which name somebody who is in a room hears of its changes: nobody finds it by trying codes."""
    if isinstance(who, Host):
        check(database, who)
    else:
        check_student(database, who)
    row = database.row("SELECT ear FROM rooms WHERE code = ?", who.code)
    if row is None:
        raise Refused(_CLOSED)
    return str(row[0])


def heard(database: Database, ear: str) -> Pulse | None:
    """Return how often something changed in the room that has this ear: one look by its key; None if it is closed."""
    if not codes.is_secret(ear):  # it comes from an address
        return None
    row = database.row("SELECT state, votes, board, ends FROM rooms WHERE ear = ?", ear)
    return None if row is None or row[3] <= time.time() else Pulse(*row[:3])


def pulse(database: Database, code: str) -> Pulse | None:
    """Return how often something changed in a room; None if it is closed."""
    row = database.row("SELECT state, votes, board, ends FROM rooms WHERE code = ?", code)
    return None if row is None or row[3] <= time.time() else Pulse(*row[:3])


def students(database: Database, host: Host) -> list[str]:
    """Return what those who are in the room call themselves, in the order of the alphabet."""
    check(database, host)
    return [
        name
        for (name,) in database.rows(
            "SELECT nickname FROM students WHERE room = ? AND present ORDER BY folded", host.code
        )
    ]


def count_present(database: Database, host: Host) -> int:
    """Return how many students are in the room."""
    check(database, host)
    return size(database, host.code)


def size(database: Database, code: str) -> int:
    """Return how many students are in a room."""
    (count,) = database.row("SELECT count(*) FROM students WHERE room = ? AND present", code) or (0,)
    return int(count)


def start_again(database: Database, host: Host) -> None:
    """Empty the room for the next class: its code stays; students, votes and games go."""
    with database.writing():
        check(database, host)
        for table in ("students", "polls", "games"):  # votes and attempts go with them
            database.write(f"DELETE FROM {table} WHERE room = ?", host.code)
        database.write("UPDATE rooms SET lesson = '', game = 0, follow = 0, page = '' WHERE code = ?", host.code)
        _count(database, host.code, "state", "votes", "board")


def close(database: Database, host: Host) -> None:
    """Close the room; nothing of it is left."""
    with database.writing():
        check(database, host)
        database.write("DELETE FROM rooms WHERE code = ?", host.code)


def forget_ended(database: Database) -> None:
    """Remove the rooms whose day is over."""
    database.write("DELETE FROM rooms WHERE ends <= ?", time.time())


def changed(database: Database, code: str, *what: str) -> None:
    """Count a change that others are to notice: ``"state"``, ``"votes"`` or ``"board"``."""
    _count(database, code, *what)


def _leave_all(database: Database, key: str) -> None:
    for (room,) in database.rows("SELECT room FROM students WHERE student = ? AND present", key):
        database.write("UPDATE students SET present = 0 WHERE room = ? AND student = ?", room, key)
        _count(database, room, "votes")


def _count(database: Database, code: str, *what: str) -> None:
    for counted in what:
        if counted not in ("state", "votes", "board"):
            raise KeyError(counted)
        database.write(f"UPDATE rooms SET {counted} = {counted} + 1 WHERE code = ?", code)
