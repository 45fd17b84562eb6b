"""Events of a theft by one extraction attack: its cost, and the quality of the copy."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events.names import Role


@dataclass(frozen=True)
class Copied:
    """The copy has been fitted to all answers so far: their price, and the quality of the copy.

    ``normality`` is the Shapiro-Wilk statistic of the detector at this point, -1 while it has too few
    queries; ``accused`` is its decision.
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
    """The decision regions of a model in the plane after ``queries`` queries.

    ``classes`` is ``(side, side)``: the label at the centre of each cell of a grid on
    ``[-reach, reach]`` in both directions, rows from the bottom up.
    """

    role: Role
    queries: int
    reach: float
    classes: NDArray[np.uint8]


@dataclass(frozen=True)
class Honest:
    """What the owner's detector and policy cost honest users.

    ``false_alarms`` is the share of honest clients that the detector accuses; the rest is as in
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
    """The result of a theft, in JSON.

    ``queries_to_good`` and ``dollars_to_good`` are None if no copy was good (:data:`app.lab.stories.theft.GOOD`),
    ``accused_after`` if the detector did not accuse the adversary. Only an attack that solves equations has
    ``largest_error``.
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
