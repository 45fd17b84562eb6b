"""Every removal attack on the marks of every data set, over seeds that nothing was chosen on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from app.lab.experiment import LAB_VERSION, PRESETS, Experiment
from app.lab.stories.events import Defence, Result, WashingResult
from app.paths import PRETRAINED

SHIPPED = PRETRAINED / "removals.json"
COMMAND = "python -m app removals"
DATA = ("mnist", "digits")
SEEDS = (200, 201, 202, 203, 204)

Fate = Literal["unproven", "stays", "dies with the copy", "washed out"]


@dataclass(frozen=True)
class Washed:
    """All removal attacks on the copies of one heist: the result of :func:`app.lab.stories.washing.remove`."""

    data: str
    seed: int
    result: WashingResult

    @property
    def experiment(self) -> Experiment:
        """The heist."""
        return replace(PRESETS[self.data], seed=self.seed)

    def lost(self, attack: str, defence: Defence) -> float | None:
        """Return the loss of accuracy at the cheapest strength that removes the mark; None if no strength does."""
        return self.result["attacks"][attack][defence]["lost"]

    def fate(self, attack: str, defence: Defence) -> Fate:
        """Return what happens to one mark under one attack."""
        curve = self.result["attacks"][attack][defence]
        if not curve["owned"][0]:
            return "unproven"
        if curve["lost"] is None:
            return "stays"
        return "dies with the copy" if curve["pointless"] else "washed out"


def experiments() -> tuple[Experiment, ...]:
    """Return the experiments of the table."""
    return tuple(replace(PRESETS[data], seed=seed) for data in DATA for seed in SEEDS)


def rows(results: Mapping[Experiment, Result]) -> list[Washed]:
    """Return the rows of the table, given the result of every experiment in :func:`experiments`.

    Raises:
        KeyError: if one is missing.
    """
    return [Washed(heist.dataset, heist.seed, cast(WashingResult, results[heist])) for heist in experiments()]


def write(file: Path, found: list[Washed]) -> None:
    """Write the table as JSON."""
    rows = [vars(washed) for washed in found]
    file.write_text(json.dumps({"lab": LAB_VERSION, "washed": rows}) + "\n", encoding="utf-8")


def read(file: Path) -> list[Washed]:
    """Return a table that :func:`write` wrote.

    Raises:
        ValueError: one sentence, if the file is missing, damaged, or of another version of the lab.
    """
    again = f"run `{COMMAND}` to make it again"
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        if table["lab"] != LAB_VERSION:
            raise ValueError(f"{file.name} was measured with version {table['lab']} of the lab; {again}.")
        return [Washed(row["data"], int(row["seed"]), dict(row["result"])) for row in table["washed"]]  # type: ignore[arg-type]
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as fault:
        raise ValueError(f"{file.name} is missing or damaged; {again}.") from fault
