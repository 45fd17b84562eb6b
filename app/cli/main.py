"""The lab from the command line: the same streams as on the pages.

::

    python -m app run PRESET [--seed N] [--json] [--SETTING VALUE ...]
    python -m app steal PRESET [--attack NAME] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app remove PRESET [--attack NAME ...] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app sweep FILE [--jobs N] [--json]
    python -m app attacks [--jobs N]
    python -m app removals [--jobs N]
    python -m app evidence [--jobs N]
    python -m app triggers PRESET --folder DIR
    python -m app claim PRESET ANSWERS.csv [--json] [--record FILE.html]
    python -m app pretrain [NAME ...] [--only heists|removal|attacks]

Progress goes to stderr. With ``--json`` the last line of stdout is the result as one object; of a
sweep, each line is one point.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from threadpoolctl import threadpool_limits

from app.cli import terminal
from app.cli.serve import serve
from app.lab import choices, variation
from app.lab.evidence import attack_table, pretrained, removal_table, survival
from app.lab.experiment import PRESETS, Experiment, preset
from app.lab.ownership import questionnaire
from app.lab.record import Task
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import heist, theft, trial, washing
from app.lab.stories.events import Event, Finished
from app.paths import PRETRAINED
from app.reports import claim_report

# The one arrow that points back, from the lab to the runs: the command line is a skin, as the pages are.
from app.runs import sweep
from app.runs.store import Store

_RECORDINGS = {
    "heists": pretrained.record_heist,
    "removal": pretrained.record_removal,
    "attacks": pretrained.record_attacks,
}


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message[:1].upper()}{message[1:].rstrip('.')}. See: python -m app --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    It is 2 for a mistake in the command, told in one sentence, and 1 where points of a sweep failed.
    """
    chosen = _parser().parse_args(arguments)
    threadpool_limits(1, user_api="blas")  # its threads wait by spinning, which starves whatever runs beside
    try:
        match chosen.command:
            case "app":
                serve(chosen.port, chosen.address)
            case "run":
                _run(heist.run(_experiment(chosen)), terminal.heist, as_json=chosen.json)
            case "steal":
                _run(theft.steal(_experiment(chosen)), terminal.attack, as_json=chosen.json)
            case "remove":
                experiment = _experiment(chosen)
                washed = washing.remove(experiment, _kept(experiment), chosen.attacks)
                _run(washed, terminal.removal, as_json=chosen.json)
            case "triggers":
                _hand_out(_experiment(chosen), chosen.folder)
            case "claim":
                _claim(_experiment(chosen), chosen.file, chosen.record, as_json=chosen.json)
            case "attacks":
                _table(attack_table, chosen.jobs, chosen.file)
            case "removals":
                _table(removal_table, chosen.jobs, chosen.file)
            case "sweep":
                return _sweep(chosen.file, chosen.jobs, as_json=chosen.json)
            case "pretrain":
                _pretrain(chosen.names or list(PRESETS), chosen.folder, chosen.only)
            case "evidence":
                return _prove(chosen.jobs, chosen.file)
    except (ValueError, OSError) as mistake:
        print(mistake, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


def _parser() -> _Parser:
    parser = _Parser(prog="python -m app", description="Train, steal, verdict: Entangled from the command line.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    app = commands.add_parser("app", help="serve the pages", description="Serve the pages until Ctrl-C.")
    app.add_argument("--port", type=int, default=8501, help="where to listen; by default 8501")
    app.add_argument("--address", help="of the network interface to listen on; by default all of this machine's")
    run = commands.add_parser("run", help="run one heist", description="Run one heist, from a preset.")
    _add_settings(run)
    steal = commands.add_parser("steal", help="play one attack", description="Play one attack on a preset's victim.")
    _add_settings(steal)
    remove = commands.add_parser(
        "remove",
        help="try to wash the marks out of the copies of a heist",
        description="Attack the marks in the copies of a heist, from a preset; where it is on record, at once.",
        conflict_handler="resolve",  # a setting of another lesson may be called like the option below
    )
    _add_settings(remove)
    names = ", ".join(REMOVAL_ATTACKS)
    remove.add_argument("--attack", metavar="NAME", action="append", dest="attacks", help=f"only this one of {names}")
    handing_out = commands.add_parser(
        "triggers", help="write a trigger set to take to any model, and a form to fill in"
    )
    handing_out.add_argument("--folder", type=Path, required=True, help="where to put it; empty, or not there yet")
    _add_settings(handing_out)
    claim = commands.add_parser("claim", help="judge a model by the form that was filled in with its answers")
    claim.add_argument("--record", type=Path, metavar="FILE.html", help="write the record of the claim, one page")
    _add_settings(claim)
    claim.add_argument("file", metavar="ANSWERS.csv", type=Path, help="the form, filled in: id,label")
    sweep = commands.add_parser(
        "sweep",
        help="run many heists, described by a file",
        description="Run every point of a sweep that is not in the store yet, on this machine's cores, or on the Dask "
        "cluster that ENTANGLED_SCHEDULER names. app/runs/sweep.py shows what the file looks like.",
    )
    sweep.add_argument("file", metavar="FILE", type=Path, help="preset, seeds, settings, grid, random; in TOML")
    sweep.add_argument("--jobs", metavar="N", type=_jobs, default=-1, help="processes; by default one a core")
    sweep.add_argument("--json", action="store_true", help="print settings and result of each point as a JSON object")
    pretrain = commands.add_parser("pretrain", help="make pretrained/: the finished runs that the pages show at once")
    pretrain.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(PRESETS)}")
    pretrain.add_argument("--only", choices=_RECORDINGS, help="only these; by default all")
    pretrain.add_argument("--folder", type=Path, default=PRETRAINED, help="where to put it")
    proof = commands.add_parser(
        "evidence",
        help="measure everything that the app states, over seeds that nothing was chosen on",
        description="Run what app/lab/evidence/survival.py lists and the store does not have yet; half an hour on two "
        "cores.",
    )
    proof.add_argument("--jobs", metavar="N", type=_jobs, default=-1, help="processes; by default one a core")
    proof.add_argument("--file", type=Path, default=survival.SHIPPED, help="where to put it")
    attacked, washed = PRETRAINED / "attacks.json", removal_table.SHIPPED
    for name, description, file in (
        ("attacks", "Run every attack against every policy, 3 seeds each; some ten minutes on two cores.", attacked),
        ("removals", "Wash the copies of 5 seeds in every way; some ten minutes on two cores.", washed),
    ):
        table = commands.add_parser(name, help=f"measure a table of the README: all {name}", description=description)
        table.add_argument("--jobs", metavar="N", type=_jobs, default=-1, help="processes; by default one a core")
        table.add_argument("--file", type=Path, default=file, help="where to put it")
    return parser


def _add_settings(command: argparse.ArgumentParser) -> None:
    """Add what a command takes that plays one experiment: a preset, and an option for each setting."""
    command.add_argument("preset", metavar="PRESET", help=", ".join(PRESETS))
    command.add_argument("--json", action="store_true", help="print the result as one JSON object")
    for field in dataclasses.fields(Experiment):
        about = field.metadata
        allowed = "/".join(about["choices"]) or ("" if about["low"] is None else f"{about['low']} to {about['high']}")
        text = f"{about['help']} {f'({allowed})' if allowed else ''}".replace("%", "%%")
        command.add_argument(f"--{field.name.replace('_', '-')}", metavar="VALUE", help=text, dest=f"set_{field.name}")


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"the number of processes must be 1 or more; it is {text!r}")
    return int(text)


def _experiment(chosen: argparse.Namespace) -> Experiment:
    named: dict[str, Any] = {
        name.removeprefix("set_"): value
        for name, value in vars(chosen).items()
        if name.startswith("set_") and value is not None
    }
    return Experiment.from_dict({**preset(chosen.preset).to_dict(), **named})


def _run(events: Iterator[Event], summary: Callable[[terminal.Result], str], *, as_json: bool) -> None:
    *_, last = terminal.reported(events)
    assert isinstance(last, Finished)
    print(json.dumps(last.result) if as_json else summary(last.result))


def _hand_out(experiment: Experiment, folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"Choose another folder than {str(folder)!r}: it is not empty, and nothing is overwritten.")
    exhibit = _heard(experiment).exhibit
    assert exhibit is not None
    classes = choices.CLASSES[experiment.dataset]
    evaluating = variation.command(experiment, "claim", "answers.csv")
    for path, content in questionnaire.files(exhibit, classes, evaluating):
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
    heard = _heard(experiment)
    assert heard.exhibit is not None
    count, classes = len(heard.exhibit.inputs), choices.CLASSES[experiment.dataset]
    answers = questionnaire.read_answers(form, count, classes)
    verdict = heard.verdict(answers)
    if page is not None:
        again = variation.command(experiment, "triggers", "--folder triggers")
        told = claim_report.record(experiment, heard.exhibit, answers, verdict, heard.clean_successes, again)
        page.write_text(told, encoding="utf-8")
    if as_json:
        found = {"key": experiment.key, "commitment": heard.exhibit.commitment, "owned": verdict.owned}
        print(json.dumps({**found, **dataclasses.asdict(verdict)}))
        return
    print(claim_report.sentence(verdict))
    print(
        f"Secret answer {heard.exhibit.target} to {verdict.successes} of {count} triggers; an innocent is granted "
        f"{verdict.innocent_rate:.1%}."
    )


def _heard(experiment: Experiment) -> trial.Hearing:
    """Return the trial of an experiment; what the store does not have yet is run, and kept."""
    told = _kept(experiment, "trial")
    if not told:
        events = _kept(experiment)
        if not events:
            events = list(terminal.reported(heist.run(experiment)))
            Store().put(experiment, events)
        told = list(terminal.reported(trial.trial(experiment, events)))
        Store().put(experiment, told, "trial")
    return trial.Hearing.of(told)


def _kept(experiment: Experiment, task: Task = "run") -> list[Event]:
    """Return the events that are on record; none, where there is no record."""
    found = Store().get(experiment.key, task)
    return found.events if found else []


def _table(table: ModuleType, jobs: int, file: Path) -> None:
    """Measure one of the tables of the README, write it, and print it."""
    measuring = table.measure(jobs)
    try:
        while True:
            data, seed = next(measuring)
            print(f"  {data}, seed {seed}", file=sys.stderr)
    except StopIteration as done:
        table.write(file, done.value)
        print(table.markdown(done.value))


def _pretrain(names: Sequence[str], folder: Path, only: str | None) -> None:
    if unknown := set(names) - PRESETS.keys():
        raise ValueError(f"There is no recorded run {min(unknown)!r}; choose from {', '.join(PRESETS)}.")
    for name in names:
        experiment = PRESETS[name]
        for what, made in _RECORDINGS.items():
            if only in (None, what):
                print(f"{name}, {what}: {experiment.key[:12]}, seed {experiment.seed}", file=sys.stderr)
                for _ in terminal.reported(made(name, experiment, folder)):
                    pass


def _prove(jobs: int, file: Path) -> int:
    experiments = [experiment for table in survival.tables().values() for experiment in table]
    results, failed = _swept(experiments, jobs)
    if failed:
        print(f"{failed} experiments failed, so there is no evidence; start it again.", file=sys.stderr)
        return 1
    found = survival.rows(results)
    survival.write(file, found)
    print(survival.markdown(found))
    return 0


def _sweep(file: Path, jobs: int, *, as_json: bool) -> int:
    plan = sweep.read(file)
    for sentence in plan.impossible:
        print(sentence, file=sys.stderr)
    results, failed = _swept(plan.experiments, jobs)
    finished = [(experiment, results[experiment]) for experiment in plan.experiments if experiment in results]
    if as_json:
        for experiment, result in finished:
            print(json.dumps({"experiment": experiment.to_dict(), "result": result}))
    else:
        print(terminal.sweep(variation.varying(plan.experiments), finished))
    if failed:
        print(f"{failed} of {len(plan.experiments)} points failed.", file=sys.stderr)
    if plan.impossible:
        print(f"{len(plan.impossible)} combinations of settings are impossible.", file=sys.stderr)
    return 1 if failed or plan.impossible else 0


def _swept(experiments: Sequence[Experiment], jobs: int) -> tuple[dict[Experiment, terminal.Result], int]:
    """Run experiments, as far as the store does not have them; return the results, and how many failed."""
    varying = variation.varying(experiments)
    results: dict[Experiment, terminal.Result] = {}
    for point in sweep.run(experiments, Store(), jobs=jobs):
        if point.result is not None:
            results[point.experiment] = point.result
        else:
            settings = ", ".join(f"{name} = {getattr(point.experiment, name)}" for name in [*varying, "seed"])
            print(f"{settings}: {point.error}", file=sys.stderr)
        left = "" if point.seconds_left is None else f", about {terminal.duration(point.seconds_left)} left"
        print(f"  {point.done}/{point.total}{left}", file=sys.stderr)
    return results, len(set(experiments)) - len(results)


if __name__ == "__main__":
    sys.exit(main())
