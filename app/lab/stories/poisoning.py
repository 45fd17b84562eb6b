"""A line that an attacker bends: an optimising attacker with a budget, then TRIM against three other fits."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.lab.poisoning import Line, Points, clean_points, fits, poison, starts, trim
from app.lab.poisoning.trim import best
from app.lab.stories.events import Finished
from app.lab.stories.events.poisoning import Fitted, Placed, PoisoningResult, Trimmed

MOST_CLEAN = 200


@dataclass(frozen=True)
class Poisoning:
    """A poisoned regression: so many clean points, an attacker's budget, and how much poison TRIM is told of.

    Raises:
        ValueError: one sentence, if a number is out of range.
    """

    clean: int = 60
    budget: int = 15
    told: int = 15
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the settings."""
        if not 10 <= self.clean <= MOST_CLEAN:
            raise ValueError(f"There are 10 to {MOST_CLEAN} clean points; here it is {self.clean}.")
        if not 0 <= self.budget <= self.clean:
            raise ValueError(f"The attacker adds 0 to {self.clean} points, as many as are clean; here {self.budget}.")
        if not 0 <= self.told <= self.clean + self.budget - 2:
            raise ValueError(f"TRIM keeps two points or more; it cannot leave out {self.told}.")


def poisoning(described: Poisoning) -> Iterator[Placed | Trimmed | Fitted | Finished]:
    """Run it: :class:`Placed` after each round of the attacker, :class:`Trimmed` for each of TRIM, then the lines."""
    began = time.perf_counter()
    generator = np.random.default_rng(described.seed)
    clean = clean_points(described.clean, generator)
    points = clean
    if described.budget:
        for number, (placed, loss) in enumerate(poison(clean, described.budget, generator)):
            points = clean.with_more(placed)
            yield Placed(number, placed.x, placed.y, loss)
    keep = len(points) - described.told
    rounds = []
    for one in trim(points, keep, starts(len(points), keep, generator)):
        rounds.append(one)
        yield Trimmed(one.restart, one.round, one.kept, one.line.slope, one.line.intercept, one.loss)
    kept = best(rounds)
    fitted = [
        _fitted(method, line, clean)
        for method, line in {
            "clean points alone": fits.least_squares(clean),
            "least squares": fits.least_squares(points),
            "Huber": fits.huber(points),
            "RANSAC": fits.ransac(points, described.seed),
            "TRIM": kept.line,
        }.items()
    ]
    yield from fitted
    result: PoisoningResult = {
        "seed": described.seed,
        "clean": len(clean),
        "poison": described.budget,
        "told": described.told,
        "poison_kept": int(kept.kept[len(clean) :].sum()),
        "fits": {
            one.method: {"slope": one.slope, "intercept": one.intercept, "clean_loss": one.clean_loss} for one in fitted
        },
        "seconds": round(time.perf_counter() - began, 4),
    }
    yield Finished(result["seconds"], result)


def _fitted(method: str, line: Line, clean: Points) -> Fitted:
    return Fitted(method, line.slope, line.intercept, line.loss(clean))
