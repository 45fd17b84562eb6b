"""The commands: each runs a story or a sweep, and prints its result."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from app.cli import output, terminal
from app.cli.settings import chosen_experiment
from app.lab import variation
from app.lab.evidence import (
    attack_table,
    innocents,
    lever_table,
    paper_scale,
    plan,
    pretrained,
    rehearsal_table,
    removal_table,
    survival,
)
from app.lab.experiment import PRESETS, Experiment
from app.lab.quoting import printable, quoted
from app.lab.record import Task
from app.lab.stories import backdoor, heist, rehearsal, theft, trapdoor, washing
from app.lab.stories.events import Event, Finished, Result
from app.lab.task import fetched
from app.reports import tables
from app.runs import sweep
from app.runs.store import Store

_RECORDED: dict[str, Callable[[str, Experiment, Path], Iterator[Event]]] = {
    "heists": pretrained.record_heist,
    "removal": pretrained.record_removal,
    "trapdoor": pretrained.record_trapdoor,
    "attacks": pretrained.record_attacks,
    "temperatures": pretrained.record_temperatures,
    "backdoors": pretrained.record_backdoors,
}


def run(chosen: argparse.Namespace) -> int:
    """Run a parsed command; return the exit status.

    Raises:
        ValueError: one sentence, for a mistake in the command.
        OSError: if a file cannot be read or written.
    """
    threadpool_limits(1, user_api="blas")  # BLAS threads wait by spinning, which slows down other processes
    match chosen.command:
        case "run":
            _report(heist.run(chosen_experiment(chosen)), terminal.heist, as_json=chosen.json)
        case "steal":
            _report(theft.steal(chosen_experiment(chosen)), terminal.theft, as_json=chosen.json)
        case "remove":
            experiment = chosen_experiment(chosen)
            washed = washing.remove(experiment, _stored(experiment), chosen.attacks)
            _report(washed, terminal.removal, as_json=chosen.json)
        case "rehearse":
            experiment = chosen_experiment(chosen)
            triggers = (experiment.trigger,) if chosen.set_trigger or chosen.set_drawing else ()
            targets = (experiment.target,) if chosen.set_target else ()
            rehearsed = rehearsal.rehearse(experiment, *triggers, targets=targets)
            _report(rehearsed, terminal.rehearsal, as_json=chosen.json)
        case "backdoor":
            experiment = chosen_experiment(chosen)
            if chosen.share is not None:
                experiment = backdoor.with_share(experiment, chosen.share)
            _report(backdoor.backdoor(experiment), terminal.backdoor, as_json=chosen.json)
        case "trapdoor":
            experiment = chosen_experiment(chosen)
            _report(trapdoor.of_a_heist(experiment, _stored(experiment)), terminal.trapdoor, as_json=chosen.json)
        case "sweep":
            return _sweep(chosen.file, chosen.jobs, as_json=chosen.json)
        case "evidence":
            return _evidence(chosen)
        case "attacks":
            return _measure(attack_table, "theft_result", tables.attacks, chosen)
        case "removals":
            return _measure(removal_table, "washing_result", tables.removals, chosen)
        case "rehearsals":
            return _measure(rehearsal_table, "rehearsal_result", tables.rehearsals, chosen)
        case "levers":
            return _measure(lever_table, "result", tables.levers, chosen)
        case "paper-scale":
            return _paper_scale(chosen.seeds or paper_scale.SEEDS, chosen.folder)
        case "fetch":
            print(fetched.fetch(chosen.dataset))
        case "pretrain":
            _pretrain(chosen.names, chosen.folder, chosen.only)
    return 0


def _report(events: Iterator[Event], summary: Callable[[Any], str], *, as_json: bool) -> None:
    *_, last = terminal.reported(events)
    assert isinstance(last, Finished)
    if as_json:
        output.as_json(last.result)
    else:
        print(summary(last.result))


def _stored(experiment: Experiment, task: Task = "run") -> list[Event]:
    """Return the events of the record in the store; none if there is no record."""
    found = Store().get(experiment.key, task)
    return found.events if found else []


def _pretrain(names: Sequence[str], folder: Path, only: str | None) -> None:
    if unknown := set(names) - PRESETS.keys():
        raise ValueError(f"There is no recorded run {quoted(min(unknown))}; choose from {', '.join(PRESETS)}.")
    for what, record in _RECORDED.items():  # heists first: the others take them up
        if only not in (None, what):
            continue
        shipped = pretrained.SHIPPED[what]
        for name in names if names and only else [name for name in shipped if name in (names or shipped)]:
            experiment = PRESETS[name]
            print(f"{name}, {what}: {experiment.key[:12]}, seed {experiment.seed}", file=sys.stderr)
            for _ in terminal.reported(record(name, experiment, folder)):
                pass


def _measure(table: Any, task: Task, markdown: Callable[[Any], str], chosen: argparse.Namespace) -> int:
    """Run the experiments of a table that are not in the store; write the table, and print it.

    Args:
        table: the module in :mod:`app.lab.evidence`, with ``experiments``, ``rows`` and ``write``.
        task: the outcome of its experiments.
        markdown: returns the table as Markdown, to be printed.
        chosen: ``jobs`` and ``file``.
    """
    results, failed = _run_all(table.experiments(), chosen.jobs, task)
    if failed:
        print(f"{failed} experiments failed, so there is no table; start it again.", file=sys.stderr)
        return 1
    rows = table.rows(results)
    print(markdown(rows))  # before it is written: a full disk does not take it
    chosen.file.parent.mkdir(parents=True, exist_ok=True)
    table.write(chosen.file, rows)
    return 0


def _evidence(chosen: argparse.Namespace) -> int:
    """Run the thefts of the evidence and its honest models, as far as they are not in the store; write and print it."""
    results, failed = _run_all(survival.experiments(), chosen.jobs, "result")
    hearings = innocents.experiments(survival.DATA, survival.SEEDS)
    heard, unheard = _run_all(hearings, chosen.jobs, "innocents_result")
    if failed + unheard:
        print(f"{failed + unheard} experiments failed, so there is no table; start it again.", file=sys.stderr)
        return 1
    rows, honest = survival.rows(results), innocents.families(heard)
    print(tables.survival(rows))
    print(tables.frontier(rows))
    print(tables.honest(honest))
    chosen.file.parent.mkdir(parents=True, exist_ok=True)
    survival.write(chosen.file, rows, honest)
    return 0


def _paper_scale(seeds: Sequence[int], folder: Path) -> int:
    """Run the experiments of the paper's scale that no file of a seed has; keep each when it ends; print the table."""
    finished = paper_scale.read(folder)
    waiting = [experiment for experiment in paper_scale.experiments(seeds) if experiment not in finished]
    failed = 0
    for experiment in waiting:  # one after another, so that the first has ended long before the last
        results, lost = _run_all([experiment], 1, "result")
        for ended, result in results.items():
            finished[ended] = result
            try:
                paper_scale.keep(folder, ended, result)
            except OSError as fault:  # it took hours: the table has it all the same
                print(f"The folder {folder} cannot be written ({fault.strerror or fault}).", file=sys.stderr)
        failed += lost
    print(tables.paper_scale(finished))
    return 1 if failed else 0


def _sweep(file: Path, jobs: int, *, as_json: bool) -> int:
    planned = plan.read(file)
    for sentence in planned.impossible:
        print(printable(sentence), file=sys.stderr)
    results, failed = _run_all(planned.experiments, jobs, "result")
    finished = [(experiment, results[experiment]) for experiment in planned.experiments if experiment in results]
    if as_json:
        for experiment, result in finished:
            output.as_json({"experiment": experiment.to_dict(), "result": result})
    else:
        print(terminal.sweep(variation.varying(planned.experiments), finished))
    if failed:
        print(f"{failed} of {len(planned.experiments)} points failed.", file=sys.stderr)
    if planned.impossible:
        print(f"{len(planned.impossible)} combinations of settings are impossible.", file=sys.stderr)
    return 1 if failed or planned.impossible else 0


def _run_all(experiments: Sequence[Experiment], jobs: int, task: Task) -> tuple[dict[Experiment, Result], int]:
    """Run the experiments that are not in the store; return all results, and how many failed."""
    varying = variation.varying(experiments)
    results: dict[Experiment, Result] = {}
    unkept = None
    for point in sweep.run(experiments, Store(), task=task, jobs=jobs):
        if point.result is not None:
            results[point.experiment] = point.result
        else:
            settings = ", ".join(f"{name} = {getattr(point.experiment, name)}" for name in [*varying, "seed"])
            print(printable(f"{settings}: {point.error}"), file=sys.stderr)
        if point.unkept and not unkept:  # once: the others would say the same
            print(printable(unkept := point.unkept), file=sys.stderr)
        left = "" if point.seconds_left is None else f", about {terminal.duration(point.seconds_left)} left"
        print(f"  {point.done}/{point.total}{left}", file=sys.stderr)
    return results, len(set(experiments)) - len(results)
