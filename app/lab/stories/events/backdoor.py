"""Events of a backdoor: models that learn from poisoned data, beside a control and a watermark, and a defence."""

from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

import numpy as np
from numpy.typing import NDArray

Planted = Literal["clean", "backdoor", "watermark"]  # what a model's training data have in them
PLANTED: tuple[Planted, ...] = get_args(Planted)


@dataclass(frozen=True)
class Shown:
    """A few pictures that the models are asked: ``clean``, and the same with the pattern, ``(n, h, w[, 3])`` uint8.

    ``poisoned`` of ``total`` training pictures were poisoned.
    """

    clean: NDArray[np.generic]
    stamped: NDArray[np.generic]
    triggers: NDArray[np.generic]
    poisoned: int
    total: int


@dataclass(frozen=True)
class Learned:
    """One model after an epoch, on a part of the test inputs, or, after its last one, on all of them.

    ``done`` counts the steps of the run.
    ``success`` is how often it gives the target to what was planted, held out: stamped test pictures of other classes
    (backdoor), or triggers (watermark); of the clean model, the larger of the two.
    """

    model: Planted
    epoch: int
    done: int
    accuracy: float
    success: float


@dataclass(frozen=True)
class Pruned:
    """A planted model after fine-pruning: the ``share`` of its last layer's units is off, then it was repaired."""

    model: Planted
    share: float
    accuracy: float
    success: float


class PlantedResult(TypedDict):
    """One model at the end of its training, as in :class:`Learned`, and after each strength of the defence."""

    accuracy: float
    success: float
    shares: list[float]
    pruned_accuracy: list[float]
    pruned_success: list[float]


class BackdoorResult(TypedDict):
    """The result of a backdoor, in JSON."""

    key: str
    seed: int
    poisoned: int
    share: float
    clean: PlantedResult
    backdoor: PlantedResult
    watermark: PlantedResult
    seconds: float
