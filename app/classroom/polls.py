"""The question of a lesson to a room, as in peer instruction: asked, voted on, discussed, voted on again, revealed.

A student has one vote in each of the two rounds. Until the question is revealed, no student is told the answer, or
what others said.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.classroom import rooms
from app.classroom.database import Database
from app.classroom.refused import Refused
from app.classroom.rooms import Host, Student

Phase = Literal["first", "discuss", "second", "revealed"]
Round = Literal[1, 2]
ROUNDS: dict[Phase, Round] = {"first": 1, "second": 2}  # the phases in which one may vote
MOST_OPTIONS = 8
_ORDER: dict[Phase, tuple[Phase, ...]] = {  # what may come before
    "discuss": ("first",),
    "second": ("discuss", "first"),
    "revealed": ("first", "discuss", "second"),
}
_LONGEST = 500  # characters of a question


@dataclass(frozen=True)
class Tally:
    """What a room said.

    Attributes:
        first: votes for each option in the first round.
        second: as well, in the second.
        moved: how many went from one option to another one or stayed, among those who voted twice, ``[from][to]``.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    moved: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Poll:
    """A question as one may see it who asks.

    Attributes:
        lesson: whose question it is.
        words: the question.
        options: what may be voted for.
        phase: how far it is.
        answer: what happened; None: not known, or sealed.
        tally: what the room said; None: sealed.
        said: what the student said, in each round in which they did.
    """

    lesson: str
    words: str
    options: tuple[str, ...]
    phase: Phase
    answer: str | None
    tally: Tally | None
    said: dict[int, str]

    @property
    def round(self) -> Round | None:
        """The round in which one may vote now; None: in none."""
        return ROUNDS.get(self.phase)


def ask(database: Database, host: Host, lesson: str, words: str, options: Sequence[str], answer: str | None) -> None:
    """Ask the room a lesson's question: the first round begins. One that was asked before is only asked on.

    Args:
        database: the rooms.
        host: of the room.
        lesson: whose question it is.
        words: the question.
        options: what may be voted for.
        answer: what happened, sealed until it is revealed; None where that is not known yet.
    """
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise ValueError("A question has two options or more.")
    with database.writing():
        rooms.check(database, host)
        database.write(
            "INSERT INTO polls (room, lesson, words, options, answer, phase) VALUES (?, ?, ?, ?, ?, 'first') "
            "ON CONFLICT DO NOTHING",
            *(host.code, lesson, words[:_LONGEST], json.dumps(list(options)), answer),
        )
        database.write("UPDATE rooms SET lesson = ? WHERE code = ?", lesson, host.code)
        rooms.changed(database, host.code, "state", "votes")


def turn(database: Database, host: Host, lesson: str, phase: Phase) -> None:
    """Go on with a question: to its discussion, to its second round, or to its answer.

    Raises:
        Refused: if it is not that far.
    """
    with database.writing():
        rooms.check(database, host)
        now = _phase(database, host.code, lesson)
        if now not in _ORDER.get(phase, ()):
            raise Refused("The question is not that far, or further already.")
        database.write("UPDATE polls SET phase = ? WHERE room = ? AND lesson = ?", phase, host.code, lesson)
        database.write("UPDATE rooms SET lesson = ? WHERE code = ?", lesson, host.code)
        rooms.changed(database, host.code, "state", "votes")


def answered(database: Database, host: Host, lesson: str, answer: str) -> None:
    """Note what happened, where that was not known when the question was asked; the first word on it counts."""
    with database.writing():
        rooms.check(database, host)
        changed = database.write(
            "UPDATE polls SET answer = ? WHERE room = ? AND lesson = ? AND answer IS NULL", answer, host.code, lesson
        )
        if changed and _phase(database, host.code, lesson) == "revealed":
            rooms.changed(database, host.code, "state", "votes")


def vote(database: Database, student: Student, lesson: str, round: int, option: int) -> None:
    """Count a student's vote.

    Args:
        database: the rooms.
        student: who votes.
        lesson: on whose question.
        round: in which they think that they vote: a click may come late.
        option: its place among the options.

    Raises:
        Refused: if they have voted in this round, or it is not open.
    """
    database.limits.take("vote", student.key)
    with database.writing():
        rooms.check_student(database, student)
        row = database.row("SELECT phase, options FROM polls WHERE room = ? AND lesson = ?", student.code, lesson)
        if row is None or ROUNDS.get(row[0]) != round:
            raise Refused("This vote is closed.")
        if not 0 <= option < len(json.loads(row[1])):
            raise Refused("There is no such answer.")
        counted = database.write(
            "INSERT INTO votes (room, lesson, round, student, option) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            *(student.code, lesson, round, student.key, option),
        )
        if not counted:
            raise Refused("You have voted: the first one counts.")
        rooms.changed(database, student.code, "votes")


def to_host(database: Database, host: Host, lesson: str) -> Poll | None:
    """Return a question as the host may see it, with all that was said; None if it was not asked."""
    rooms.check(database, host)
    return _poll(database, host.code, lesson, student=None)


def to_student(database: Database, student: Student, lesson: str) -> Poll | None:
    """Return a question as this student may see it; None if it was not asked."""
    rooms.check_student(database, student)
    return _poll(database, student.code, lesson, student=student.key)


def lesson_asked(database: Database, code: str) -> str | None:
    """Return the lesson whose question was asked last."""
    row = database.row("SELECT lesson FROM rooms WHERE code = ?", code)
    return (row[0] or None) if row else None


def all_to_host(database: Database, host: Host) -> list[Poll]:
    """Return all questions that were asked, as the host may see them."""
    rooms.check(database, host)
    asked = database.rows("SELECT lesson FROM polls WHERE room = ?", host.code)
    polls = [_poll(database, host.code, lesson, student=None) for (lesson,) in asked]
    return [poll for poll in polls if poll is not None]


def single_votes(database: Database, host: Host) -> list[tuple[str, str, int, str, str]]:
    """Return every vote: lesson, question, round, nickname, what was said."""
    rooms.check(database, host)
    found = database.rows(
        "SELECT votes.lesson, words, round, coalesce(nickname, ''), options, option FROM votes "
        "JOIN polls USING (room, lesson) LEFT JOIN students USING (room, student) "
        "WHERE room = ? ORDER BY votes.lesson, round, folded",
        host.code,
    )
    return [
        (lesson, words, number, name, json.loads(options)[option])
        for lesson, words, number, name, options, option in found
    ]


def _phase(database: Database, code: str, lesson: str) -> Phase | None:
    row = database.row("SELECT phase FROM polls WHERE room = ? AND lesson = ?", code, lesson)
    phase: Phase | None = row[0] if row else None
    return phase


def _poll(database: Database, code: str, lesson: str, student: str | None) -> Poll | None:
    row = database.row("SELECT words, options, phase, answer FROM polls WHERE room = ? AND lesson = ?", code, lesson)
    if row is None:
        return None
    words, options, phase, answer = row[0], tuple(json.loads(row[1])), row[2], row[3]
    sealed = student is not None and phase != "revealed"
    said = {
        number: options[option]
        for number, option in database.rows(
            "SELECT round, option FROM votes WHERE room = ? AND lesson = ? AND student = ?", code, lesson, student or ""
        )
    }
    tally = None if sealed else _tally(database, code, lesson, len(options))
    return Poll(lesson, words, options, phase, None if sealed else answer, tally, said)


def _tally(database: Database, code: str, lesson: str, options: int) -> Tally:
    counts = {1: [0] * options, 2: [0] * options}
    for number, option, count in database.rows(
        "SELECT round, option, count(*) FROM votes WHERE room = ? AND lesson = ? GROUP BY round, option", code, lesson
    ):
        counts[number][option] = count
    moved = [[0] * options for _ in range(options)]
    for start, end, count in database.rows(
        "SELECT one.option, two.option, count(*) FROM votes AS one JOIN votes AS two USING (room, lesson, student) "
        "WHERE room = ? AND lesson = ? AND one.round = 1 AND two.round = 2 GROUP BY one.option, two.option",
        *(code, lesson),
    ):
        moved[start][end] = count
    return Tally(tuple(counts[1]), tuple(counts[2]), tuple(map(tuple, moved)))
