"""Does the watermark survive extraction? What the app states, over seeds not used to choose anything, with controls.

:func:`tables` lists the experiments, :func:`rows` summarises their results, and :func:`write` and :func:`read`
store the rows as ``pretrained/evidence.json``, with the honest models of :mod:`app.lab.evidence.innocents` beside them.
:mod:`app.runs.sweep` runs the experiments.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any, TypeVar, cast

import numpy as np
from scipy import stats

from app.lab import choices
from app.lab.evidence import innocents
from app.lab.experiment import LAB_VERSION, Experiment, preset
from app.lab.ownership import binomial
from app.lab.stories.events import DEFENCES, WATERMARKED, Defence, Result
from app.lab.stories.scene import HELD_OUT
from app.paths import PRETRAINED

SEEDS = tuple(range(200, 210))  # the recipe was chosen on seeds from 100 on
FEW = SEEDS[:3]
TWO = SEEDS[:2]
DATA = ("animals", "mnist", "digits")
KAPPAS = (5.0, 10.0, 20.0)
TEMPERATURES = (0.1,)
COMMAND = "python -m app evidence"
SHIPPED = PRETRAINED / "evidence.json"
_SHOWN: dict[str, Sequence[Defence]] = {"frontier": ("entangled",), "ablation": WATERMARKED}  # elsewhere: all

Entry = TypeVar("Entry")

# The measures of a row, one value for each seed; all are fractions.
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
    """The distribution of a measure over seeds; ``low`` to ``high`` is the 95 % bootstrap interval of the mean."""

    mean: float
    deviation: float
    least: float
    most: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """The results for one victim and its copy in one experiment, over several seeds.

    Attributes:
        table: a key of :func:`tables`.
        experiment: the settings, with the first of the seeds.
        defence: how the victim was trained.
        seeds: the seed of each entry of the tuples below.
        measures: by name (:data:`MEASURES`), one value for each seed; as in
            :class:`~app.lab.stories.events.Theft`, with the accuracy and false positives of the clean victim.
        victim_snnl: by layer, one value for each seed: the SNNL between held-out triggers and target-class
            test inputs in the victim.
        affinity: the share of the triggers that the worst innocent model of the court's panel takes for the target,
            for each seed.
        convicted: whether the court convicts the copy, with all triggers at 99 %, for each seed.
        triggers_needed: how many triggers a claim needs to convict with 95 % power, for each seed; None where no
            number suffices.
    """

    table: str
    experiment: Experiment
    defence: str
    seeds: tuple[int, ...]
    measures: Mapping[str, tuple[float, ...]] = field(hash=False)
    victim_snnl: Mapping[str, tuple[float, ...]] = field(hash=False)
    affinity: tuple[float, ...]
    convicted: tuple[bool, ...]
    triggers_needed: tuple[int | None, ...]

    def spread(self, measure: str) -> Spread:
        """Summarise one measure over the seeds."""
        return spread(self.measures[measure])

    @property
    def cost(self) -> tuple[float, ...]:
        """The accuracy of the clean victim minus that of this one, for each seed."""
        pairs = zip(self.measures["clean_accuracy"], self.measures["victim_accuracy"], strict=True)
        return tuple(clean - marked for clean, marked in pairs)


def tables() -> dict[str, tuple[Experiment, ...]]:
    """Return the experiments of each table, with all seeds.

    ``main``: does the mark survive? ``adversary``: queries far from the task, labels or confidences, half the
    budget, another network. ``ablation``: the released schedule and the shared start, with twice as many watermark
    batches. ``frontier``: accuracy lost against survival. ``pairs``: one trigger and every target, as drawn, so that
    affinity can be held against survival.
    """
    usual = preset(DATA[0])
    both = choices.ANSWERS
    on_task = [(answers, inputs) for inputs in ("victim", "unseen") for answers in both]
    main = [replace(preset(data), answers=answers, inputs=inputs) for data in DATA for answers, inputs in on_task]
    adversary = [replace(usual, answers=answers, inputs=inputs) for inputs in choices.INPUTS[2:] for answers in both]
    adversary += [replace(usual, answers=answers, inputs="unseen", budget=usual.budget // 2) for answers in both]
    adversary += [replace(usual, answers=answers, inputs="unseen", architecture="other") for answers in both]
    # With one watermark batch per task batch, the released schedule visits a quarter of the task batches, about the
    # share that it visits with the authors' settings (24 of 117 on MNIST).
    often = replace(usual, task_per_watermark=1)
    ablation = [
        replace(often, perturbed=moved, schedule=revisited, initialisation=start, answers="labels", inputs="victim")
        for moved, revisited, start in product((False, True), choices.SCHEDULES, choices.INITIALISATIONS)
    ]
    frontier = [
        replace(usual, kappa=kappa, temperature=temperature, answers=answers, inputs=inputs)
        for kappa, temperature, (answers, inputs) in product(
            KAPPAS, TEMPERATURES, (("labels", "victim"), ("confidences", "unseen"))
        )
    ]
    pairs = [
        replace(usual, target=target, perturbed=False)
        for target in range(choices.CLASSES[usual.dataset])
        if target != usual.source
    ]
    return {
        "main": _seeded(main, SEEDS),
        "adversary": _seeded(adversary, FEW),
        "ablation": _seeded(ablation, SEEDS[:1]),
        "frontier": _seeded(frontier, TWO),
        "pairs": _seeded(pairs, SEEDS[:1]),
    }


def experiments() -> tuple[Experiment, ...]:
    """Return the experiments of all tables."""
    return tuple(experiment for table in tables().values() for experiment in table)


def rows(results: Mapping[Experiment, Result]) -> list[Row]:
    """Return the rows of all tables, given the result of every experiment in :func:`tables`.

    Raises:
        KeyError: if one is missing.
    """
    found = []
    for table, experiments in tables().items():
        groups: dict[Experiment, list[Experiment]] = {}
        for experiment in experiments:
            groups.setdefault(replace(experiment, seed=0), []).append(experiment)
        for group in groups.values():
            found += rows_of(table, group, results, _SHOWN.get(table, DEFENCES))
    return found


def rows_of(
    table: str,
    group: Sequence[Experiment],
    results: Mapping[Experiment, Result],
    defences: Sequence[Defence] = DEFENCES,
) -> list[Row]:
    """Return a row for each defence, over the experiments of ``group``, which differ in their seeds only.

    Args:
        table: the name of the table that the rows belong to.
        group: the experiments, in the order of the seeds.
        results: the result of each of them.
        defences: the victims that are told of.

    Raises:
        KeyError: if a result is missing.
    """
    runs = [cast(Mapping[str, Any], results[experiment]) for experiment in group]
    return [_row(table, group, defence, runs) for defence in defences]


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of one or more values, with a percentile bootstrap interval from 2,000 resamples."""
    return _spread(tuple(values))


@cache  # pages need the same few hundred at every rerun, and each takes half a millisecond
def _spread(values: tuple[float, ...]) -> Spread:
    sample = np.asarray(values, dtype=np.float64)
    low = high = mean = fmean(values)  # exact: that of an array may end a hair lower, and so be rounded otherwise
    if np.ptp(sample) > 0:
        drawn = np.random.default_rng(0)
        interval = stats.bootstrap(
            (sample,), np.mean, n_resamples=2000, method="percentile", rng=drawn
        ).confidence_interval
        low, high = float(interval.low), float(interval.high)
    deviation = float(sample.std(ddof=1)) if len(sample) > 1 else 0.0
    return Spread(mean, deviation, float(sample.min()), float(sample.max()), low, high)


def find(found: Iterable[Row], experiment: Experiment) -> dict[str, Row]:
    """Return, by defence, the rows with exactly these settings, except the seed; empty if they were not measured.

    If several tables have them, the first one is used, which has the most seeds.
    """
    same: dict[str, Row] = {}
    wanted: dict[int, Experiment] = {}  # by seed: a page asks this of hundreds of rows, which have few first seeds
    for row in found:
        seed = row.experiment.seed
        if seed not in wanted:
            wanted[seed] = replace(experiment, seed=seed)
        if row.experiment == wanted[seed]:
            same.setdefault(row.defence, row)
    return same


def margin(row: Row, found: Iterable[Row]) -> tuple[float, ...] | None:
    """Return how far the copy is above everybody else, for each seed: its secret answers minus the worst of the others.

    The worst is the highest of the naive copy's, of the copy's of the clean model, and of the innocents', on the same
    seed and in the same theft. A rehearsal maximises the same, in the worse of two thefts
    (:class:`~app.lab.stories.events.Rehearsed`).

    Args:
        row: of the entangled victim.
        found: among them the rows of the naive and the clean victim. Neither depends on kappa, so theirs may have
            another one; of several tables, the first one is used that has all the seeds.

    Returns:
        None if one of these two was not measured on all the seeds.
    """
    beaten = [row.affinity]
    others = [one for one in found if set(one.seeds) >= set(row.seeds)]
    for defence in ("naive", "clean"):
        same = (
            one
            for one in others
            if one.defence == defence
            and replace(one.experiment, seed=0, kappa=0) == replace(row.experiment, seed=0, kappa=0)
        )
        if (other := next(same, None)) is None:
            return None
        of_seed = dict(zip(other.seeds, other.measures["stolen_watermark"], strict=True))
        beaten.append(tuple(of_seed[seed] for seed in row.seeds))
    worst = (max(rates) for rates in zip(*beaten, strict=True))
    return tuple(rate - most for rate, most in zip(row.measures["stolen_watermark"], worst, strict=True))


def write(path: Path, found: Sequence[Row], honest: Sequence[innocents.Family]) -> None:
    """Write the rows as JSON: settings, the values for each seed, and their spread; and the honest models."""
    lines = ",\n".join(json.dumps(_to_dict(row)) for row in found)
    families = ",\n".join(json.dumps(innocents.to_dict(family)) for family in honest)
    head = f'{{"lab": {LAB_VERSION}, "command": {json.dumps(COMMAND)}, "rows": [\n'
    path.write_text(f'{head}{lines}\n], "innocents": [\n{families}\n]}}\n', encoding="utf-8")


def read(path: Path) -> list[Row]:
    """Return the rows at ``path``.

    Raises:
        ValueError: one sentence, if they are missing, garbled, or from another version of the lab.
    """
    return _read(path, "rows", _from_dict)


def read_innocents(path: Path) -> list[innocents.Family]:
    """Return the honest models at ``path``.

    Raises:
        ValueError: as :func:`read`.
    """
    return _read(path, "innocents", innocents.from_dict)


def _read(path: Path, part: str, of: Callable[[Mapping[str, Any]], Entry]) -> list[Entry]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if table["lab"] == LAB_VERSION:
            return [of(entry) for entry in table[part]]
        fault = f"is of version {table['lab']} of the lab and this is {LAB_VERSION}"
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
    pairs = zip(measures["stolen_watermark"], runs, strict=True)
    needed = tuple(binomial.queries_needed(rate, run["innocent_rate"]) for rate, run in pairs)
    affinity = tuple(max(run["panel"].values()) / HELD_OUT for run in runs)
    convicted = tuple(bool(run["claim"][defence]["owned"]) for run in runs)
    victim_snnl = {
        layer: tuple(run[defence]["victim_snnl"][layer] for run in runs) for layer in runs[0][defence]["victim_snnl"]
    }
    seeds = tuple(experiment.seed for experiment in group)
    return Row(table, group[0], defence, seeds, measures, victim_snnl, affinity, convicted, needed)


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
        "affinity": list(row.affinity),
        "convicted": list(row.convicted),
        "triggers_needed": list(row.triggers_needed),
        "summary": {
            **{name: vars(row.spread(name)) for name in MEASURES},
            "accuracy_cost": vars(spread(row.cost)),
        },
    }


def _from_dict(row: Mapping[str, Any]) -> Row:
    seeds = tuple(int(seed) for seed in row["seeds"])
    measures = {name: tuple(float(value) for value in row[name]) for name in MEASURES}
    victim_snnl = {str(layer): tuple(map(float, values)) for layer, values in row["victim_snnl"].items()}
    needed = tuple(None if value is None else int(value) for value in row["triggers_needed"])
    affinity = tuple(float(value) for value in row["affinity"])
    convicted = tuple(bool(value) for value in row["convicted"])
    if {len(values) for values in (needed, affinity, convicted, *measures.values(), *victim_snnl.values())} != {
        len(seeds)
    }:
        raise ValueError("the lists of a row differ in length")
    experiment = Experiment.from_dict({**row["settings"], "seed": seeds[0]})
    return Row(
        str(row["table"]), experiment, str(row["defence"]), seeds, measures, victim_snnl, affinity, convicted, needed
    )
