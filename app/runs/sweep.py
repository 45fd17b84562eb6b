"""Many experiments at once: those that the store does not have, on this machine's cores or on a Dask cluster.

``ENTANGLED_SCHEDULER`` names the cluster's scheduler. Experiments that share their victims are one task, so the
victims are trained once. What is finished is kept at once: a sweep that was killed goes on where it was.
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
from threadpoolctl import threadpool_limits

from app.lab.experiment import Experiment
from app.lab.record import DamagedRecord, Task
from app.lab.stories.events import Event, Finished, Phase, Progress, Result, Started
from app.runs.store import Store

if TYPE_CHECKING:
    from app.lab.stories.outcomes import Outcome

SCHEDULER = "ENTANGLED_SCHEDULER"
CONNECT_LIMIT = 10  # seconds

Ended = list[Event] | str  # the events of an outcome, or the sentence that says why there is none


@dataclass(frozen=True)
class Point:
    """One experiment of a sweep has its result, or has failed.

    Attributes:
        experiment: its settings.
        result: as in :class:`~app.lab.stories.events.Finished`; None where it failed.
        error: one sentence where it failed, else None.
        done: how many points there are now, this one included.
        total: how many there will be.
        seconds_left: an estimate; None while nothing has been computed.
    """

    experiment: Experiment
    result: Result | None
    error: str | None
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
    """Compute what the store does not have yet; yield every point as soon as its result is there and kept.

    A point that fails says so and does not end the others. The stream can be closed at any point,
    or killed: what was yielded is in the store, and the next call goes on from there.

    Args:
        experiments: the points, in any order; an experiment that is there twice is one point.
        store: where finished points are looked up and kept.
        task: which outcome of them: a key of ``OUTCOMES`` in ``lab``.
        jobs: how many processes of this machine, -1 for one on each core; a cluster decides for itself.
        lab: the module whose ``OUTCOMES`` do the work: :mod:`app.lab.stories.outcomes`.

    Raises:
        ConnectionError: one sentence, if there is no cluster, or processes are lost on the way.
        OSError: if a result cannot be kept.
    """
    experiments = list(dict.fromkeys(experiments))
    total, done = len(experiments), 0
    victims: dict[str, list[Experiment]] = {}
    for experiment in experiments:
        if found := _stored(experiment, store, task):
            done += 1
            yield Point(experiment, found, None, done, total, None)
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
            ends = [
                _kept(experiment, outcome, store, task) for experiment, outcome in zip(group, outcomes, strict=True)
            ]
            for experiment, (result, error) in zip(group, ends, strict=True):
                done += 1
                yield Point(experiment, result, error, done, total, left)


# Where and when.


def _scheduled(cluster: ExitStack, jobs: int) -> tuple[joblib.Parallel, int]:
    """Return what runs tasks, and how many of them at a time; the cluster is left when the stack closes."""
    where: dict[str, Any] = {"backend": "loky", "initializer": _end_with, "initargs": (os.getpid(),)}
    if address := os.environ.get(SCHEDULER):
        from distributed import Client  # half a second, for those who have a cluster

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
    """Pass on what tasks return; they never raise, so whatever is raised befell the processes."""
    try:
        yield from results
    except Exception as fault:
        reason = _first_line(fault)
        raise ConnectionError(
            f"The sweep lost a process ({reason}); what is finished is kept, so start it again."
        ) from fault


def _stored(experiment: Experiment, store: Store, task: Task) -> Result | None:
    """Return the result as the store has it: from a sweep or, of a heist, from a whole run."""
    tasks: tuple[Task, ...] = (task, "run") if task == "result" else (task,)
    for place in tasks:
        with suppress(DamagedRecord):  # then it is computed again
            if (found := store.get(experiment.key, place)) and isinstance(last := found.events[-1], Finished):
                return last.result
    return None


def _kept(experiment: Experiment, outcome: Ended, store: Store, task: Task) -> tuple[Result | None, str | None]:
    """Put a result into the store; return it, or the sentence that says why there is none."""
    if isinstance(outcome, str):
        return None, outcome
    last = outcome[-1]
    assert isinstance(last, Finished)
    if last.result["key"] != experiment.key:
        return None, "The process that computed this has another version of the lab."
    store.put(experiment, outcome, task)
    return last.result, None


# What happens in another process.


def _end_with(parent: int) -> None:
    """See to it that this process ends when its parent is killed: loky's would go on for minutes."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _compute(group: list[Experiment], task: Task, lab: str) -> tuple[list[Experiment], list[Ended], float]:
    """Run a group with common victims; return it with the outcome of each experiment and the seconds it took."""
    began = time.perf_counter()
    wanted: Outcome = import_module(lab).OUTCOMES[task]
    ends: dict[Experiment, Ended] = {}
    waiting: deque[tuple[Experiment, Started]] = deque()
    for experiment in group:
        try:
            waiting.append((experiment, Started(experiment.key, experiment.seed, wanted.total_steps(experiment))))
        except ValueError as mistake:
            ends[experiment] = str(mistake)
    # OpenBLAS's threads wait by spinning: where processes share the cores, that costs ten times the work.
    with threadpool_limits(1, user_api="blas"):
        while waiting:
            _follow(wanted, waiting, ends)
    return group, [ends[experiment] for experiment in group], time.perf_counter() - began


def _follow(wanted: "Outcome", waiting: deque[tuple[Experiment, Started]], ends: dict[Experiment, Ended]) -> None:
    """Run what waits until all have ended, or one fails: then without it, unless it was the victims that failed."""
    own = False
    events: list[Event] = []
    error = None
    try:
        with closing(wanted.play(*(experiment for experiment, _ in waiting))) as story:
            for event in story:
                match event:
                    case Phase():
                        own = own or event.name in wanted.own
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
                    case _ if isinstance(event, wanted.kept):
                        events.append(event)
        if waiting:
            raise RuntimeError("the run ended without a result")
    except Exception as fault:  # whatever one point does, the sweep goes on
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
