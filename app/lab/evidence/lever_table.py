"""What each option of the marking does to the first preset: its price, what survives, who is convicted, the seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, cast

from app.lab.evidence import table_file
from app.lab.experiment import DEFAULT_PRESET, PRESETS, Experiment
from app.lab.stories.events import Defence, HeistResult, Result
from app.paths import PRETRAINED

SHIPPED = PRETRAINED / "levers.json"
COMMAND = "python -m app levers"
DATA = DEFAULT_PRESET
SEEDS = (200, 201)
LEVERS: dict[str, dict[str, Any]] = {  # what differs from the preset
    "as it comes": {},
    "label smoothing 0.1": {"smoothing": 0.1},
    "mixup 0.3": {"mixing": 0.3},
    "the last weights, not averaged": {"averaging": 0.0},
    "triggers as drawn": {"perturbed": False},
    "perturbed as released": {"perturbed_against": "released"},
    "all layers": {"layers": "all"},
    "kappa 5": {"kappa": 5.0},
    "kappa 20": {"kappa": 20.0},
    "T = 0.5": {"temperature": 0.5},
    "T learned, from 0.1 on": {"temperature_rate": 10.0},
    "patch in the corner": {"trigger": "patch"},
    "patch placed as intended": {"trigger": "patch", "placement": "intended"},
    "patch placed as released": {"trigger": "patch", "placement": "released"},
}


@dataclass(frozen=True)
class Lever:
    """One option, with the result of the heist (:func:`app.lab.stories.heist.run`) for each seed."""

    name: str
    settings: dict[str, Any]
    results: list[HeistResult]

    @property
    def prices(self) -> list[float]:
        """The accuracy of the clean victim minus that of the entangled one, for each seed."""
        pairs = zip(self.rates("clean", "victim_accuracy"), self.rates("entangled", "victim_accuracy"), strict=True)
        return [clean - marked for clean, marked in pairs]

    def rates(self, defence: Defence, measure: str) -> list[float]:
        """Return one measure of a victim or its copy (:class:`~app.lab.stories.events.Theft`), for each seed."""
        return [cast(dict[str, dict[str, float]], result)[defence][measure] for result in self.results]


def experiments() -> tuple[Experiment, ...]:
    """Return the experiments of the table."""
    return tuple(experiment for _, experiment in _cells())


def rows(results: Mapping[Experiment, Result]) -> list[Lever]:
    """Return the rows of the table, given the result of every experiment in :func:`experiments`.

    Raises:
        KeyError: if one is missing.
    """
    found: dict[str, list[HeistResult]] = {}
    for name, experiment in _cells():
        found.setdefault(name, []).append(cast(HeistResult, results[experiment]))
    return [Lever(name, LEVERS[name], of_seeds) for name, of_seeds in found.items()]


def write(file: Path, levers: Sequence[Lever]) -> None:
    """Write the table as JSON."""
    table_file.write(file, "levers", [vars(lever) for lever in levers])


def read(file: Path) -> list[Lever]:
    """Return a table that :func:`write` wrote.

    Raises:
        ValueError: one sentence, if the file is missing, damaged, or of another version of the lab.
    """
    return table_file.read(file, "levers", COMMAND, lambda row: Lever(**row))


def _cells() -> list[tuple[str, Experiment]]:
    """Return the name and the experiment of each run."""
    return [
        (name, replace(PRESETS[DATA], seed=seed, **settings))
        for (name, settings), seed in product(LEVERS.items(), SEEDS)
    ]
