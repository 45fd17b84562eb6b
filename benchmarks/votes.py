"""A class that votes: a hundred students within five seconds, over real websocket sessions, while two runs train.

Each student's page asks for the numbers of the room again and again, as its browser would, and is drawn anew when the
teacher asks. Once all have the question, they vote within five seconds; the teacher's page is drawn anew whenever the
votes have changed.
"""

import asyncio
import json
import random
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import psutil

from app.classroom import Database, Host, polls, rooms
from app.ui.classroom import pulse
from benchmarks.classroom import TOKEN, Server, two_train
from benchmarks.contract import Row, Stage, at_least, at_most, percentiles
from benchmarks.student import Student

CLASS = 100  # students
WITHIN = 5.0  # seconds, in which all vote
LIMIT = 150  # milliseconds, for 95 of 100 actions
LATE = 1.0  # seconds, after which the teacher's chart is right
OPTIONS = ("neither", "only the naive one", "only the entangled one", "both")
_STUDENTS_LOOK, _TEACHER_LOOKS = max(1.0, CLASS * pulse.A_LOOK), 0.5  # seconds between two looks, as on the pages
_WAIT = 120.0  # seconds


@dataclass
class Seen:
    """Milliseconds that drawing a question, and a vote, took; when what was, as ``time.perf_counter`` says."""

    asked: list[float] = field(default_factory=list)
    voted: list[float] = field(default_factory=list)
    begun: float = 0.0
    first: float = float("inf")
    had: float = 0.0
    last: float = 0.0
    right: float = 0.0


def measure(stage: Stage) -> Iterator[Row]:
    """Let a class vote once while two runs train."""
    from tests.e2e.app_server import serve

    count = 3 if stage.quick else CLASS
    folder = stage.folder()
    with serve(folder, workers=2, health_token=TOKEN, log="json", time_limit="7200") as url:
        (process,) = (child for child in psutil.Process().children() if "streamlit" in child.cmdline())
        database = Database(folder / "data" / "rooms.sqlite")  # beside the server's own: as another server would
        try:
            yield from asyncio.run(_rows(Server(url, folder / "log", process), database, count))
        finally:
            database.close()


async def _rows(server: Server, database: Database, count: int) -> list[Row]:
    await server.until(lambda health: health["ready"], "runs would begin at once")
    host = rooms.open_room(database, "f" * 32, "here")
    names = [f"{number:032x}" for number in range(count)]
    for number, name in enumerate(names):
        rooms.join(database, host.code, f"Student {number}", name, f"{number}")
    ear, seen = rooms.ear(database, host), Seen()
    async with two_train(server), AsyncExitStack() as held:
        teacher = Student(server.url, "f" * 32, key=f"{host.code}:{host.secret}")
        await held.enter_async_context(teacher)
        await teacher.open("classroom")
        seats = [await held.enter_async_context(Student(server.url, name)) for name in names]
        for seat in seats:
            await seat.open("classroom")
        before = rooms.pulse(database, host.code)
        assert before is not None
        all_have_it = asyncio.Barrier(count)
        async with asyncio.TaskGroup() as doing:
            doing.create_task(_watch(server.url, ear, teacher, before.votes, count, seen))
            for number, seat in enumerate(seats):
                doing.create_task(_vote(server.url, ear, seat, before.state, number, all_have_it, seen))
            await asyncio.sleep(2 * _STUDENTS_LOOK)  # all are listening
            seen.begun = time.perf_counter()
            polls.ask(database, host, "heist", "In court, which copy is convicted?", OPTIONS, None)
        faults = [*teacher.faults, *(fault for seat in seats for fault in seat.faults)]
    counted = _counted(database, host)
    return [
        *percentiles(f"{count} students are asked while two runs train: drawn", seen.asked, "ms"),
        Row("from the question to the last who has it", seen.had - seen.begun, "s"),
        *percentiles(f"{count} students vote while two runs train: a vote", seen.voted, "ms", at_most(LIMIT)),
        Row("from the first vote to the last", seen.last - seen.first, "s", at_most(WITHIN + 0.5)),
        Row("votes counted", counted, "votes", at_least(count)),
        Row("the teacher's chart right after the last vote", max(0.0, seen.right - seen.last), "s", at_most(LATE)),
        Row("errors", len(faults), "errors", at_most(0)),
    ]


def _counted(database: Database, host: Host) -> int:
    poll = polls.to_host(database, host, "heist")
    return sum(poll.tally.first) if poll is not None and poll.tally is not None else 0


async def _vote(
    url: str, ear: str, seat: Student, known: int, number: int, all_have_it: asyncio.Barrier, seen: Seen
) -> None:
    """Listen until the teacher asks, and vote within five seconds from when all have the question."""
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, _STUDENTS_LOOK))
    while (await _heard(url, ear))["state"] == known:
        await asyncio.sleep(_STUDENTS_LOOK * chance.uniform(0.85, 1.15))
    await asyncio.sleep(chance.uniform(0, all_have_it.parties * pulse.A_STUDENT))
    seen.asked.append(1000 * await seat.go("classroom"))
    seen.had = time.perf_counter()
    await all_have_it.wait()
    await asyncio.sleep(chance.uniform(0, WITHIN))
    seen.first = min(seen.first, time.perf_counter())
    seen.voted.append(1000 * await seat.press(OPTIONS[number % len(OPTIONS)]))
    seen.last = max(seen.last, time.perf_counter())


async def _watch(url: str, ear: str, teacher: Student, known: int, count: int, seen: Seen) -> None:
    """Draw the teacher's page anew whenever the votes have changed, until its chart has them all."""
    deadline = time.monotonic() + _WAIT
    while time.monotonic() < deadline:
        now = (await _heard(url, ear))["votes"]
        if now != known:
            known = now
            await teacher.go("classroom")
            if teacher.drawn("votes_heist") == count:
                seen.right = time.perf_counter()
                return
        await asyncio.sleep(_TEACHER_LOOKS)
    raise RuntimeError("the teacher's chart did not come to all votes")


async def _heard(url: str, ear: str) -> dict[str, int]:
    def look() -> dict[str, int]:
        with urllib.request.urlopen(f"{url}/room/pulse/{ear}", timeout=_WAIT) as answer:
            return dict(json.load(answer))

    return await asyncio.to_thread(look)
