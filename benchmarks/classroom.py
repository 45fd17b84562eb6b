"""A class over real websocket sessions: what a touch costs when thirty wander, change, run and leave at once.

Students act every two to six seconds, as people who read do; at times one leaves, and another comes. No browser is in
it, for thirty would take the machine from the server: what is measured is the server's part, from the touch to the last
message of its answer.
"""

import asyncio
import json
import random
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import psutil
import websockets

from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from benchmarks.contract import Row, Stage, at_most, percentiles
from benchmarks.student import Lost, Student

CLASS, SCHOOL = 30, 100  # students
PACE, HURRY = (2.0, 6.0), (0.1, 0.3)  # seconds between two touches of one student; in the quick form
LEAVES = 0.03  # of all touches: the tab is closed, and another student comes
CHANGES = 0.7  # of the others, a change of a setting, or the way to the lesson that has it; else, any other lesson
LIMIT = 150  # milliseconds, for 95 of 100 touches
MEMORY = 1.2  # GB
LONG = 30  # minutes, after which growth means something
ALONE = 5  # minutes, at most, that a class wanders before anything trains
SAMPLE = 5.0  # seconds between two looks at the memory: a run takes more or less of it as it goes on
TOKEN = "classroom"
CONTROL, THEREFORE = "The thief asks", "Steal this way yourself"  # a control, and a link that says how it stands
RUN = {"task_epochs": 1, "watermark_epochs": 1, "adversary_epochs": 1, "budget": 100}  # of the blobs: a second
WAIT = 300.0  # seconds, at most, for runs to begin or to end
_numbers = count(2_000_000)  # seeds that nobody has run, and names


@dataclass(frozen=True)
class Lesson:
    """How many students there are, for how many seconds, and how many seconds they take between two touches."""

    students: int
    seconds: float
    pace: tuple[float, float]


@dataclass
class Seen:
    """What a crowd has seen: milliseconds of its acts, and what went wrong."""

    pages: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Server:
    """The app under test: its address, its log, and its process."""

    url: str
    log: Path
    process: psutil.Process

    def health(self) -> dict[str, Any]:
        """Return what its owner sees."""
        with urllib.request.urlopen(f"{self.url}/health?token={TOKEN}", timeout=20) as answer:
            return dict(json.load(answer))

    async def until(self, so: Callable[[dict[str, Any]], bool], what: str) -> None:
        """Wait until the health is so.

        Raises:
            RuntimeError: if it takes too long.
        """
        deadline = time.monotonic() + WAIT
        while not so(await asyncio.to_thread(self.health)):
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server did not come so far that {what}")
            await asyncio.sleep(0.5)

    def memory(self) -> float:
        """Return the GB that server and workers take: what they share, as the libraries' code, counts once."""
        processes = [self.process, *self.process.children(recursive=True)]
        total = 0.0
        for process in processes:
            with suppress(psutil.NoSuchProcess):  # a run that has just ended
                total += float(process.memory_full_info().pss)
        return total / 1e9

    def runs(self) -> list[dict[str, Any]]:
        """Return what its log says of runs."""
        lines = (line for line in self.log.read_text().splitlines() if line.startswith("{"))
        return [event for event in map(json.loads, lines) if event["event"].startswith("run ")]


def measure(stage: Stage) -> Iterator[Row]:
    """Let a class wander alone and while two runs train, then a school; then all run, the same and different things."""
    from tests.e2e.app_server import serve

    lesson = Lesson(3, 10, HURRY) if stage.quick else Lesson(CLASS, 60 * stage.minutes, PACE)
    folder = stage.folder()
    with serve(folder, workers=2, health_token=TOKEN, log="json", grace="1", time_limit="7200") as url:
        (process,) = (child for child in psutil.Process().children() if "streamlit" in child.cmdline())
        yield from asyncio.run(_rows(Server(url, folder / "log", process), lesson, quick=stage.quick))


async def _rows(server: Server, lesson: Lesson, *, quick: bool) -> list[Row]:
    rows: list[Row] = []
    students = lesson.students
    await server.until(lambda health: health["ready"], "runs would begin at once")
    expected = await answers(server.url)
    alone = await crowd(server.url, replace(lesson, seconds=min(lesson.seconds, 60 * ALONE)), expected)
    rows += _touches(f"{students} students", alone, LIMIT)
    async with two_train(server), sampled(server.memory) as memory:
        busy = await crowd(server.url, lesson, expected)
        rows += _touches(f"{students} students while two runs train", busy, LIMIT)
        rows += _memory(memory, lesson)
        if not quick:
            many = await crowd(server.url, Lesson(SCHOOL, 60, PACE), expected)
            rows += _touches(f"{SCHOOL} students while two runs train", many)
            rows.append(Row(f"memory of server and 2 workers with {SCHOOL} students", memory[-1], "GB"))
    await server.until(idle, "nothing trains")
    rows.append(await same_run(server, students))
    rows += await different_runs(server, students)
    return rows


def _memory(samples: Sequence[float], lesson: Lesson) -> Iterator[Row]:
    """Yield how much memory there was at most, and by how much the median of the last tenth is above the first's."""
    yield Row(
        f"memory of server and 2 workers with {lesson.students} students, at most",
        max(samples),
        "GB",
        at_most(MEMORY),
    )
    tenth = max(1, len(samples) // 10)
    growth = 100 * (median(samples[-tenth:]) / median(samples[:tenth]) - 1)
    goal = at_most(5) if lesson.seconds >= 60 * LONG else None
    yield Row(f"its growth in {lesson.seconds / 60:.2g} minutes", growth, "%", goal)


def _touches(who: str, seen: Seen, limit: float | None = None) -> Iterator[Row]:
    goal = None if limit is None else at_most(limit)
    none = None if limit is None else at_most(0)
    yield from percentiles(f"{who}, a touch", [*seen.pages, *seen.changes], "ms", goal)
    yield from percentiles(f"{who}, a change", seen.changes, "ms")
    yield from percentiles(f"{who}, a lesson", seen.pages, "ms")
    yield Row(f"{who}, touches", len(seen.pages) + len(seen.changes), "touches")
    for wrong in sorted({*seen.lost, *seen.faults}):
        print(f"{who}: {wrong}", file=sys.stderr)
    yield Row(f"{who}, lost updates", len(seen.lost), "lost", none)
    yield Row(f"{who}, errors", len(seen.faults), "errors", none)


def student(url: str) -> Student:
    """Return a student whom the server does not know."""
    return Student(url, f"{next(_numbers):032x}")


async def answers(url: str) -> list[str]:
    """Return, for each choice of the control, what the page then says: as a single visitor sees it."""
    async with student(url) as calm:
        await calm.open("channel")
        found = []
        for number in range(calm.options(CONTROL)):
            await calm.choose(CONTROL, number)
            found.append(calm.link(THEREFORE))
    if len(set(found)) != len(found):
        raise RuntimeError(f"the page says the same of different choices: {found}")
    return found


async def crowd(url: str, lesson: Lesson, expected: Sequence[str]) -> Seen:
    """Let students come, wander, change a setting and leave, until the lesson ends."""
    seen, ends = Seen(), time.monotonic() + lesson.seconds

    async def seat(number: int) -> None:
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, lesson.pace[1]))
        while time.monotonic() < ends:
            try:
                async with student(url) as visitor:
                    try:
                        await visit(visitor, lesson, chance, seen, ends, expected)
                    finally:
                        seen.faults += visitor.faults
            except Lost as lost:
                seen.lost.append(str(lost))
            except (OSError, websockets.WebSocketException) as fault:
                seen.faults.append(f"{type(fault).__name__}: {fault}")

    await asyncio.gather(*(seat(number) for number in range(lesson.students)))
    return seen


async def visit(
    visitor: Student, lesson: Lesson, chance: random.Random, seen: Seen, ends: float, expected: Sequence[str]
) -> None:
    """Do what one student does until the lesson ends, or until they leave."""
    await visitor.open("heist")  # not counted: whoever opens the app waits for a browser that loads it
    here = "heist"
    while time.monotonic() < ends:
        await asyncio.sleep(chance.uniform(*lesson.pace))
        if chance.random() < LEAVES:
            return
        changes = chance.random() < CHANGES
        if changes and here == "channel":
            number = chance.randrange(len(expected))
            seen.changes.append(1000 * await visitor.choose(CONTROL, number))
            if visitor.link(THEREFORE) != expected[number]:
                raise Lost(f"choice {number}: the page says {visitor.link(THEREFORE)!r}")
        else:
            here = "channel" if changes else chance.choice(visitor.lessons)
            seen.pages.append(1000 * await visitor.go(here))


@asynccontextmanager
async def sampled(look: Callable[[], float]) -> AsyncIterator[list[float]]:
    """Within, look every few seconds: the list grows."""
    samples = [await asyncio.to_thread(look)]

    async def on() -> None:
        while True:
            await asyncio.sleep(SAMPLE)
            samples.append(await asyncio.to_thread(look))

    looking = asyncio.create_task(on())
    try:
        yield samples
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking  # what went wrong in it is raised here


@asynccontextmanager
async def two_train(server: Server) -> AsyncIterator[None]:
    """Within, two visitors run heists, one after the other."""
    async with AsyncExitStack() as held:
        training = []
        for _ in range(2):
            visitor = await held.enter_async_context(student(server.url))
            training.append(asyncio.create_task(_train(server, visitor)))
            held.callback(training[-1].cancel)
        await server.until(lambda health: len(health["running"]) == 2, "two runs train")
        yield
        for each in training:
            if each.done():  # nobody else would hear why
                each.result()


async def _train(server: Server, visitor: Student) -> None:
    """Run the usual heist, one seed after the other, and wait for each where its curves are not drawn."""
    while True:
        run = replace(preset(DEFAULT_PRESET), seed=next(_numbers))
        await visitor.open("heist", urlencode({"seed": run.seed, "live": "start"}))
        await visitor.go("about")
        await _ended(server, run)


def idle(health: dict[str, Any]) -> bool:
    """Return whether no run waits or is on its way."""
    return not health["queued"] and not health["running"]


def _a_run() -> Experiment:
    return Experiment(**{**preset("blobs").to_dict(), **RUN, "seed": next(_numbers)})


def _asking(experiment: Experiment) -> str:
    return urlencode({"preset": "blobs", **RUN, "seed": experiment.seed, "live": "start"})


async def same_run(server: Server, students: int) -> Row:
    """Let all start the same run at once; return how many runs that were."""
    run = _a_run()
    await _each(server.url, students, lambda visitor: _watched(server, visitor, run))
    began = [event for event in server.runs() if event["event"] == "run begun" and event["run"] == run.key[:12]]
    return Row(f"{students} students start the same run: runs", len(began), "runs", at_most(1))


async def different_runs(server: Server, students: int) -> list[Row]:
    """Let each start a run, and another one when it has ended; return what others had before anybody's first."""
    before = len(server.runs())

    async def two(visitor: Student) -> None:
        for _ in range(2):
            await _watched(server, visitor, _a_run())

    began = time.perf_counter()
    await _each(server.url, students, two)
    took = time.perf_counter() - began
    events = server.runs()[before:]
    ends = [event["status"] for event in events if event["event"] == "run ended"]
    return [
        Row(f"{students} students start two runs each, one after the other: runs done", ends.count("done"), "runs"),
        Row("and the time for all of them", took, "s"),
        Row("runs of one other before anybody's first, at most", unfairness(events), "runs", at_most(1)),
    ]


def unfairness(events: Sequence[dict[str, Any]]) -> int:
    """Return how many runs of one other began, at most, while somebody waited for their first, by events of the log."""
    asked_by: dict[str, str] = {}  # run -> visitor
    waiting: dict[str, dict[str, int]] = {}  # visitor -> how many runs of each other began meanwhile
    served: set[str] = set()
    most = 0
    for event in events:
        if event["event"] == "run queued":
            asked_by[event["run"]] = event["visitor"]
            if event["visitor"] not in served:
                waiting.setdefault(event["visitor"], {})
        elif event["event"] == "run begun" and event["run"] in asked_by:
            who = asked_by[event["run"]]
            waiting.pop(who, None)
            served.add(who)
            for others in waiting.values():
                others[who] = others.get(who, 0) + 1
                most = max(most, others[who])
    return most


async def _each(url: str, students: int, act: Callable[[Student], Coroutine[Any, Any, None]]) -> None:
    async def one() -> None:
        async with student(url) as visitor:
            await act(visitor)

    await asyncio.gather(*(one() for _ in range(students)))


async def _watched(server: Server, visitor: Student, run: Experiment) -> None:
    """Start a run and stay until it has ended."""
    await visitor.open("heist", _asking(run))
    await _ended(server, run)


async def _ended(server: Server, run: Experiment) -> None:
    """Wait until a run has ended.

    Raises:
        RuntimeError: if it takes too long.
    """
    key = run.key[:12]
    deadline = time.monotonic() + WAIT
    while not any(event["event"] == "run ended" and event["run"] == key for event in server.runs()):
        if time.monotonic() > deadline:
            raise RuntimeError("a run did not end")
        await asyncio.sleep(0.3)
