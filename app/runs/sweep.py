"""Many experiments at once: grids and random search over settings and seeds, described by a TOML file.

::

    preset = "mnist"            # where every point starts
    seeds = [100, 101]          # each point once with each seed

    [settings]                  # the same for all points
    adversary_epochs = 8

    [grid]                      # every combination
    answers = ["labels", "confidences"]

    [random]                    # every combination once with each of so many draws
    points = 20
    seed = 0
    layers = ["deep", "all"]
    kappa = { low = 1, high = 64, log = true }

:func:`read` turns the file into experiments and :func:`run` computes those that the store does not
have: in processes of this machine, or on the Dask cluster that ``ENTANGLED_SCHEDULER`` names.
Experiments that share their victims are one task, so the victims are trained once.
"""

import dataclasses
import math
import os
import threading
import time
import tomllib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from app.lab.experiment import PRESETS, Experiment, canonical, preset
from app.lab.randomness import numpy_stream
from app.lab.record import DamagedRecord, Task
from app.lab.stories.events import Claimed, Event, Finished, Phase, Progress, Started, Theft
from app.runs.store import Store

SCHEDULER = "ENTANGLED_SCHEDULER"
CONNECT_LIMIT = 10  # seconds

_PARTS = ("preset", "seeds", "settings", "grid", "random")
_FIELDS = {field.name: field for field in dataclasses.fields(Experiment)}

Outcome = list[Event] | str  # the events of a result, or the sentence that says why there is none


@dataclass(frozen=True)
class Plan:
    """What a sweep will compute, in order and without duplicates.

    ``impossible`` says, a sentence each, which combinations of settings no experiment can have.
    """

    experiments: tuple[Experiment, ...]
    impossible: tuple[str, ...]


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
    result: dict[str, Any] | None
    error: str | None
    done: int
    total: int
    seconds_left: float | None


def read(path: Path) -> Plan:
    """Return what the TOML file at ``path`` describes.

    Raises:
        ValueError: one sentence, if there is no such file or a mistake in it.
    """
    try:
        described = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ValueError(f"The sweep {str(path)!r} cannot be read: {fault.strerror}.") from fault
    except ValueError as fault:
        raise ValueError(f"The sweep {str(path)!r} is not written in TOML: {fault}.") from fault
    return plan(described)


def plan(described: Mapping[str, Any]) -> Plan:
    """Return the experiments of a sweep, described as its TOML file does.

    Every combination of the grid meets every random draw and every seed. A draw depends on its
    number, the seed of the draws and the setting's name only: with more ``points``, those that
    were there before stay.

    Raises:
        ValueError: one sentence, for what is unknown, not allowed or ambiguous, or if no
            combination of the settings is possible.
    """
    if unknown := sorted(described.keys() - set(_PARTS)):
        raise ValueError(f"A sweep has no part {unknown[0]!r}; its parts are {', '.join(_PARTS)}.")
    if not isinstance(described.get("preset"), str):
        raise ValueError(f"A sweep needs a preset to start from: one of {', '.join(PRESETS)}.")
    base = preset(described["preset"]).to_dict()
    seeds = _allowed("seed", _listed("seeds", described.get("seeds")))
    tables = {part: dict(_table(part, described.get(part, {}))) for part in ("settings", "grid", "random")}
    count, seed = _draws(tables["random"]) if "random" in described else (1, 0)
    _check_names(tables)

    fixed = {name: _allowed(name, [value])[0] for name, value in tables["settings"].items()}
    grid = [[(name, value) for value in _allowed(name, _listed(name, told))] for name, told in tables["grid"].items()]
    drawn = [[(name, value) for value in _drawn(name, told, count, seed)] for name, told in tables["random"].items()]
    draws = list(zip(*drawn, strict=True)) or [()]

    experiments: dict[Experiment, None] = {}
    impossible: dict[str, None] = {}
    for combination in product(product(*grid), draws):
        varied = dict(combination[0] + combination[1])
        try:
            experiments |= dict.fromkeys(Experiment.from_dict({**base, **fixed, **varied, "seed": n}) for n in seeds)
        except ValueError as mistake:
            impossible[_told(varied, str(mistake))] = None
    if not experiments:
        raise ValueError(next(iter(impossible)))
    return Plan(tuple(experiments), tuple(impossible))


def run(
    experiments: Iterable[Experiment], store: Store, *, jobs: int = -1, lab: str = "app.lab.stories.heist"
) -> Generator[Point]:
    """Compute what the store does not have yet; yield every point as soon as its result is there and kept.

    A point that fails says so and does not end the others. The stream can be closed at any point,
    or killed: what was yielded is in the store, and the next call goes on from there.

    Args:
        experiments: the points, in any order; an experiment that is there twice is one point.
        store: where finished points are looked up and kept.
        jobs: how many processes of this machine, -1 for one on each core; a cluster decides for itself.
        lab: the module whose ``run`` and ``total_steps`` do the work.

    Raises:
        ConnectionError: one sentence, if there is no cluster, or processes are lost on the way.
        OSError: if a result cannot be kept.
    """
    experiments = list(dict.fromkeys(experiments))
    total, done = len(experiments), 0
    victims: dict[str, list[Experiment]] = {}
    for experiment in experiments:
        if found := _stored(experiment, store):
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
        tasks = (joblib.delayed(_compute)(group, lab) for group in groups)
        for group, outcomes, took in _returned(cluster.enter_context(closing(parallel(tasks)))):
            seconds.append(took)
            waiting = len(groups) - len(seconds)
            left = sum(seconds) / len(seconds) * max(waiting / width, 1) if waiting else 0.0
            ends = [_kept(experiment, outcome, store) for experiment, outcome in zip(group, outcomes, strict=True)]
            for experiment, (result, error) in zip(group, ends, strict=True):
                done += 1
                yield Point(experiment, result, error, done, total, left)


# From the file to the experiments.


def _table(part: str, told: Any) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise ValueError(f"The part {part!r} of a sweep is a table: write it below [{part}].")
    return told


def _listed(name: str, told: Any) -> list[Any]:
    if not isinstance(told, list) or not told:
        raise ValueError(f"A sweep needs a list of values for {name}, as in {name} = [1, 2].")
    return told


def _allowed(name: str, values: Sequence[Any]) -> list[Any]:
    """Return the values in the setting's own type; each must be allowed, whatever the other settings are."""
    return [canonical(_FIELDS[name], value) for value in values]


def _draws(told: dict[str, Any]) -> tuple[int, int]:
    """Take out how many draws there are, and their seed."""
    count, seed = told.pop("points", None), told.pop("seed", 0)
    if type(count) is not int or count < 1:
        raise ValueError("A random search needs the number of its points, as in points = 20.")
    if type(seed) is not int:
        raise ValueError(f"The seed of a random search must be a whole number; it is {seed!r}.")
    return count, seed


def _check_names(tables: Mapping[str, Mapping[str, Any]]) -> None:
    seen: dict[str, str] = {}
    for part, told in tables.items():
        for name in told:
            if name not in _FIELDS:
                raise ValueError(f"There is no setting {name!r}; the settings are {', '.join(sorted(_FIELDS))}.")
            if name == "seed":
                raise ValueError(f"The seeds of a sweep belong into its list of seeds, not into [{part}].")
            if name in seen:
                raise ValueError(f"The setting {name} is both in [{seen[name]}] and in [{part}]; choose one.")
            seen[name] = part


def _drawn(name: str, told: Any, count: int, seed: int) -> list[Any]:
    """Return ``count`` random values of a setting, from its choices or between its bounds."""
    random = numpy_stream(seed, f"sweep {name}")
    if isinstance(told, list):
        choices = _allowed(name, _listed(name, told))
        return [choices[random.integers(len(choices))] for _ in range(count)]
    if not isinstance(told, Mapping) or not {"low", "high"} <= told.keys() <= {"low", "high", "log"}:
        raise ValueError(f"Draw {name} from a list of choices or from a range, as in {{ low = 1, high = 2 }}.")
    kind = _FIELDS[name].type
    if kind not in (int, float):
        raise ValueError(f"The setting {name} has no range; draw it from a list of choices.")
    low, high = _allowed(name, [told["low"], told["high"]])
    log = told.get("log", False)
    if not isinstance(log, bool):
        raise ValueError(f"The range of {name} has log = true or log = false, not {log!r}.")
    if low >= high:
        raise ValueError(f"The range of {name} must end above its low end, {low}; it ends at {high}.")
    if log and low <= 0:
        raise ValueError(f"A logarithmic range must begin above 0; that of {name} begins at {low}.")
    if log:
        values = np.exp([random.uniform(math.log(low), math.log(high)) for _ in range(count)])
        return [round(value) if kind is int else value for value in np.clip(values, low, high).tolist()]
    if kind is int:
        return [int(random.integers(low, high, endpoint=True)) for _ in range(count)]
    return [random.uniform(low, high) for _ in range(count)]


def _told(varied: Mapping[str, Any], mistake: str) -> str:
    return f"{', '.join(f'{name} = {value}' for name, value in varied.items())}: {mistake}" if varied else mistake


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


def _stored(experiment: Experiment, store: Store) -> dict[str, Any] | None:
    """Return the result as the store has it, from a sweep or from a whole run."""
    tasks: tuple[Task, ...] = ("result", "run")
    for task in tasks:
        with suppress(DamagedRecord):  # then it is computed again
            if (found := store.get(experiment.key, task)) and isinstance(last := found.events[-1], Finished):
                return last.result
    return None


def _kept(experiment: Experiment, outcome: Outcome, store: Store) -> tuple[dict[str, Any] | None, str | None]:
    """Put a result into the store; return it, or the sentence that says why there is none."""
    if isinstance(outcome, str):
        return None, outcome
    last = outcome[-1]
    assert isinstance(last, Finished)
    if last.result["key"] != experiment.key:
        return None, "The process that computed this has another version of the lab."
    store.put(experiment, outcome, "result")
    return last.result, None


# What happens in another process.


def _end_with(parent: int) -> None:
    """See to it that this process ends when its parent is killed: loky's would go on for minutes."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _compute(group: list[Experiment], lab: str) -> tuple[list[Experiment], list[Outcome], float]:
    """Run a group with common victims; return it with the outcome of each experiment and the seconds it took."""
    began = time.perf_counter()
    tasks = import_module(lab)
    outcomes: dict[Experiment, Outcome] = {}
    waiting: deque[tuple[Experiment, Started]] = deque()
    for experiment in group:
        try:
            waiting.append((experiment, Started(experiment.key, experiment.seed, tasks.total_steps(experiment))))
        except ValueError as mistake:
            outcomes[experiment] = str(mistake)
    # OpenBLAS's threads wait by spinning: where processes share the cores, that costs ten times the work.
    with threadpool_limits(1, user_api="blas"):
        while waiting:
            _follow(tasks, waiting, outcomes)
    return group, [outcomes[experiment] for experiment in group], time.perf_counter() - began


def _follow(tasks: ModuleType, waiting: deque[tuple[Experiment, Started]], outcomes: dict[Experiment, Outcome]) -> None:
    """Run those who wait until all have their outcome, or one fails: then without him, unless it was the victims."""
    stealing = False
    events: list[Event] = []
    error = None
    try:
        with closing(tasks.run(*(experiment for experiment, _ in waiting), looks=False)) as story:
            for event in story:
                match event:
                    case Phase("query"):
                        stealing = True
                    case Progress() if not math.isfinite(event.cross_entropy):
                        error = f"The {event.defence} {event.role} diverged: its loss is not a number."
                        if not stealing:
                            raise ValueError(error)
                    case Theft() | Claimed():
                        events.append(event)
                    case Finished():
                        experiment, started = waiting.popleft()
                        if not _is_finite(event.result):
                            error = error or "A number in the result is not finite."
                        outcomes[experiment] = error or [started, *events, event]
                        events, error = [], None
        if waiting:
            raise RuntimeError("the run ended without a result")
    except Exception as fault:  # whatever one point does, the sweep goes on
        for _ in range(min(1, len(waiting)) if stealing else len(waiting)):
            outcomes[waiting.popleft()[0]] = str(fault) if isinstance(fault, ValueError) else _first_line(fault)


def _is_finite(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, float) or math.isfinite(value)


def _first_line(fault: Exception) -> str:
    lines = str(fault).strip().splitlines()
    return f"{type(fault).__name__}: {lines[0]}" if lines else type(fault).__name__
