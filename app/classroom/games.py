"""Games of a room: who steals it cheapest, who finds the trigger first. What an attempt is worth, others say; what
counts, and how a game stands, is said here.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.classroom import rooms
from app.classroom.database import Database
from app.classroom.refused import Refused
from app.classroom.rooms import Host, Student

Kind = Literal["steal", "trigger"]
MOST_ATTEMPTS: dict[Kind, int] = {"steal": 5, "trigger": 100}  # of a student in a game
Result = dict[str, Any]
# What makes a result the better one: of a theft, its fidelity, then its price; of a search, to have found, then when.
_WORTH: dict[Kind, Callable[[Result, float], tuple[float, ...]]] = {
    "steal": lambda result, seconds: (result["fidelity"], -result["dollars"], -seconds),
    "trigger": lambda result, seconds: (1.0, -seconds) if result["hit"] else (0.0, result["gap"]),
}


@dataclass(frozen=True)
class Game:
    """A game: its number in the room, its kind, its settings, and whether it is over."""

    number: int
    kind: Kind
    settings: dict[str, Any]
    over: bool


@dataclass(frozen=True)
class Attempt:
    """An attempt of a student: its number, its settings, what came of it (None: not known yet), and when."""

    number: int
    settings: dict[str, Any]
    result: Result | None
    seconds: float


@dataclass(frozen=True)
class Standing:
    """How a student stands: the nickname, how many attempts, the best one's result, and when that was handed in.

    ``seconds`` are those since the game began; ``own`` says whether it is the one who asks.
    """

    nickname: str
    attempts: int
    result: Result
    seconds: float
    own: bool


def begin(database: Database, host: Host, kind: Kind, settings: Mapping[str, Any]) -> None:
    """Begin a game; one that is on ends."""
    with database.writing():
        rooms.check(database, host)
        (last,) = database.row("SELECT coalesce(max(game), 0) FROM games WHERE room = ?", host.code) or (0,)
        database.write("UPDATE games SET ended = 1 WHERE room = ?", host.code)
        database.write(
            "INSERT INTO games (room, game, kind, settings, began) VALUES (?, ?, ?, ?, ?)",
            *(host.code, last + 1, kind, json.dumps(dict(settings)), time.time()),
        )
        database.write("UPDATE rooms SET game = ? WHERE code = ?", last + 1, host.code)
        rooms.changed(database, host.code, "state", "board")


def end(database: Database, host: Host) -> None:
    """End the game that is on; how it stands, everybody still sees."""
    with database.writing():
        rooms.check(database, host)
        database.write("UPDATE games SET ended = 1 WHERE room = ?", host.code)
        rooms.changed(database, host.code, "state", "board")


def put_away(database: Database, host: Host) -> None:
    """End the game, and show it no longer."""
    with database.writing():
        rooms.check(database, host)
        database.write("UPDATE games SET ended = 1 WHERE room = ?", host.code)
        database.write("UPDATE rooms SET game = 0 WHERE code = ?", host.code)
        rooms.changed(database, host.code, "state", "board")


def current(database: Database, code: str) -> Game | None:
    """Return the game that a room plays or has just played; None: none."""
    row = database.row(
        "SELECT games.game, kind, settings, ended FROM games JOIN rooms ON code = room AND rooms.game = games.game "
        "WHERE room = ?",
        code,
    )
    return None if row is None else Game(row[0], row[1], json.loads(row[2]), bool(row[3]))


def hand_in(
    database: Database, student: Student, game: Game, settings: Mapping[str, Any], result: Result | None = None
) -> int:
    """Take a student's attempt and return its number; where it takes time, what came of it follows by :func:`settle`.

    Raises:
        Refused: if the game is over, or they have none left, or the one before is not settled yet.
    """
    database.limits.take("attempt", student.key)
    with database.writing():
        rooms.check_student(database, student)
        now = current(database, student.code)
        if now is None or now.number != game.number or now.over:
            raise Refused("This game is over.")
        made = attempts(database, student, game)
        if any(attempt.result is None for attempt in made):
            raise Refused("Your last attempt is still on its way.")
        if len(made) >= MOST_ATTEMPTS[game.kind]:
            raise Refused(f"That were your {MOST_ATTEMPTS[game.kind]} attempts.")
        (began,) = database.row("SELECT began FROM games WHERE room = ? AND game = ?", student.code, game.number) or (
            0.0,
        )
        number = 1 + max((attempt.number for attempt in made), default=0)
        database.write(
            "INSERT INTO attempts (room, game, student, number, settings, result, seconds) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(student.code, game.number, student.key, number, json.dumps(dict(settings))),
            *(None if result is None else json.dumps(result), max(0.0, time.time() - began)),
        )
        rooms.changed(database, student.code, "board")
    return number


def settle(database: Database, student: Student, game: Game, number: int, result: Result) -> None:
    """Note what came of an attempt that was handed in while the game was on; the first word on it counts."""
    with database.writing():
        rooms.check_student(database, student)
        changed = database.write(
            "UPDATE attempts SET result = ? WHERE room = ? AND game = ? AND student = ? AND number = ? "
            "AND result IS NULL",
            *(json.dumps(result), student.code, game.number, student.key, number),
        )
        if changed:
            rooms.changed(database, student.code, "board")


def withdraw(database: Database, student: Student, game: Game, number: int) -> None:
    """Take back an attempt of which nothing came: it does not count."""
    with database.writing():
        rooms.check_student(database, student)
        database.write(
            "DELETE FROM attempts WHERE room = ? AND game = ? AND student = ? AND number = ? AND result IS NULL",
            *(student.code, game.number, student.key, number),
        )


def attempts(database: Database, student: Student, game: Game) -> list[Attempt]:
    """Return the student's own attempts, in their order."""
    rooms.check_student(database, student)
    found = database.rows(
        "SELECT number, settings, result, seconds FROM attempts WHERE room = ? AND game = ? AND student = ? "
        "ORDER BY number",
        *(student.code, game.number, student.key),
    )
    return [
        Attempt(number, json.loads(settings), None if result is None else json.loads(result), seconds)
        for number, settings, result, seconds in found
    ]


def standings(database: Database, who: Host | Student, game: Game) -> list[Standing]:
    """Return how a game stands, the best first; whoever has no result yet is not in it."""
    if isinstance(who, Host):
        rooms.check(database, who)
    else:
        rooms.check_student(database, who)
    best: dict[str, tuple[tuple[float, ...], Standing]] = {}
    counts: dict[str, int] = {}
    for key, nickname, result, seconds in database.rows(
        "SELECT student, nickname, result, seconds FROM attempts JOIN students USING (room, student) "
        "WHERE room = ? AND game = ? AND result IS NOT NULL",
        *(who.code, game.number),
    ):
        counts[key] = counts.get(key, 0) + 1
        known = json.loads(result)
        worth = _WORTH[game.kind](known, seconds)
        if key not in best or worth > best[key][0]:
            own = isinstance(who, Student) and who.key == key
            best[key] = worth, Standing(nickname, 0, known, seconds, own)
    ordered = sorted(best.items(), key=lambda one: one[1][0], reverse=True)
    return [Standing(one.nickname, counts[key], one.result, one.seconds, one.own) for key, (_, one) in ordered]
