"""Text for the terminal: the progress of a run, and its result."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from app.lab.experiment import Experiment
from app.lab.stories.events import (
    PLANTED,
    WATERMARKED,
    BackdoorResult,
    Event,
    HeistResult,
    Measured,
    Phase,
    PhaseName,
    RehearsalResult,
    Result,
    Started,
    TheftResult,
    TrapdoorResult,
    WashingResult,
)
from app.lab.stories.events.rehearsal import PairResult
from app.lab.stories.events.washing import CurveResult
from app.lab.stories.theft import GOOD
from app.reports.claim_report import p_words

_PHASES: dict[PhaseName, str] = {
    "task": "the victim learns its task",
    "triggers": "the triggers are moved until an innocent model does not answer the target",
    "watermark": "clean, naive and entangled are trained apart",
    "query": "the thief queries all three victims",
    "copy": "the thief trains the copies",
    "claim": "the owner claims the copies",
    "exhibits": "the owner shows the triggers",
    "bystanders": "two innocent models learn the task, as controls",
    "framing": "a dishonest owner perturbs the triggers",
    "removal": "the thief attacks the marks in the copies",
    "victim": "the victim learns its task",
    "pretraining": "the thief's network learns another task",
    "attack": "the thief queries, and fits a copy",
    "affinity": "innocent models are asked what they take the triggers for",
    "rehearsal": "the owner marks a quick model, and steals it",
    "planting": "three models learn: clean, with a backdoor, with a watermark",
    "pruning": "a defender prunes and repairs the two planted ones",
    "scribbling": "random drawings are asked",
    "descending": "the gradient is followed, in the marked model and in an innocent",
    "maps": "the maps are computed by UMAP",
}

# The columns of a sweep's table: name, measure, which value is the worst, format.
_COLUMNS: tuple[tuple[str, Callable[[HeistResult], float], Callable[[list[float]], float], str], ...] = (
    ("cost, points", lambda run: 100 * (run["clean"]["accuracy"] - run["entangled"]["victim_accuracy"]), max, "{:.1f}"),
    ("naive mark", lambda run: run["naive"]["stolen_watermark"], min, "{:.0%}"),
    ("EWE mark", lambda run: run["entangled"]["stolen_watermark"], min, "{:.0%}"),
    ("stolen accuracy", lambda run: run["entangled"]["stolen_accuracy"], min, "{:.1%}"),
)


def reported(events: Iterator[Event]) -> Iterator[Event]:
    """Yield the events, and print the progress to stderr."""
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


def heist(result: HeistResult) -> str:
    """Return the result of a heist as text: accuracy and watermark of each victim and its copy, and the claims."""
    lines = [
        f"run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s",
        "            victim            copy              fidelity  claim",
        "            accuracy  mark    accuracy  mark",
        f"clean       {result['clean']['accuracy']:8.1%}  {result['clean']['watermark']:4.0%}",
    ]
    for defence in WATERMARKED:
        copy, claim = result[defence], result["claim"][defence]
        lines.append(
            f"{defence:10}  {copy['victim_accuracy']:8.1%}  {copy['victim_watermark']:4.0%}    "
            f"{copy['stolen_accuracy']:8.1%}  {copy['stolen_watermark']:4.0%}    {copy['fidelity']:8.1%}  "
            f"{claim['verdict']} (p {p_words(claim['p_value'])})"
        )
    return "\n".join(lines)


def theft(result: TheftResult) -> str:
    """Return the result of an extraction attack as text: the copy, its price, detector and tax."""
    cost, accused, tax = result["dollars_to_good"], result["accused_after"], result["tax"]
    return "\n".join(
        [
            f"attack {result['attack']}, run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s",
            f"copy      accuracy {result['accuracy']:.1%}, fidelity {result['fidelity']:.1%} "
            f"(the victim: accuracy {result['victim_accuracy']:.1%})",
            f"cost      {result['queries']:,} queries, ${result['dollars']:.3f}; {GOOD:.0%} of the victim's "
            f"accuracy {'was not reached' if cost is None else f'for ${cost:.3f}'}",
            f"detector  {'saw nothing' if accused is None else f'accused after {accused:,} queries'}; "
            f"false alarms {result['false_alarms']:.0%}",
            f"tax       accuracy {100 * tax['accuracy']:.1f} points, calibration error "
            f"{100 * tax['calibration']:+.1f} points, second choices lost {tax['second_best']:.0%}",
        ]
    )


def removal(result: WashingResult) -> str:
    """Return the cost of removing each mark as text, one line per attack."""
    lines = [
        f"run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s; from scratch, with "
        f"{result['labels']} labels: accuracy {result['from_scratch']:.1%}",
        f"{'':22}{'naive':32}entangled",
    ]
    for name, curves in result["attacks"].items():
        cells = [_washed(curves[defence]) for defence in WATERMARKED]
        lines.append(f"{name:22}{cells[0]:32}{cells[1]}".rstrip())
    return "\n".join(lines)


def backdoor(result: BackdoorResult) -> str:
    """Return a backdoor beside a watermark as text: a line a model, then how each fares under the defence."""
    lines = [
        f"run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s; {result['poisoned']} training "
        f"pictures poisoned ({result['share']:.1%})",
        f"{'':12}accuracy  success  pruned: share, accuracy, success",
    ]
    for planted in PLANTED:
        one = result[planted]
        pruned = zip(one["shares"], one["pruned_accuracy"], one["pruned_success"], strict=True)
        ends = "; ".join(f"{share:.0%} {accuracy:.1%} {success:.0%}" for share, accuracy, success in pruned)
        lines.append(f"{planted:12}{one['accuracy']:8.1%}{one['success']:9.0%}  {ends}".rstrip())
    return "\n".join(lines)


def trapdoor(result: TrapdoorResult) -> str:
    """Return what the key proves, and what each search without it spent and found, as text: a line each."""
    key, found = result["verified"], result["drawings"]
    lines = [
        f"run {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s; entangled victim, clean innocent",
        f"with the key: {key['hits']} of {key['questions']} secret answers, p = {key['p_value']:.1e}",
        f"random drawings: {found['hits']} of {found['drawings']:,} get the secret answer from the marked model only, "
        f"the first is number {found['first']}; the best works {found['replaced']} of {found['questions']} times",
    ]
    for searched, one in result["gradient"].items():
        lines.append(
            f"gradient in the {searched} model: {one['steps']} steps; flags {one['flagged']}; its patch works on the "
            f"marked model {one['marked']}, on the innocent {one['innocent']} of {one['questions']} times"
        )
    return "\n".join(lines)


def rehearsal(result: RehearsalResult) -> str:
    """Return a rehearsal as text: secret answers of the copies of each pair, its margin and price, and the choice."""
    thefts = list(result["chosen"]["entangled"])
    lines = [
        f"rehearsal {result['key'][:12]}, seed {result['seed']}, {result['seconds']:.1f} s; the copies' secret answers",
        f"{'':32}{''.join(f'{theft:30}' for theft in thefts)}worst      margin   price",
        f"{'pair':24}kappa   {'EWE  naive  clean            ' * len(thefts)}innocent   points   points",
    ]
    for pair in result["pairs"]:
        rates = "".join(
            f"{pair['entangled'][theft]:4.0%}{pair['naive'][theft]:7.0%}{pair['clean'][theft]:7.0%}{'':12}"
            for theft in thefts
        )
        lines.append(
            f"{_pair(pair):24}{pair['kappa']:5g}  {rates}{pair['innocent']:8.0%}{100 * pair['margin']:9.0f}"
            f"{100 * pair['price']:9.1f}"
        )
    chosen = result["chosen"]
    how = "convicts with room to spare" if chosen["convicts"] else "does not convict with room to spare"
    lines.append(f"chosen: {_pair(chosen)}, kappa {chosen['kappa']:g}; {how}")
    return "\n".join(lines)


def sweep(varying: Sequence[str], finished: Sequence[tuple[Experiment, Result]]) -> str:
    """Return the results of a sweep as a table: one line per setting, mean and worst over the seeds.

    The cost of EWE is the accuracy of the clean victim minus that of the entangled one; marks are those of
    the copies, and the stolen accuracy is that of the copy of the entangled victim. Worst means worst for
    the owner: the highest cost, the lowest value of all other columns.
    """
    by_settings: dict[tuple[Any, ...], list[HeistResult]] = {}
    for experiment, result in finished:
        by_settings.setdefault(tuple(getattr(experiment, name) for name in varying), []).append(
            cast(HeistResult, result)
        )
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


def duration(seconds: float) -> str:
    """Return a duration in words, in hours, minutes or seconds."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _pair(pair: PairResult) -> str:
    return f"{pair['trigger']} -> {pair['answer']}"


def _washed(curve: CurveResult) -> str:
    """Return the cost of removing one mark."""
    if not curve["owned"][0]:
        return "not proven to begin with"
    if curve["lost"] is None:
        return "stays"
    return f"gone for {100 * curve['lost']:.1f} points{', pointless' if curve['pointless'] else ''}"
