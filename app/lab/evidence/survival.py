"""The evidence: is it luck? Every statement of the app, over seeds that nothing was chosen on, beside its controls.

:func:`tables` says which experiments are run, :func:`rows` what came of them, and :func:`write` and
:func:`read` keep that as ``pretrained/evidence.json``. How experiments are run is not decided here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np
from scipy import stats

from app.lab import choices
from app.lab.experiment import LAB_VERSION, Experiment, preset
from app.lab.ownership import exact_test
from app.lab.stories.events import DEFENCES, WATERMARKED, Result
from app.lab.stories.scene import HELD_OUT
from app.paths import PRETRAINED

SEEDS = tuple(range(200, 210))  # the recipe was chosen on seeds 100 to 107
FEW = SEEDS[:3]
KAPPAS = (3.0, 12.0, 24.0, 48.0)
TEMPERATURES = (0.1, 0.3, 1.0)
COMMAND = "python -m app evidence"
SHIPPED = PRETRAINED / "evidence.json"

# What a row has for each seed, all of them fractions.
MEASURES = (
    "victim_accuracy",
    "clean_accuracy",
    "stolen_accuracy",
    "fidelity",
    "victim_watermark",
    "clean_watermark",
    "stolen_watermark",
    "trained_watermark",
    "query_error",
    "query_target_error",
    "query_target_mass",
)


@dataclass(frozen=True)
class Spread:
    """What a figure comes to over the seeds; ``low`` to ``high`` is the 95 % bootstrap interval of the mean."""

    mean: float
    deviation: float
    least: float
    most: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """What became of one model in one experiment, over several seeds.

    Attributes:
        table: which question it belongs to, a key of :func:`tables`.
        experiment: its settings, with the first of the seeds.
        defence: whose model it is.
        seeds: one for each entry of the lists.
        measures: by name (:data:`MEASURES`), one value for each seed; as in
            :class:`~app.lab.stories.events.Theft`, with accuracy and false positives of the clean model.
        victim_snnl: of the victim, by layer, one value for each seed: the SNNL between held-out triggers
            and target-class test inputs.
        queries_needed: how many triggers a claim needs, for each seed; None where no number is enough.
    """

    table: str
    experiment: Experiment
    defence: str
    seeds: tuple[int, ...]
    measures: Mapping[str, tuple[float, ...]]
    victim_snnl: Mapping[str, tuple[float, ...]]
    queries_needed: tuple[int | None, ...]

    def spread(self, measure: str) -> Spread:
        """Summarise one measure over the seeds."""
        return spread(self.measures[measure])

    @property
    def cost(self) -> tuple[float, ...]:
        """The accuracy that the clean victim has and this one has not, for each seed: a fraction."""
        pairs = zip(self.measures["clean_accuracy"], self.measures["victim_accuracy"], strict=True)
        return tuple(clean - marked for clean, marked in pairs)


def tables() -> dict[str, tuple[Experiment, ...]]:
    """Return the experiments of each table, every seed of them.

    ``main``: does the mark survive? ``adversary``: how far he strays, what he is told, half the queries,
    another network. ``ablation``: what the result owes to the parts of the recipe, with twice as many
    watermark batches. ``frontier``: what survival costs.
    """
    mnist, digits = preset("mnist"), preset("digits")
    answers = choices.ANSWERS
    usual = [(told, asked) for asked in ("victim", "unseen") for told in answers]
    main = [replace(base, answers=told, inputs=asked) for base in (mnist, digits) for told, asked in usual]
    adversary = [replace(mnist, answers=told, inputs=asked) for asked in choices.INPUTS[2:] for told in answers]
    adversary += [replace(mnist, answers=told, inputs="unseen", budget=mnist.budget // 2) for told in answers]
    adversary += [replace(mnist, answers=told, inputs="unseen", architecture="other") for told in answers]
    # One watermark batch a task batch: the released schedule then sees 7 of 32 task batches, about the share that it
    # sees with the authors' settings (24 of 117 on MNIST).
    often = replace(mnist, task_per_watermark=1)
    ablation = [
        replace(often, perturbed=moved, schedule=revisited, initialisation=start, answers="labels", inputs="victim")
        for moved, revisited, start in product((False, True), choices.SCHEDULES, choices.INITIALISATIONS)
    ]
    frontier = [
        replace(mnist, kappa=kappa, temperature=temperature, answers=told, inputs=asked)
        for kappa, temperature, (told, asked) in product(
            KAPPAS, TEMPERATURES, (("labels", "victim"), ("confidences", "unseen"))
        )
    ]
    return {
        "main": _seeded(main, SEEDS),
        "thief": _seeded(adversary, SEEDS[:5]),
        "ablation": _seeded(ablation, FEW),
        "frontier": _seeded(frontier, FEW),
    }


def experiments() -> tuple[Experiment, ...]:
    """Return the experiments of all tables."""
    return tuple(experiment for table in tables().values() for experiment in table)


def rows(results: Mapping[Experiment, Result]) -> list[Row]:
    """Return the rows of all tables; ``results`` has that of every experiment in :func:`tables`.

    Raises:
        KeyError: if one is missing.
    """
    found = []
    for table, experiments in tables().items():
        groups: dict[Experiment, list[Experiment]] = {}
        for experiment in experiments:
            groups.setdefault(replace(experiment, seed=0), []).append(experiment)
        for group in groups.values():
            runs = [cast(Mapping[str, Any], results[experiment]) for experiment in group]
            shown = {"frontier": ("entangled",), "ablation": WATERMARKED}.get(table, DEFENCES)
            found += [_row(table, group, defence, runs) for defence in shown]
    return found


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value; the interval is the percentile bootstrap's, from 2,000 resamples."""
    return _spread(tuple(values))


@cache  # pages ask for the same few hundred at every touch, and the resampling takes half a millisecond
def _spread(values: tuple[float, ...]) -> Spread:
    sample = np.asarray(values, dtype=np.float64)
    low = high = mean = float(sample.mean())
    if np.ptp(sample) > 0:
        drawn = np.random.default_rng(0)
        interval = stats.bootstrap(
            (sample,), np.mean, n_resamples=2000, method="percentile", rng=drawn
        ).confidence_interval
        low, high = float(interval.low), float(interval.high)
    deviation = float(sample.std(ddof=1)) if len(sample) > 1 else 0.0
    return Spread(mean, deviation, float(sample.min()), float(sample.max()), low, high)


def front(costs: Sequence[float], gains: Sequence[float]) -> list[int]:
    """Return which points nothing beats (the Pareto front), in the order of their costs.

    A point is beaten by one that costs no more and gains no less, and is better in one of the two.
    """
    points = list(zip(costs, gains, strict=True))
    unbeaten = [
        place
        for place, (cost, gain) in enumerate(points)
        if not any(other != (cost, gain) and other[0] <= cost and other[1] >= gain for other in points)
    ]
    return sorted(unbeaten, key=lambda place: points[place])


def find(found: Iterable[Row], experiment: Experiment) -> dict[str, Row]:
    """Return the rows of this very setting, whatever its seed, by defence; empty where nobody measured it.

    Where several tables have it, the first of them counts: it has the most seeds.
    """
    same: dict[str, Row] = {}
    for row in found:
        if replace(row.experiment, seed=experiment.seed) == experiment:
            same.setdefault(row.defence, row)
    return same


def write(path: Path, found: Sequence[Row]) -> None:
    """Keep the rows as JSON: their settings, the values for each seed, and the summary of each list."""
    head = f'{{"lab": {LAB_VERSION}, "command": {json.dumps(COMMAND)}, "rows": [\n'
    lines = ",\n".join(json.dumps(_to_dict(row)) for row in found)
    path.write_text(f"{head}{lines}\n]}}\n", encoding="utf-8")


def read(path: Path) -> list[Row]:
    """Return the rows at ``path``.

    Raises:
        ValueError: one sentence, if they are missing, garbled, or of another version of the lab.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["lab"] == LAB_VERSION:
            return [_from_dict(row) for row in told["rows"]]
        fault = f"is of version {told['lab']} of the lab and this is {LAB_VERSION}"
    except FileNotFoundError:
        fault = "is missing"
    except (OSError, KeyError, TypeError, ValueError, AttributeError):
        fault = "is garbled"
    raise ValueError(f"The evidence {path} {fault}; run `{COMMAND}` to make it again.")


def _seeded(experiments: Iterable[Experiment], seeds: Iterable[int]) -> tuple[Experiment, ...]:
    return tuple(replace(experiment, seed=seed) for experiment, seed in product(experiments, seeds))


def _row(table: str, group: Sequence[Experiment], defence: str, runs: Sequence[Mapping[str, Any]]) -> Row:
    def values(name: str) -> tuple[float, ...]:
        if name.startswith("clean_"):
            return tuple(run["clean"][name.removeprefix("clean_")] for run in runs)
        return tuple(run[defence][name] for run in runs)

    measures = {name: values(name) for name in MEASURES}
    needed = []
    for rate, victim, run in zip(measures["stolen_watermark"], measures["clean_watermark"], runs, strict=True):
        worst = max(victim, run["clean"]["stolen_watermark"])  # of the two clean models, as in court
        granted = exact_test.innocent_rate(round(worst * HELD_OUT), HELD_OUT)
        needed.append(exact_test.queries_needed(rate, granted))
    inside = {
        layer: tuple(run[defence]["victim_snnl"][layer] for run in runs) for layer in runs[0][defence]["victim_snnl"]
    }
    seeds = tuple(experiment.seed for experiment in group)
    return Row(table, group[0], defence, seeds, measures, inside, tuple(needed))


def _to_dict(row: Row) -> dict[str, Any]:
    experiment = row.experiment
    settings = {name: value for name, value in experiment.to_dict().items() if name != "seed"}
    names = ("dataset", "answers", "inputs", "architecture", "initialisation", "schedule", "perturbed")
    return {
        "table": row.table,
        "defence": row.defence,
        **{name: settings[name] for name in names},
        "snnl": row.defence == "entangled" and experiment.kappa > 0,
        "settings": settings,
        "seeds": list(row.seeds),
        **{name: list(values) for name, values in row.measures.items()},
        "victim_snnl": {layer: list(values) for layer, values in row.victim_snnl.items()},
        "queries_needed": list(row.queries_needed),
        "summary": {
            **{name: vars(row.spread(name)) for name in MEASURES},
            "accuracy_cost": vars(spread(row.cost)),
        },
    }


def _from_dict(told: Mapping[str, Any]) -> Row:
    seeds = tuple(int(seed) for seed in told["seeds"])
    measures = {name: tuple(float(value) for value in told[name]) for name in MEASURES}
    inside = {str(layer): tuple(map(float, values)) for layer, values in told["victim_snnl"].items()}
    needed = tuple(None if value is None else int(value) for value in told["queries_needed"])
    if {len(values) for values in (needed, *measures.values(), *inside.values())} != {len(seeds)}:
        raise ValueError("the lists of a row differ in length")
    experiment = Experiment.from_dict({**told["settings"], "seed": seeds[0]})
    return Row(str(told["table"]), experiment, str(told["defence"]), seeds, measures, inside, needed)
