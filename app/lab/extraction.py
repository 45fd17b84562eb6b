"""Model extraction: query the victim, train a copy on its answers.

The thief here knows the architecture and trains with the same optimiser as the owner. He starts,
unless told otherwise, from weights of his own, with inputs of his own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Generator, Tensor

from app.lab.datasets import Dataset, Split
from app.lab.models import FeatureNetwork, predict, share
from app.lab.prediction_api import PredictionAPI
from app.lab.training import Optimisation, Step, train_task

INPUTS = ("victim", "unseen")
INITIALISATIONS = ("independent", "same")


@dataclass(frozen=True)
class Channel:
    """What the answers say beyond the truth: the only way by which a watermark can pass.

    With hard labels on inputs that the victim answers correctly, the thief's training set *is*
    the clean one. ``error`` is the share of queries answered wrongly, ``target_error`` the share
    answered wrongly as the target class, ``target_mass`` the mean confidence on the target over
    the queries that belong to other classes.
    """

    error: float
    target_error: float
    target_mass: float


def thief_inputs(dataset: Dataset, which: str, budget: int) -> Split:
    """Return the inputs that the thief queries, with their true labels (which he never uses).

    Args:
        dataset: where they come from.
        which: ``"victim"``, the owner's own training inputs (the paper's setting), or
            ``"unseen"``, inputs of the same task that the victim never saw.
        budget: at most so many queries.

    Raises:
        ValueError: if there is no such source of inputs.
    """
    if which not in INPUTS:
        raise ValueError(f"The thief's inputs are one of {', '.join(INPUTS)}, not {which!r}.")
    part = dataset.owner if which == "victim" else dataset.thief
    return Split(part.inputs[:budget], part.labels[:budget])


def query_all(api: PredictionAPI, inputs: Tensor, batch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Query ``inputs`` once each, in order; yield ``(inputs, answers)`` batch by batch."""
    for part in inputs.split(batch):
        yield part, api.query(part)


def train_copy(
    copy: FeatureNetwork, inputs: Tensor, answers: Tensor, how: Optimisation, generator: Generator
) -> Iterator[Step]:
    """Train the thief's model on what the API answered; ``answers`` is ``(n, classes)``."""
    return train_task(copy, inputs, answers, how, generator)


def channel(answers: Tensor, truth: Tensor, target: int) -> Channel:
    """Measure what ``answers`` ``(n, classes)`` say beyond the ``truth`` ``(n,)``."""
    top = answers.argmax(dim=1)
    wrong = top != truth
    others = truth != target
    mass = float(answers[others, target].mean()) if bool(others.any()) else 0.0
    return Channel(share(wrong), share(wrong & (top == target)), mass)


def accuracy(model: FeatureNetwork, part: Split) -> float:
    """Return the agreement of ``model`` with the truth."""
    return share(predict(model, part.inputs).argmax(dim=1) == part.labels)


def fidelity(copy: FeatureNetwork, victim: FeatureNetwork, inputs: Tensor) -> float:
    """Return the agreement of ``copy`` with ``victim``, its mistakes included (Jagielski et al. 2020)."""
    return share(predict(copy, inputs).argmax(dim=1) == predict(victim, inputs).argmax(dim=1))
