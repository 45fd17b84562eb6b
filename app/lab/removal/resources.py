"""The common interface of removal attacks: what the adversary has, and what an attack yields.

An attack is a function ``(copy, resources, strengths, generator) -> Iterator[Attempt]``. It does not change
the copy, and yields one attempt for each strength, in order. Strength 0 is the unchanged copy.
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
    """What the adversary has besides the copy; triggers and target class are unknown to the adversary.

    Attributes:
        network: the name of the copy's architecture.
        classes: the number of classes.
        asked: ``(n, ...)``, the queries of the extraction attack.
        answers: ``(n, classes)``, those of the API.
        own: a few inputs of the task, labelled by the adversary.
        spare: ``(m, ...)``, unlabelled inputs of the task.
        far: ``(k, ...)``, out-of-distribution inputs of no class.
        how: how the copy was trained.
    """

    network: str
    classes: int
    asked: Tensor
    answers: Tensor
    own: Split
    spare: Tensor
    far: Tensor
    how: training.Optimisation


@dataclass(frozen=True)
class Attempt:
    """One attack at one strength.

    ``answer`` maps inputs ``(n, ...)`` to labels ``(n,)``, :data:`REFUSED` for a refused input. ``found``
    contains values that are specific to the attack, by name.
    """

    strength: float
    answer: Callable[[Tensor], Tensor]
    found: dict[str, float] = field(default_factory=dict)


Perform = Callable[[FeatureNetwork, Resources, Sequence[float], Generator], Iterator[Attempt]]


def answers_of(model: FeatureNetwork) -> Callable[[Tensor], Tensor]:
    """Return the function that maps inputs ``(n, ...)`` to the top labels ``(n,)`` of ``model``."""
    return lambda inputs: predict(model, inputs).argmax(dim=1)


def fit(
    model: FeatureNetwork, inputs: Tensor, targets: Tensor, how: training.Optimisation, epochs: float, random: Generator
) -> None:
    """Train ``model`` as ``how`` says, but for ``epochs`` epochs; see :func:`app.lab.task.training.train_task`."""
    for _ in training.train_task(model, inputs, targets, replace(how, epochs=int(epochs)), random):
        pass
