"""Rehearsals, over seeds that nothing is reported on: what innocents take each trigger for, and the pairs on offer.

The presets' own pairs come from a search before this table, among other pairs than the rule offers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from app.lab.evidence import table_file
from app.lab.experiment import PRESETS, Experiment
from app.lab.stories.events import RehearsalResult, Result
from app.lab.watermark.affinity import Affinity
from app.paths import PRETRAINED

SHIPPED = PRETRAINED / "rehearsal.json"
COMMAND = "python -m app rehearsals"
DATA = ("animals",)
SEEDS = (100,)


@dataclass(frozen=True)
class Rehearsal:
    """One rehearsal: the result of :func:`app.lab.stories.rehearsal.rehearse`."""

    data: str
    seed: int
    result: RehearsalResult


@dataclass(frozen=True)
class Choice:
    """The pair of trigger and target that survives on every seed, with the kappa that every seed is content with.

    ``margin`` is that of the worst seed; ``answer`` is what the target is called.
    """

    trigger: str
    target: int
    answer: str
    kappa: float
    margin: float


def experiments() -> tuple[Experiment, ...]:
    """Return the experiments of the table."""
    return tuple(replace(PRESETS[data], seed=seed) for data in DATA for seed in SEEDS)


def rows(results: Mapping[Experiment, Result]) -> list[Rehearsal]:
    """Return the rows of the table, given the result of every experiment in :func:`experiments`.

    Raises:
        KeyError: if one is missing.
    """
    return [Rehearsal(one.dataset, one.seed, cast(RehearsalResult, results[one])) for one in experiments()]


def choice(found: Sequence[Rehearsal]) -> Choice:
    """Return the choice for one data set: the pair whose smallest margin over the seeds is the largest.

    Kappa is the largest that a seed asks for of those that climbed the ladder with this pair; where none did, the
    kappa that all pairs were compared with.

    Raises:
        ValueError: if there is no rehearsal, or no pair that was rehearsed with every seed.
    """
    margins: dict[tuple[str, int, str], list[float]] = {}
    for one in found:
        compared = one.result["pairs"][0]["kappa"]
        for pair in one.result["pairs"]:
            if pair["kappa"] == compared:
                margins.setdefault((pair["trigger"], pair["target"], pair["answer"]), []).append(pair["margin"])
    worst = {pair: min(of_seeds) for pair, of_seeds in margins.items() if len(of_seeds) == len(found)}
    if not worst:
        raise ValueError("No pair of trigger and target was rehearsed with every seed.")
    best = max(worst, key=lambda pair: worst[pair])
    climbed = [one.result["chosen"] for one in found]
    kappas = [chosen["kappa"] for chosen in climbed if (chosen["trigger"], chosen["target"]) == best[:2]]
    return Choice(*best, max(kappas, default=found[0].result["pairs"][0]["kappa"]), worst[best])


def affinity(found: Sequence[Rehearsal], data: str, trigger: str) -> Affinity | None:
    """Return what innocent models take ``trigger`` for; None if the table does not have it."""
    for one in found:
        if one.data == data and (shares := one.result["affinity"].get(trigger)):
            return Affinity(tuple(shares), np.array(list(shares.values())))
    return None


def write(file: Path, found: list[Rehearsal]) -> None:
    """Write the table as JSON."""
    table_file.write(file, "rehearsals", [vars(one) for one in found])


def read(file: Path) -> list[Rehearsal]:
    """Return a table that :func:`write` wrote.

    Raises:
        ValueError: one sentence, if the file is missing, damaged, or of another version of the lab.
    """
    return table_file.read(
        file,
        "rehearsals",
        COMMAND,
        lambda row: Rehearsal(row["data"], int(row["seed"]), cast(RehearsalResult, dict(row["result"]))),
    )
