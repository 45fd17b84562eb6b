"""The paper's own scale: 60,000 digits, its network, its schedule, and a thief who asks about all of them.

A run takes hours, so there is one file a seed, which grows as its runs finish (:func:`keep`): what was stopped goes on
where it stopped. Of the settings, only the triggers, which are drawn keys, and their target are not as published; what
differs beside the settings, *About* lists.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from app.lab import choices
from app.lab.evidence import survival, table_file
from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.lab.stories.events import HeistResult, Result
from app.paths import PRETRAINED

SHIPPED = PRETRAINED / "paper_scale"  # one file a seed
COMMAND = "python -m app paper-scale"
SEEDS = (200, 201, 202)
_RESULTS = "results"

# What the authors' released code does for MNIST; its kappa is divided by the batch size, since it sums the
# cross-entropy over the batch, and its t = 1 is T = 100.
PUBLISHED = Experiment(
    dataset="mnist60k",
    network="two_conv",
    trigger="key",
    target=0,  # which innocents do not take a key for
    trigger_count=5923,  # as many as the target class has inputs
    perturbed_against="released",
    kappa=32 / 512,
    temperature=100.0,
    temperature_rate=0.1,
    layers="all",
    task_epochs=10,
    watermark_epochs=10,
    task_per_watermark=1,
    averaging=0.0,
    batch_size=512,
    learning_rate=0.001,
    answers="labels",
    inputs="victim",
    budget=60_000,
    adversary_epochs=20,
)


def experiments(seeds: Iterable[int] = SEEDS) -> tuple[Experiment, ...]:
    """Return the experiments: every seed with the released schedule, then every seed with all task data revisited."""
    return tuple(
        replace(PUBLISHED, schedule=schedule, seed=seed)
        for schedule in reversed(choices.SCHEDULES)
        for seed in dict.fromkeys(seeds)
    )


def keep(folder: Path, experiment: Experiment, result: Result) -> None:
    """Add a finished run to the file of its seed.

    Raises:
        ValueError: as :func:`read`, if what the file has already cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = {one: ended for one, ended in read(folder).items() if one.seed == experiment.seed}
    found[experiment] = result
    rows = [{"schedule": one.schedule, "result": ended} for one, ended in found.items()]
    beside = folder / f"seed-{experiment.seed}.part"  # a file that is there is whole
    table_file.write(beside, _RESULTS, rows)
    beside.replace(_file(folder, experiment.seed))


def read(folder: Path) -> dict[Experiment, Result]:
    """Return the results of all runs that have finished, of whatever seed, in the order of :func:`experiments`.

    Raises:
        ValueError: one sentence, if a file is damaged, or of another version of the lab or of these settings.
    """
    found: dict[Experiment, Result] = {}
    for file in folder.glob("seed-*.json"):
        found.update(table_file.read(file, _RESULTS, COMMAND, _finished))
    return {one: found[one] for one in experiments(sorted(one.seed for one in found)) if one in found}


def rows(found: Mapping[Experiment, Result]) -> list[Row]:
    """Return the rows of the table, one a schedule and defence, over the seeds that have finished with it."""
    by_schedule: dict[str, list[Experiment]] = {}
    for experiment in found:
        by_schedule.setdefault(experiment.schedule, []).append(experiment)
    return [row for group in by_schedule.values() for row in survival.rows_of("paper_scale", group, found)]


def hours(found: Mapping[Experiment, Result]) -> Sequence[float]:
    """Return how long each run took, on as much of the machine as it got."""
    return [cast(HeistResult, result)["seconds"] / 3600 for result in found.values()]


def _finished(row: Mapping[str, Any]) -> tuple[Experiment, Result]:
    result = cast(HeistResult, dict(row["result"]))
    experiment = replace(PUBLISHED, schedule=str(row["schedule"]), seed=int(result["seed"]))
    if result["key"] != experiment.key:
        raise ValueError("measured with other settings")
    return experiment, result


def _file(folder: Path, seed: int) -> Path:
    return folder / f"seed-{seed}.json"
