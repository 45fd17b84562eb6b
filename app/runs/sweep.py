"""Sweeps: run the experiments that are not in the store, on this machine's cores or on a Dask cluster.

``ENTANGLED_SCHEDULER`` names the cluster's scheduler. Experiments with the same victims are one task, so the
victims are trained once. Results are stored as soon as they are there: a sweep that was killed can be resumed.
"""

import math
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import joblib
import psutil
from threadpoolctl import threadpool_limits

from app import environment
from app.lab.experiment import Experiment
from app.lab.record import DamagedRecord, Task
from app.lab.stories.events import Event, Finished, Phase, Progress, Result, Started
from app.runs.store import Store

if TYPE_CHECKING:
    from app.lab.stories.outcomes import Outcome

SCHEDULER = "ENTANGLED_SCHEDULER"
CONNECT_LIMIT = 10  # seconds

EventsOrError = list[Event] | str  # the events of an outcome, or one sentence that says why there is none


@dataclass(frozen=True)
class Point:
    """One experiment of a sweep, with its result or its error.

    Attributes:
        experiment: the settings.
        result: as in :class:`~app.lab.stories.events.Finished`; None if it failed.
        error: one sentence if it failed, else None.
        unkept: one sentence if its result could not be stored, else None.
        done: the number of points so far, including this one.
        total: the number of points in the sweep.
        seconds_left: an estimate; None while nothing has been computed.
    """

    experiment: Experiment
    result: Result | None
    error: str | None
    unkept: str | None
    done: int
    total: int
    seconds_left: float | None


def run(
    experiments: Iterable[Experiment],
    store: Store,
    *,
    task: Task = "result",
    jobs: int = -1,
    lab: str = "app.lab.stories.outcomes",
) -> Generator[Point]:
    """Run the experiments that are not in the store; yield each point as soon as its result is stored.

    A point that fails has an error and does not affect the others. The generator can be closed, or the
    process killed, at any time: all yielded results are in the store, and the next call resumes from there. A store
    that cannot be written costs no result: its point says so.

    Args:
        experiments: the points, in any order; duplicates are dropped.
        store: where results are looked up and stored.
        task: the outcome to compute, a key of ``OUTCOMES`` in ``lab``.
        jobs: the number of processes on this machine, -1 for one per core; ignored on a cluster.
        lab: the module with ``OUTCOMES``, by default :mod:`app.lab.stories.outcomes`.

    Raises:
        ConnectionError: one sentence, if the cluster cannot be reached or processes are lost.
    """
    experiments = list(dict.fromkeys(experiments))
    total, done = len(experiments), 0
    victims: dict[str, list[Experiment]] = {}
    for experiment in experiments:
        if found := _stored(experiment, store, task):
            done += 1
            yield Point(experiment, found, None, None, done, total, None)
        else:
            victims.setdefault(experiment.victim_key, []).append(experiment)
    groups = list(victims.values())
    if not groups:
        return
    seconds: list[float] = []
    with ExitStack() as cluster:
        parallel, width = _scheduled(cluster, jobs)
        tasks = (joblib.delayed(_compute)(group, task, lab) for group in groups)
        for group, outcomes, took in _returned(cluster.enter_context(closing(parallel(tasks)))):
            seconds.append(took)
            waiting = len(groups) - len(seconds)
            left = sum(seconds) / len(seconds) * max(waiting / width, 1) if waiting else 0.0
            stored = [
                _put(experiment, outcome, store, task) for experiment, outcome in zip(group, outcomes, strict=True)
            ]
            for experiment, (result, error, unkept) in zip(group, stored, strict=True):
                done += 1
                yield Point(experiment, result, error, unkept, done, total, left)


# Scheduling.


def _scheduled(cluster: ExitStack, jobs: int) -> tuple[joblib.Parallel, int]:
    """Return the executor of tasks, and its number of workers; closing the stack disconnects from the cluster."""
    where: dict[str, Any] = {"backend": "loky", "initializer": _end_with, "initargs": (os.getpid(),)}
    if address := environment.read().scheduler:
        from distributed import Client  # takes half a second, and only a cluster needs it

        try:
            client = Client(address, timeout=CONNECT_LIMIT, set_as_default=False)
        except (OSError, ValueError) as fault:
            raise ConnectionError(f"There is no Dask scheduler at {address!r}, which {SCHEDULER} names.") from fault
        where = {"backend": "dask", "client": cluster.enter_context(client), "wait_for_workers_timeout": CONNECT_LIMIT}
    with joblib.parallel_config(**where):
        try:
            width = joblib.effective_n_jobs(jobs)
        except TimeoutError as fault:
            raise ConnectionError(f"The Dask scheduler at {address!r} has no workers.") from fault
        return joblib.Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered"), width


def _returned(results: Iterator[Any]) -> Iterator[Any]:
    """Yield what the tasks return; tasks do not raise, so any exception comes from the processes."""
    try:
        yield from results
    except Exception as fault:
        reason = _first_line(fault)
        raise ConnectionError(
            f"The sweep lost a process ({reason}); finished results are stored, so start it again to resume."
        ) from fault


def _stored(experiment: Experiment, store: Store, task: Task) -> Result | None:
    """Return the stored result, from a sweep or, for a heist, from a complete run; None if there is none."""
    tasks: tuple[Task, ...] = (task, "run") if task == "result" else (task,)
    for name in tasks:
        with suppress(DamagedRecord):  # a damaged record is computed again
            if (found := store.get(experiment.key, name)) and isinstance(last := found.events[-1], Finished):
                return last.result
    return None


def _put(
    experiment: Experiment, outcome: EventsOrError, store: Store, task: Task
) -> tuple[Result | None, str | None, str | None]:
    """Store an outcome; return its result, one sentence if there is none, and one if it could not be stored."""
    if isinstance(outcome, str):
        return None, outcome, None
    last = outcome[-1]
    assert isinstance(last, Finished)
    if last.result.get("key") != experiment.key:
        return None, "The process that computed this has another version of the lab.", None
    return last.result, None, store.keep(experiment, outcome, task)


# In worker processes.


def _end_with(parent: int) -> None:
    """End this process when its parent is killed; otherwise loky's processes would run on for minutes."""

    def watch() -> None:
        # On Unix an orphan gets another parent; on Windows it keeps the number of one that is gone.
        while os.getppid() == parent and psutil.pid_exists(parent):
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _compute(group: list[Experiment], task: Task, lab: str) -> tuple[list[Experiment], list[EventsOrError], float]:
    """Run a group with the same victims; return the group, the outcome of each experiment, and the seconds taken."""
    began = time.perf_counter()
    outcome: Outcome = import_module(lab).OUTCOMES[task]
    ends: dict[Experiment, EventsOrError] = {}
    waiting: deque[tuple[Experiment, Started]] = deque()
    for experiment in group:
        try:
            waiting.append((experiment, Started(experiment.key, experiment.seed, outcome.total_steps(experiment))))
        except ValueError as mistake:
            ends[experiment] = str(mistake)
    # OpenBLAS threads wait by spinning: if processes share the cores, runs take ten times as long.
    with threadpool_limits(1, user_api="blas"):
        while waiting:
            _run_group(outcome, waiting, ends)
    return group, [ends[experiment] for experiment in group], time.perf_counter() - began


def _run_group(
    outcome: "Outcome", waiting: deque[tuple[Experiment, Started]], ends: dict[Experiment, EventsOrError]
) -> None:
    """Run the waiting experiments until one fails, which is removed; all are, if training their victims failed."""
    own = False
    events: list[Event] = []
    error = None
    try:
        with closing(outcome.play(*(experiment for experiment, _ in waiting))) as story:
            for event in story:
                match event:
                    case Phase():
                        own = own or event.name in outcome.own
                    case Progress() if not math.isfinite(event.cross_entropy):
                        error = f"The {event.defence} {event.role} diverged: its loss is not a number."
                        if not own:
                            raise ValueError(error)
                    case Finished():
                        experiment, started = waiting.popleft()
                        if not _is_finite(event.result):
                            error = error or "A number in the result is not finite."
                        ends[experiment] = error or [started, *events, event]
                        events, error = [], None
                    case _ if isinstance(event, outcome.kept):
                        events.append(event)
        if waiting:
            raise RuntimeError("the run ended without a result")
    except Exception as fault:  # an error in one point must not end the sweep
        for _ in range(min(1, len(waiting)) if own else len(waiting)):
            ends[waiting.popleft()[0]] = str(fault) if isinstance(fault, ValueError) else _first_line(fault)


def _is_finite(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def _first_line(fault: Exception) -> str:
    lines = str(fault).strip().splitlines()
    return f"{type(fault).__name__}: {lines[0]}" if lines else type(fault).__name__
