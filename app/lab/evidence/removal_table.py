"""Every removal attack on the marks of every data set, over seeds not used to choose anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from app.lab.evidence import table_file
from app.lab.experiment import PRESETS, Experiment
from app.lab.stories.events import Defence, Result, WashingResult
from app.paths import PRETRAINED

SHIPPED = PRETRAINED / "removals.json"
COMMAND = "python -m app removals"
SEEDS = {"animals": (200, 201, 202, 203), "digits": (200,)}  # of each data set

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

    def end(self, attack: str, defence: Defence) -> int:
        """Return the place, in the curve of one attack, of what becomes of a mark.

        That is the cheapest strength that removes it; if none does, the one that leaves least of it, of those after
        which the copy is still better than the adversary's own model.
        """
        curve = self.result["attacks"][attack][defence]
        if curve["removed_at"] is not None:
            return curve["strengths"].index(curve["removed_at"])
        pays = [place for place, right in enumerate(curve["accuracy"]) if right > self.result["from_scratch"]]
        return min(pays or [0], key=curve["watermark"].__getitem__)


def experiments() -> tuple[Experiment, ...]:
    """Return the experiments of the table."""
    return tuple(replace(PRESETS[data], seed=seed) for data, seeds in SEEDS.items() for seed in seeds)


def rows(results: Mapping[Experiment, Result]) -> list[Washed]:
    """Return the rows of the table, given the result of every experiment in :func:`experiments`.

    Raises:
        KeyError: if one is missing.
    """
    return [Washed(heist.dataset, heist.seed, cast(WashingResult, results[heist])) for heist in experiments()]


def write(file: Path, found: list[Washed]) -> None:
    """Write the table as JSON."""
    table_file.write(file, "washed", [vars(one) for one in found])


def read(file: Path) -> list[Washed]:
    """Return a table that :func:`write` wrote.

    Raises:
        ValueError: one sentence, if the file is missing, damaged, or of another version of the lab.
    """
    return table_file.read(
        file,
        "washed",
        COMMAND,
        lambda row: Washed(row["data"], int(row["seed"]), cast(WashingResult, dict(row["result"]))),
    )
