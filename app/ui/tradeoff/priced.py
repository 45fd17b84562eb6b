"""Which marks of the owner have a measured price, under the theft that the visitor looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.lab.evidence.survival import Row
from app.lab.experiment import DEFAULT_PRESET, Experiment, preset
from app.lab.ownership import binomial
from app.runs.job import Origin
from app.ui import over_seeds
from app.ui.history import History

Way = tuple[str, str]  # to steal: answers and inputs
NAIVE = 0.0  # the kappa of a mark that is not entangled


@dataclass(frozen=True)
class OneRun:
    """What one run gave: the accuracy lost, what survived, the verdict, how many triggers convict, and whose it is."""

    cost: float
    mark: float
    convicted: bool
    needed: int | None
    origin: Origin = "live"

    @classmethod
    def of(cls, history: History, origin: Origin) -> "OneRun | None":
        """Return it of a run that is done, else None."""
        if history.price is None:
            return None
        (cost, mark), claim = history.price, history.claims["entangled"]
        return cls(cost, mark, claim.owned, binomial.queries_needed(mark, claim.innocent_rate), origin)

    @classmethod
    def each(cls, row: Row) -> "list[OneRun]":
        """Return the runs that a row is made of, one for each seed."""
        columns = zip(row.cost, row.measures["stolen_watermark"], row.convicted, row.triggers_needed, strict=True)
        return [cls(*values, "pretrained") for values in columns]


@dataclass(frozen=True)
class Priced:
    """The measured marks under one theft.

    ``ways`` are all thefts under which several kappas were measured, ``way`` is this one; ``marks`` are by kappa,
    ascending, the naive one first; ``clean`` is the control; ``usual`` is the entangled mark of the other lessons, and
    ``elsewhere`` the same under the theft of those; None: that is this one.
    """

    ways: tuple[Way, ...]
    way: Way
    marks: Mapping[float, Row]
    clean: Row
    usual: Row
    elsewhere: Row | None

    @classmethod
    def of(cls, found: Sequence[Row], experiment: Experiment) -> "Priced":
        """Pick the rows under the theft of ``experiment``, or under the first one that was measured."""
        frontier = [row for row in found if row.table == "frontier"]
        ways = {_way(row.experiment): row.experiment for row in frontier}
        way = _way(experiment) if _way(experiment) in ways else next(iter(ways))
        theft = over_seeds.theft(found, ways[way])
        usual = theft["entangled"]
        of_kappa = {
            row.experiment.kappa: row
            for row in frontier
            if replace(row.experiment, kappa=usual.experiment.kappa) == usual.experiment
        }
        marks = {NAIVE: theft["naive"], **of_kappa, usual.experiment.kappa: usual}  # which has more seeds
        others = preset(DEFAULT_PRESET)
        elsewhere = None if _way(others) == way else over_seeds.theft(found, others).get("entangled")
        ascending = {kappa: marks[kappa] for kappa in sorted(marks)}
        return cls(tuple(ways), way, ascending, theft["clean"], usual, elsewhere)

    @property
    def entangled(self) -> list[Row]:
        """The entangled marks, by ascending kappa."""
        return [row for kappa, row in self.marks.items() if kappa != NAIVE]

    def at(self, kappa: float, seed: int) -> Experiment:
        """Return the experiment of one of the marks, under this theft, with a visitor's seed."""
        return replace(self.usual.experiment, kappa=kappa, seed=seed)

    def alike(self, experiment: Experiment) -> bool:
        """Return whether an experiment differs from those of the picture in its kappa and its seed only."""
        return self.at(experiment.kappa, experiment.seed) == experiment


def _way(experiment: Experiment) -> Way:
    return experiment.answers, experiment.inputs
