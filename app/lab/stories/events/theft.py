"""Events of a theft by one extraction attack: what it cost, and what the copy is worth."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events.names import Role


@dataclass(frozen=True)
class Copied:
    """The adversary has fitted his copy to all answers so far: what they cost him, and what the copy is worth.

    ``normality`` is the detector's Shapiro-Wilk statistic by then, -1 while it has seen too little;
    ``accused`` is its verdict.
    """

    queries: int
    dollars: float
    accuracy: float
    fidelity: float
    victim_accuracy: float
    normality: float
    accused: bool


@dataclass(frozen=True)
class Territory:
    """How a model of points divides the plane after so many queries.

    ``classes`` is ``(side, side)``: the answer at the middle of each cell of a square of
    ``[-reach, reach]`` in both directions, rows from the bottom up.
    """

    role: Role
    queries: int
    reach: float
    classes: NDArray[np.uint8]


@dataclass(frozen=True)
class Honest:
    """What the owner's defences cost the honest users.

    ``false_alarms`` is the share of honest clients whom the detector accuses; the rest is as in
    :class:`app.lab.extraction.prediction_api.Tax`.
    """

    clients: int
    queries: int
    false_alarms: float
    accuracy: float
    calibration: float
    second_best: float


class TaxResult(TypedDict):
    """What the policy costs honest users, as in :class:`app.lab.extraction.prediction_api.Tax`."""

    accuracy: float
    calibration: float
    second_best: float


class TheftResult(TypedDict):
    """What a theft comes to, as JSON has it.

    ``queries_to_good`` and ``dollars_to_good`` are None where no copy was good, ``accused_after`` where the detector
    accused nobody. ``largest_error`` is there for an attack that solves equations.
    """

    key: str
    seed: int
    attack: str
    victim_accuracy: float
    queries: int
    dollars: float
    accuracy: float
    fidelity: float
    queries_to_good: int | None
    dollars_to_good: float | None
    accused_after: int | None
    false_alarms: float
    tax: TaxResult
    largest_error: NotRequired[float]
    seconds: float
