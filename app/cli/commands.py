"""The commands: each runs a story or a sweep, and prints its result."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from app.cli import terminal
from app.lab import choices, variation
from app.lab.evidence import attack_table, plan, pretrained, removal_table, survival
from app.lab.experiment import PRESETS, Experiment, preset, renamed
from app.lab.ownership import questionnaire
from app.lab.record import Task
from app.lab.stories import heist, theft, trial, washing
from app.lab.stories.events import Event, Finished, Result
from app.reports import claim_report, kit, tables
from app.runs import sweep
from app.runs.store import Store

_RECORDED: dict[str, Callable[[str, Experiment, Path], Iterator[Event]]] = {
    "heists": pretrained.record_heist,
    "removal": pretrained.record_removal,
    "attacks": pretrained.record_attacks,
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
            _report(heist.run(_experiment(chosen)), terminal.heist, as_json=chosen.json)
        case "steal":
            _report(theft.steal(_experiment(chosen)), terminal.theft, as_json=chosen.json)
        case "remove":
            experiment = _experiment(chosen)
            washed = washing.remove(experiment, _stored(experiment), chosen.attacks)
            _report(washed, terminal.removal, as_json=chosen.json)
        case "triggers":
            _write_kit(_experiment(chosen), chosen.folder)
        case "claim":
            _claim(_experiment(chosen), chosen.file, chosen.record, as_json=chosen.json)
        case "sweep":
            return _sweep(chosen.file, chosen.jobs, as_json=chosen.json)
        case "evidence":
            return _measure(survival, "result", tables.survival, chosen)
        case "attacks":
            return _measure(attack_table, "theft_result", tables.attacks, chosen)
        case "removals":
            return _measure(removal_table, "washing_result", tables.removals, chosen)
        case "pretrain":
            _pretrain(chosen.names or list(PRESETS), chosen.folder, chosen.only)
    return 0


def _experiment(chosen: argparse.Namespace) -> Experiment:
    given: dict[str, Any] = {
        name.removeprefix("set_"): value
        for name, value in vars(chosen).items()
        if name.startswith("set_") and value is not None
    }
    return Experiment.from_dict({**preset(chosen.preset).to_dict(), **renamed(given)})


def _report(events: Iterator[Event], summary: Callable[[Any], str], *, as_json: bool) -> None:
    *_, last = terminal.reported(events)
    assert isinstance(last, Finished)
    print(json.dumps(last.result) if as_json else summary(last.result))


def _write_kit(experiment: Experiment, folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"Choose another folder than {str(folder)!r}: it is not empty, and nothing is overwritten.")
    exhibit = _hearing(experiment).exhibit
    assert exhibit is not None
    evaluating = variation.command(experiment, "claim", "answers.csv")
    for path, content in kit.files(exhibit, choices.CLASSES[experiment.dataset], evaluating):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    print(f"{len(exhibit.inputs)} triggers are in {folder}. SHA-256, to be published: {exhibit.commitment}")


def _claim(experiment: Experiment, file: Path, page: Path | None, *, as_json: bool) -> None:
    try:
        questionnaire.check_size(file.stat().st_size)
        form = file.read_bytes()
    except OSError as fault:
        raise ValueError(f"The form {str(file)!r} cannot be read: {fault.strerror}.") from None
    hearing = _hearing(experiment)
    assert hearing.exhibit is not None
    count, classes = len(hearing.exhibit.inputs), choices.CLASSES[experiment.dataset]
    answers = questionnaire.read_answers(form, count, classes)
    verdict = hearing.verdict(answers)
    if page is not None:
        again = variation.command(experiment, "triggers", "--folder triggers")
        report = claim_report.page(experiment, hearing.exhibit, answers, verdict, hearing.clean_successes, again)
        page.write_text(report, encoding="utf-8")
    if as_json:
        shown = {"key": experiment.key, "commitment": hearing.exhibit.commitment, "owned": verdict.owned}
        print(json.dumps({**shown, **dataclasses.asdict(verdict)}))
        return
    print(claim_report.sentence(verdict))
    print(
        f"Secret answer {hearing.exhibit.target} to {verdict.successes} of {count} triggers; the innocent rate is "
        f"{verdict.innocent_rate:.1%}."
    )


def _hearing(experiment: Experiment) -> trial.Hearing:
    """Return the hearing of an experiment's trial; heist and trial are run unless the store has their records."""
    events = _stored(experiment, "trial")
    if not events:
        of_heist = _stored(experiment)
        if not of_heist:
            of_heist = list(terminal.reported(heist.run(experiment)))
            Store().put(experiment, of_heist)
        events = list(terminal.reported(trial.trial(experiment, of_heist)))
        Store().put(experiment, events, "trial")
    return trial.Hearing.of(events)


def _stored(experiment: Experiment, task: Task = "run") -> list[Event]:
    """Return the events of the record in the store; none if there is no record."""
    found = Store().get(experiment.key, task)
    return found.events if found else []


def _pretrain(names: Sequence[str], folder: Path, only: str | None) -> None:
    if unknown := set(names) - PRESETS.keys():
        raise ValueError(f"There is no recorded run {min(unknown)!r}; choose from {', '.join(PRESETS)}.")
    for name in names:
        experiment = PRESETS[name]
        for what, record in _RECORDED.items():
            if only in (None, what):
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
    chosen.file.parent.mkdir(parents=True, exist_ok=True)
    table.write(chosen.file, rows)
    print(markdown(rows))
    return 0


def _sweep(file: Path, jobs: int, *, as_json: bool) -> int:
    planned = plan.read(file)
    for sentence in planned.impossible:
        print(sentence, file=sys.stderr)
    results, failed = _run_all(planned.experiments, jobs, "result")
    finished = [(experiment, results[experiment]) for experiment in planned.experiments if experiment in results]
    if as_json:
        for experiment, result in finished:
            print(json.dumps({"experiment": experiment.to_dict(), "result": result}))
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
    for point in sweep.run(experiments, Store(), task=task, jobs=jobs):
        if point.result is not None:
            results[point.experiment] = point.result
        else:
            settings = ", ".join(f"{name} = {getattr(point.experiment, name)}" for name in [*varying, "seed"])
            print(f"{settings}: {point.error}", file=sys.stderr)
        left = "" if point.seconds_left is None else f", about {terminal.duration(point.seconds_left)} left"
        print(f"  {point.done}/{point.total}{left}", file=sys.stderr)
    return results, len(set(experiments)) - len(results)
