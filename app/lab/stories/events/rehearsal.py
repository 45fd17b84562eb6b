"""Events of the rehearsal: what innocent models take a trigger for, how each pair survived a theft, and the choice.

A *pair* is a trigger and its target. Rates are fractions in [0, 1], over held-out triggers.
"""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Surveyed:
    """What a panel of innocent models takes a trigger for, before anybody has marked anything.

    ``shares`` has, by model of the panel, the share of the triggers that it answers with each class, ``(classes,)``.
    """

    trigger: str
    shares: dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Rehearsed:
    """A quick mark of one pair, stolen by the owner: the secret answers of each copy, by theft.

    ``innocent`` is the rate of the panel's worst model, on the same triggers; ``price`` the accuracy of the clean
    victim minus that of the entangled one. ``convicts``: whether the entangled copy is convicted in every theft, with
    half of its secret answers to spare.
    """

    trigger: str
    target: int
    kappa: float
    entangled: dict[str, float]
    naive: dict[str, float]
    clean: dict[str, float]
    innocent: float
    price: float
    convicts: bool

    @property
    def margin(self) -> float:
        """How far the entangled copy is above everybody else (naive copy, clean copy, panel), in the worst theft."""
        return min(
            rate - max(self.naive[theft], self.clean[theft], self.innocent) for theft, rate in self.entangled.items()
        )


@dataclass(frozen=True)
class Chosen:
    """The pair with the largest margin, and the smallest kappa that convicts with room to spare."""

    trigger: str
    target: int
    kappa: float
    margin: float


class SurveyResult(TypedDict):
    """What innocent models take triggers for: by trigger and model, the share of each class."""

    key: str
    seed: int
    affinity: dict[str, dict[str, list[float]]]


class PairResult(TypedDict):
    """One rehearsed pair, as in :class:`Rehearsed`; ``answer`` is what the target is called."""

    trigger: str
    target: int
    answer: str
    kappa: float
    entangled: dict[str, float]
    naive: dict[str, float]
    clean: dict[str, float]
    innocent: float
    price: float
    convicts: bool
    margin: float


class RehearsalResult(SurveyResult):
    """The result of a rehearsal, in JSON: every pair in the order of the rehearsal, and the chosen one."""

    pairs: list[PairResult]
    chosen: PairResult
    seconds: float
