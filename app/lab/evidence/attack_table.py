"""Every extraction attack against every policy, over seeds not used to choose anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, cast

from app.lab import choices
from app.lab.evidence import table_file
from app.lab.experiment import PRESETS, Experiment
from app.lab.stories.events import Result, TheftResult
from app.paths import PRETRAINED

SHIPPED = PRETRAINED / "attacks.json"
COMMAND = "python -m app attacks"
DATA = ("digits",)
SEEDS = (200,)
POLICIES: dict[str, dict[str, Any]] = {
    "confidences": {},
    "2 decimals": {"decimals": 2},
    "top label": {"answers": "labels"},
    "reverse sigmoid": {"reverse_sigmoid": 1.0},
    "lies (0.5 %)": {"lies": 0.005},
}


@dataclass(frozen=True)
class Cell:
    """One attack under one policy: for each seed, the result of :func:`app.lab.stories.theft.steal`."""

    data: str
    attack: str
    policy: str
    results: list[TheftResult]


def experiments() -> tuple[Experiment, ...]:
    """Return the experiments of the table."""
    return tuple(experiment for *_, experiment in _cells())


def rows(results: Mapping[Experiment, Result]) -> list[Cell]:
    """Return the cells of the table, given the result of every experiment in :func:`experiments`.

    Raises:
        KeyError: if one is missing.
    """
    found: dict[tuple[str, str, str], list[TheftResult]] = {}
    for data, attack, policy, experiment in _cells():
        found.setdefault((data, attack, policy), []).append(cast(TheftResult, results[experiment]))
    return [Cell(*names, of_seeds) for names, of_seeds in found.items()]


def write(file: Path, cells: list[Cell]) -> None:
    """Write the table as JSON."""
    table_file.write(file, "cells", [vars(cell) for cell in cells])


def read(file: Path) -> list[Cell]:
    """Return a table that :func:`write` wrote.

    Raises:
        ValueError: one sentence, if the file is missing, damaged, or of another version of the lab.
    """
    return table_file.read(file, "cells", COMMAND, lambda row: Cell(**row))


def _cells() -> Iterator[tuple[str, str, str, Experiment]]:
    """Yield data, attack, policy and experiment of each run."""
    for data, seed, attack, policy in product(DATA, SEEDS, choices.ATTACKS, POLICIES):
        yield data, attack, policy, replace(PRESETS[data], seed=seed, attack=attack, **POLICIES[policy])
