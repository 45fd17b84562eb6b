"""What the adversary holds when he begins to wash, and the form of what he makes of it.

An attack is a function ``(copy, resources, strengths, generator) -> Iterator[Attempt]``. It leaves the
copy as it is, and yields for each strength, in their order, what answers in the copy's place.
Strength 0 is the copy as it was stolen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from torch import Generator, Tensor

from app.lab.task import training
from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork, predict

REFUSED = -1  # the "label" of an input that is not answered


@dataclass(frozen=True)
class Resources:
    """What the adversary has besides his copy. He knows that there may be a mark, but neither triggers nor target.

    Attributes:
        network: the name of the copy's architecture.
        classes: their number.
        asked: ``(n, ...)``, his queries.
        answers: ``(n, classes)``, what the API answered.
        own: the few inputs that he labelled himself.
        spare: ``(m, ...)``, inputs of the task without labels.
        far: ``(k, ...)``, inputs of no class, such as anybody can make.
        how: how he trained the copy.
    """

    network: str
    classes: int
    asked: Tensor
    answers: Tensor
    own: Split
    spare: Tensor
    far: Tensor
    how: training.Optimisation

    @property
    def is_pictures(self) -> bool:
        """Whether inputs are pictures (else points in the plane)."""
        return self.own.inputs.ndim > 2


@dataclass(frozen=True)
class Attempt:
    """One attack at one strength.

    ``answer`` maps inputs ``(n, ...)`` to labels ``(n,)``, :data:`REFUSED` where it gives none.
    ``found`` is what only this attack learns, by name.
    """

    strength: float
    answer: Callable[[Tensor], Tensor]
    found: dict[str, float] = field(default_factory=dict)


Perform = Callable[[FeatureNetwork, Resources, Sequence[float], Generator], Iterator[Attempt]]


def answers_of(model: FeatureNetwork) -> Callable[[Tensor], Tensor]:
    """Return the function that answers as ``model`` does: inputs ``(n, ...)`` to labels ``(n,)``."""
    return lambda inputs: predict(model, inputs).argmax(dim=1)


def fit(
    model: FeatureNetwork, inputs: Tensor, targets: Tensor, how: training.Optimisation, epochs: float, random: Generator
) -> None:
    """Train ``model`` for so many epochs, in the adversary's way otherwise; arguments as in :func:`train_task`."""
    for _ in training.train_task(model, inputs, targets, replace(how, epochs=int(epochs)), random):
        pass
