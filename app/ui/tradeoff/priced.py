"""Which settings of the owner have a measured price, under the theft that the visitor looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.ui import over_seeds

Way = tuple[str, str]  # to steal: answers and inputs
Recipe = tuple[float, float]  # to entangle: kappa and temperature


@dataclass(frozen=True)
class Priced:
    """The measured settings under one theft.

    ``ways`` are all thefts under which settings were measured, ``way`` is this one; ``rows`` are the entangled
    settings, and ``usual`` is, by defence, the setting of the other pages, over more seeds.
    """

    ways: tuple[Way, ...]
    way: Way
    rows: Mapping[Recipe, Row]
    usual: Mapping[str, Row]

    @classmethod
    def of(cls, found: Sequence[Row], experiment: Experiment) -> "Priced":
        """Pick the rows under the theft of ``experiment``, or under the first one that was measured."""
        frontier = [row for row in found if row.table == "frontier"]
        ways = {_way(row.experiment): row.experiment for row in frontier}
        way = _way(experiment) if _way(experiment) in ways else next(iter(ways))
        rows = {_recipe(row.experiment): row for row in frontier if _way(row.experiment) == way}
        return cls(tuple(ways), way, rows, over_seeds.theft(found, ways[way]))

    @property
    def frontier(self) -> list[Row]:
        """The entangled settings."""
        return list(self.rows.values())

    def row(self, experiment: Experiment) -> Row | None:
        """Return the row of this experiment, whatever its seed; None where it was not measured."""
        row = self.rows.get(_recipe(experiment))
        return row if row is not None and replace(row.experiment, seed=experiment.seed) == experiment else None


def _way(experiment: Experiment) -> Way:
    return experiment.answers, experiment.inputs


def _recipe(experiment: Experiment) -> Recipe:
    return experiment.kappa, experiment.temperature
