"""Every removal attack on the marks of every data set, over seeds that nothing was chosen on."""

import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from joblib import Parallel, delayed

from app.lab.experiment import LAB_VERSION, PRESETS, Experiment
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.lab.stories.events import WATERMARKED, Finished
from app.paths import PRETRAINED

SHIPPED = PRETRAINED / "removals.json"
COMMAND = "python -m app removals"
DATA = ("mnist", "digits")
SEEDS = (200, 201, 202, 203, 204)

Fate = Literal["unproven", "stays", "dies with the copy", "washed out"]


@dataclass(frozen=True)
class Washed:
    """One heist whose copies were washed in every way: its result, as :func:`app.lab.stories.washing.remove` ends."""

    data: str
    seed: int
    result: dict[str, Any]

    @property
    def experiment(self) -> Experiment:
        """The heist."""
        return replace(PRESETS[self.data], seed=self.seed)

    def lost(self, attack: str, lane: str) -> float | None:
        """Return the accuracy that the cheapest way out cost, a fraction; None where no strength was one."""
        lost = self.result["attacks"][attack][lane]["lost"]
        return None if lost is None else float(lost)

    def fate(self, attack: str, lane: str) -> Fate:
        """Return what became of one mark under one attack."""
        told = self.result["attacks"][attack][lane]
        if not told["owned"][0]:
            return "unproven"
        if told["lost"] is None:
            return "stays"
        return "dies with the copy" if told["pointless"] else "washed out"


def measure(jobs: int) -> Generator[tuple[str, int], None, list[Washed]]:
    """Wash the copies of every heist in ``jobs`` processes; yield (data, seed) as each is done, return them all."""
    heists = [(data, seed) for data in DATA for seed in SEEDS]
    every = Parallel(n_jobs=jobs, return_as="generator")(delayed(_washed)(data, seed) for data, seed in heists)
    found = []
    for washed in every:
        found.append(washed)
        yield washed.data, washed.seed
    return found


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
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["lab"] != LAB_VERSION:
            raise ValueError(f"{file.name} was measured with version {told['lab']} of the lab; {again}.")
        return [Washed(row["data"], int(row["seed"]), dict(row["result"])) for row in told["washed"]]
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as fault:
        raise ValueError(f"{file.name} is missing or damaged; {again}.") from fault


def markdown(found: list[Washed]) -> str:
    """Return the table for the README: on how many seeds each mark is washed out, and what that costs the adversary.

    Of the seeds on which there was a mark to wash out: the court convicted the copy as it was stolen.
    """
    lines = ["| data | attack | naive mark | entangled mark |", "|---|---|---|---|"]
    for data in dict.fromkeys(washed.data for washed in found):
        seeds = [washed for washed in found if washed.data == data]
        lines += [
            f"| {data} | {attack.label} | {' | '.join(_cell(seeds, name, lane) for lane in WATERMARKED)} |"
            for name, attack in REMOVAL_ATTACKS.items()
        ]
    return "\n".join(lines)


def _cell(seeds: list[Washed], attack: str, lane: str) -> str:
    proven = [washed for washed in seeds if washed.fate(attack, lane) != "unproven"]
    gone = [washed for washed in proven if washed.fate(attack, lane) == "washed out"]
    if not proven:
        return "never proven"
    costs = sorted(100 * max(0.0, washed.lost(attack, lane) or 0.0) for washed in gone)
    ends = dict.fromkeys(f"{cost:.1f}" for cost in costs[:1] + costs[-1:])
    price = f", for {' to '.join(ends)} points" if costs else ""
    return f"{len(gone)} of {len(proven)}{price}"


def _washed(data: str, seed: int) -> Washed:
    (end,) = [event for event in washing.remove(replace(PRESETS[data], seed=seed)) if isinstance(event, Finished)]
    return Washed(data, seed, end.result)
