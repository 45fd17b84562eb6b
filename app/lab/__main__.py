"""The lab from the command line: the same streams as on the pages.

::

    python -m app.lab run PRESET [--seed N] [--json] [--SETTING VALUE ...]
    python -m app.lab steal PRESET [--attack NAME] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app.lab remove PRESET [--attack NAME ...] [--seed N] [--json] [--SETTING VALUE ...]
    python -m app.lab sweep FILE [--jobs N] [--json]
    python -m app.lab attacks [--jobs N]
    python -m app.lab evidence [--jobs N]
    python -m app.lab triggers PRESET --folder DIR
    python -m app.lab claim PRESET ANSWERS.csv [--json] [--record FILE.html]
    python -m app.lab pretrain [NAME ...] [--only heists|removal|attacks]

Progress goes to stderr. With ``--json`` the last line of stdout is the result as one object; of a
sweep, each line is one point.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, NoReturn

from threadpoolctl import threadpool_limits

from app.lab import (
    aftermath,
    attack_table,
    court_record,
    datasets,
    evidence,
    extraction,
    heist,
    ownership,
    prediction_api,
    questionnaire,
    record,
    stealing,
    trial,
    variation,
)
from app.lab.attacks import ATTACKS
from app.lab.events import (
    WATERMARKED,
    Claimed,
    Copied,
    Event,
    Finished,
    Honest,
    Measured,
    Phase,
    Queried,
    Started,
    Territory,
    Theft,
)
from app.lab.experiment import PRESETS, Experiment, preset
from app.lab.removal import washing
from app.lab.removal.attacks import ATTACKS as REMOVALS

_RECORDED = ("heists", "removal", "attacks")
PRETRAINED = Path(__file__).resolve().parents[2] / "pretrained"
_PHASES = {
    "task": "the victim learns its task",
    "triggers": "the triggers are moved until the innocent model denies the target",
    "watermark": "clean, naive and entangled part",
    "query": "the thief queries all three victims",
    "copy": "the thief trains his copies",
    "claim": "the owner goes to court",
    "exhibits": "the owner lays out his triggers",
    "bystanders": "two innocent models learn the task, as controls",
    "framing": "a dishonest owner nudges his triggers",
    "removal": "the thief attacks the marks in his copies",
    "victim": "the victim learns its task",
    "pretraining": "the thief's network learns another task",
    "attack": "the thief asks, and fits his copy",
}

_Result = dict[str, Any]
# The columns of a sweep's table: what is measured, which value is the worst, and how it is written.
_COLUMNS: tuple[tuple[str, Callable[[_Result], float], Callable[[list[float]], float], str], ...] = (
    ("cost, points", lambda run: 100 * (run["clean"]["accuracy"] - run["entangled"]["victim_accuracy"]), max, "{:.1f}"),
    ("naive mark", lambda run: run["naive"]["stolen_watermark"], min, "{:.0%}"),
    ("EWE mark", lambda run: run["entangled"]["stolen_watermark"], min, "{:.0%}"),
    ("stolen accuracy", lambda run: run["entangled"]["stolen_accuracy"], min, "{:.1%}"),
)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message[:1].upper()}{message[1:].rstrip('.')}. See: python -m app.lab --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    It is 2 for a mistake in the command, told in one sentence, and 1 where points of a sweep failed.
    """
    chosen = _parser().parse_args(arguments)
    threadpool_limits(1, user_api="blas")  # its threads wait by spinning, which starves whatever runs beside
    try:
        match chosen.command:
            case "run":
                _run(heist.run(_experiment(chosen)), _summary, as_json=chosen.json)
            case "steal":
                _run(stealing.steal(_experiment(chosen)), _price, as_json=chosen.json)
            case "remove":
                experiment = _experiment(chosen)
                _run(washing.remove(experiment, _known(experiment), chosen.attacks), _prices, as_json=chosen.json)
            case "triggers":
                _hand_out(_experiment(chosen), chosen.folder)
            case "claim":
                _claim(_experiment(chosen), chosen.file, chosen.record, as_json=chosen.json)
            case "attacks":
                _attacks(chosen.jobs, chosen.file)
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
    parser = _Parser(prog="python -m app.lab", description="Train, steal, verdict: Entangled from the command line.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
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
    names = ", ".join(REMOVALS)
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
    pretrain.add_argument("--only", choices=_RECORDED, help="only these; by default all")
    pretrain.add_argument("--folder", type=Path, default=PRETRAINED, help="where to put it")
    proof = commands.add_parser(
        "evidence",
        help="measure everything that the app states, over seeds that nothing was chosen on",
        description="Run what app/lab/evidence.py lists and the store does not have yet; half an hour on two cores.",
    )
    proof.add_argument("--jobs", metavar="N", type=_jobs, default=-1, help="processes; by default one a core")
    proof.add_argument("--file", type=Path, default=evidence.SHIPPED, help="where to put it")
    table = commands.add_parser(
        "attacks",
        help="measure every attack under every way to answer, and print the README's table",
        description="Run every attack against every policy, 3 seeds each; some ten minutes on two cores.",
    )
    table.add_argument("--jobs", metavar="N", type=_jobs, default=-1, help="processes; by default one a core")
    table.add_argument("--file", type=Path, default=PRETRAINED / "attacks.json", help="where to put it")
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


def _run(events: Iterator[Event], summary: Callable[[_Result], str], *, as_json: bool) -> None:
    *_, last = _reported(events)
    assert isinstance(last, Finished)
    print(json.dumps(last.result) if as_json else summary(last.result))


def _hand_out(experiment: Experiment, folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"Choose another folder than {str(folder)!r}: it is not empty, and nothing is overwritten.")
    exhibit = _heard(experiment).exhibit
    assert exhibit is not None
    classes = datasets.CLASSES[experiment.dataset]
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
    count, classes = len(heard.exhibit.inputs), datasets.CLASSES[experiment.dataset]
    answers = questionnaire.read_answers(form, count, classes)
    verdict = ownership.claim(int((answers == heard.exhibit.target).sum()), count, heard.granted)
    if page is not None:
        again = variation.command(experiment, "triggers", "--folder triggers")
        told = court_record.record(experiment, heard.exhibit, answers, verdict, heard.clean_successes, again)
        page.write_text(told, encoding="utf-8")
    if as_json:
        found = {"key": experiment.key, "commitment": heard.exhibit.commitment, "owned": verdict.owned}
        print(json.dumps({**found, **dataclasses.asdict(verdict)}))
        return
    print(court_record.sentence(verdict))
    print(
        f"Secret answer {heard.exhibit.target} to {verdict.successes} of {count} triggers; an innocent is granted "
        f"{verdict.innocent_rate:.1%}."
    )


def _heard(experiment: Experiment) -> trial.Hearing:
    """Return the trial of an experiment; what the store does not have yet is run, and kept."""
    from app.runs.store import Store

    store = Store()
    if kept := store.get(experiment.key, "trial"):
        return trial.Hearing.of(kept.events)
    run = store.get(experiment.key)
    events = run.events if run else list(_reported(heist.run(experiment)))
    if run is None:
        store.put(experiment, events)
    told = list(_reported(trial.trial(experiment, events)))
    store.put(experiment, told, "trial")
    return trial.Hearing.of(told)


def _known(experiment: Experiment) -> list[Event]:
    """Return the events of a heist, where it is on record."""
    from app.runs.store import Store

    found = Store().get(experiment.key)
    return found.events if found else []


def _attacks(jobs: int, file: Path) -> None:
    measuring = attack_table.measure(jobs)
    try:
        while True:
            data, seed = next(measuring)
            print(f"  {data}, seed {seed}", file=sys.stderr)
    except StopIteration as done:
        attack_table.write(file, done.value)
        print(attack_table.markdown(done.value))


def _pretrain(names: Sequence[str], folder: Path, only: str | None) -> None:
    if unknown := set(names) - PRESETS.keys():
        raise ValueError(f"There is no recorded run {min(unknown)!r}; choose from {', '.join(PRESETS)}.")
    for name in names:
        experiment = PRESETS[name]
        print(f"{name}: {experiment.key[:12]}, seed {experiment.seed}", file=sys.stderr)
        if only in (None, "heists"):
            _record_heist(name, experiment, folder)
        if only in (None, "removal"):
            removal = list(_reported(washing.remove(experiment, record.read(folder / name))))
            record.write(folder / "removal" / name, experiment, remove=removal)
        if only in (None, "attacks"):
            _record_attacks(name, experiment, folder)


def _record_heist(name: str, experiment: Experiment, folder: Path) -> None:
    others = _other_thefts(experiment)
    story = _reported(heist.run(experiment, *others))
    events = [_started(experiment), *_until_finished(story)]
    for other in others:
        result = [_started(other), *_outcome(_until_finished(story))]
        record.write(folder / "thefts" / f"{name}-{other.inputs}-{other.answers}", other, result=result)
    hearing = list(_reported(trial.trial(experiment, events)))
    record.write(folder / "trials" / name, experiment, trial=hearing)
    print("  maps by UMAP", file=sys.stderr)
    record.write(folder / name, experiment, events, list(aftermath.umap(experiment, events)))


def _record_attacks(name: str, experiment: Experiment, folder: Path) -> None:
    print(f"{name}: {len(ATTACKS)} attacks", file=sys.stderr)
    ways = product(ATTACKS, prediction_api.ANSWERS)
    attacks = [replace(experiment, attack=attack, answers=answers) for attack, answers in ways]
    story = _reported(stealing.steal(*attacks))
    for attack in attacks:
        told = [Started(attack.key, attack.seed, stealing.total_steps(attack)), *_spoils(_until_finished(story))]
        record.write(folder / "attacks" / f"{name}-{attack.attack}-{attack.answers}", attack, steal=told)


def _other_thefts(experiment: Experiment) -> list[Experiment]:
    """Return the other sides of the heist's main controls."""
    ways = product(extraction.INPUTS, prediction_api.ANSWERS)
    thefts = [replace(experiment, inputs=inputs, answers=answers) for inputs, answers in ways]
    return [theft for theft in thefts if theft != experiment]


def _started(experiment: Experiment) -> Started:
    return Started(experiment.key, experiment.seed, heist.total_steps(experiment))


def _until_finished(story: Iterator[Event]) -> Iterator[Event]:
    """Yield the events of one theft, without the beginning of the run that it shares with others."""
    for event in story:
        if isinstance(event, Started):
            continue
        yield event
        if isinstance(event, Finished):
            return


def _outcome(events: Iterable[Event]) -> list[Event]:
    """Return how a theft ended, with the last of its queries."""
    asked: dict[str, Event] = {}
    ends = []
    for event in events:
        if isinstance(event, Queried):
            asked[event.defence] = event
        elif isinstance(event, Theft | Claimed | Finished):
            ends.append(event)
    return [*asked.values(), *ends]


def _spoils(events: Iterable[Event]) -> Iterator[Event]:
    """Yield of an attack what a page shows; of points all queries, of pictures the last ones before each fit."""
    asked: Queried | None = None
    for event in events:
        match event:
            case Queried() if event.inputs.ndim == 2:
                yield event
            case Queried():
                asked = event
            case Copied():
                if asked is not None:
                    yield asked
                yield event
            case Territory() | Honest() | Finished():
                yield event
            case _:
                pass


def _prove(jobs: int, file: Path) -> int:
    experiments = [experiment for table in evidence.tables().values() for experiment in table]
    results, failed = _swept(experiments, jobs)
    if failed:
        print(f"{failed} experiments failed, so there is no evidence; start it again.", file=sys.stderr)
        return 1
    found = evidence.rows(results)
    evidence.write(file, found)
    print(evidence.markdown(found))
    return 0


def _sweep(file: Path, jobs: int, *, as_json: bool) -> int:
    # The one arrow that points back, from the lab to the runs: the command line is a skin, as the pages are.
    from app.runs import sweep

    plan = sweep.read(file)
    for sentence in plan.impossible:
        print(sentence, file=sys.stderr)
    results, failed = _swept(plan.experiments, jobs)
    finished = [(experiment, results[experiment]) for experiment in plan.experiments if experiment in results]
    if as_json:
        for experiment, result in finished:
            print(json.dumps({"experiment": experiment.to_dict(), "result": result}))
    else:
        print(_table(_varying(plan.experiments), finished))
    if failed:
        print(f"{failed} of {len(plan.experiments)} points failed.", file=sys.stderr)
    if plan.impossible:
        print(f"{len(plan.impossible)} combinations of settings are impossible.", file=sys.stderr)
    return 1 if failed or plan.impossible else 0


def _swept(experiments: Sequence[Experiment], jobs: int) -> tuple[dict[Experiment, _Result], int]:
    """Run experiments, as far as the store does not have them; return the results, and how many failed."""
    from app.runs import sweep
    from app.runs.store import Store

    varying = _varying(experiments)
    results: dict[Experiment, _Result] = {}
    for point in sweep.run(experiments, Store(), jobs=jobs):
        if point.result is not None:
            results[point.experiment] = point.result
        else:
            settings = ", ".join(f"{name} = {getattr(point.experiment, name)}" for name in [*varying, "seed"])
            print(f"{settings}: {point.error}", file=sys.stderr)
        left = "" if point.seconds_left is None else f", about {_duration(point.seconds_left)} left"
        print(f"  {point.done}/{point.total}{left}", file=sys.stderr)
    return results, len(set(experiments)) - len(results)


def _varying(experiments: Sequence[Experiment]) -> list[str]:
    """Return the settings besides the seed in which the experiments differ."""
    names = [field.name for field in dataclasses.fields(Experiment) if field.name != "seed"]
    return [name for name in names if len({getattr(experiment, name) for experiment in experiments}) > 1]


def _duration(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _table(varying: Sequence[str], finished: Sequence[tuple[Experiment, dict[str, Any]]]) -> str:
    """Return a table of what the settings that vary come to, mean and worst over the seeds.

    The cost of EWE is the accuracy that the clean victim has and the entangled one has not; marks
    are those of the copies, and the stolen accuracy is that of the copy of the entangled victim.
    Worst is the owner's view, who relies on the mark: the highest cost, the lowest of all else.
    """
    by_settings: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for experiment, result in finished:
        by_settings.setdefault(tuple(getattr(experiment, name) for name in varying), []).append(result)
    lines = [[*varying, "seeds", *["mean", "worst"] * len(_COLUMNS)]]
    for settings, results in by_settings.items():
        line = [f"{value:.4g}" if isinstance(value, float) else str(value) for value in settings]
        line.append(str(len(results)))
        for _, measure, worst, form in _COLUMNS:
            values = [measure(result) for result in results]
            line += [form.format(sum(values) / len(values)), form.format(worst(values))]
        lines.append(line)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    first = len(varying) + 1
    above = " " * (sum(widths[:first]) + 2 * (first - 1))
    for column, (name, *_) in zip(range(first, len(widths), 2), _COLUMNS, strict=True):
        widths[column] = max(widths[column], len(name) - 2 - widths[column + 1])
        above += "  " + name.rjust(widths[column] + 2 + widths[column + 1])
    return "\n".join([above, *("  ".join(map(str.rjust, line, widths)) for line in lines)])


def _reported(events: Iterator[Event]) -> Iterator[Event]:
    """Pass events on; tell a person on stderr how far they are."""
    steps = 1
    for event in events:
        match event:
            case Started():
                steps = event.steps
            case Phase():
                print(f"  {event.done / steps:4.0%}  {_PHASES[event.name]}", file=sys.stderr)
            case Measured() if event.defence in WATERMARKED and sys.stderr.isatty():
                print(
                    f"        {event.role} {event.defence:9} epoch {event.epoch:4.1f}: accuracy "
                    f"{event.accuracy:.1%}, watermark {event.watermark:.0%}",
                    file=sys.stderr,
                )
        yield event


def _summary(result: dict[str, Any]) -> str:
    lines = [
        f"run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s",
        "            victim            copy              fidelity  claim",
        "            accuracy  mark    accuracy  mark",
        f"clean       {result['clean']['accuracy']:8.1%}  {result['clean']['watermark']:4.0%}",
    ]
    for defence in WATERMARKED:
        theft, claim = result[defence], result["claim"][defence]
        lines.append(
            f"{defence:10}  {theft['victim_accuracy']:8.1%}  {theft['victim_watermark']:4.0%}    "
            f"{theft['stolen_accuracy']:8.1%}  {theft['stolen_watermark']:4.0%}    {theft['fidelity']:8.1%}  "
            f"p = {claim['p_value']:.2g}, {'established' if claim['owned'] else 'not established'}"
        )
    return "\n".join(lines)


def _prices(result: _Result) -> str:
    lines = [
        f"run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s; from scratch, with "
        f"{result['labels']} labels: accuracy {result['from_scratch']:.1%}",
        f"{'':22}{'naive':32}entangled",
    ]
    for name, lanes in result["attacks"].items():
        said = [_washed(lanes[defence]) for defence in WATERMARKED]
        lines.append(f"{name:22}{said[0]:32}{said[1]}".rstrip())
    return "\n".join(lines)


def _washed(lane: _Result) -> str:
    """Return what it costs to get rid of one mark."""
    if not lane["owned"][0]:
        return "not proven to begin with"
    if lane["lost"] is None:
        return "stays"
    return f"gone for {100 * lane['lost']:.1f} points{', pointless' if lane['pointless'] else ''}"


def _price(result: _Result) -> str:
    cost, accused, tax = result["dollars_to_good"], result["accused_after"], result["tax"]
    return "\n".join(
        [
            f"attack {result['attack']}, run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s",
            f"copy      accuracy {result['accuracy']:.1%}, fidelity {result['fidelity']:.1%} "
            f"(the victim: accuracy {result['victim_accuracy']:.1%})",
            f"cost      {result['queries']:,} queries, ${result['dollars']:.3f}; {stealing.GOOD:.0%} of the victim's "
            f"accuracy {'was not reached' if cost is None else f'for ${cost:.3f}'}",
            f"detector  {'saw nothing' if accused is None else f'accused after {accused:,} queries'}; "
            f"false alarms {result['false_alarms']:.0%}",
            f"tax       accuracy {100 * tax['accuracy']:.1f} points, calibration error "
            f"{100 * tax['calibration']:+.1f} points, second choices lost {tax['second_best']:.0%}",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
