"""Model extraction: query the victim, train a copy on its answers.

The thief trains with the same optimiser as the owner and, unless told otherwise, with the same
architecture. He starts from weights of his own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from app.lab import datasets
from app.lab.datasets import Dataset, Split
from app.lab.models import FeatureNetwork, predict, share
from app.lab.prediction_api import PredictionAPI
from app.lab.training import Optimisation, Step, train_task

INPUTS = ("victim", "unseen", "blended", "other", "noise")  # ever farther from the task
INITIALISATIONS = ("independent", "same")
OF_THE_TASK = INPUTS[:2]  # each of them belongs to a class
MADE_OF_THE_TASK = INPUTS[:3]  # those, and mixtures of them
ARCHITECTURES = ("same", "other")
NO_TRUTH = -1  # the label of an input that belongs to no class
_GRAIN = 0.3  # standard deviation of what makes a picture noisy


@dataclass(frozen=True)
class Channel:
    """What the answers say beyond the truth: the only way by which a watermark can pass.

    With hard labels on inputs that the victim answers correctly, the thief's training set *is*
    the clean one. ``error`` is the share of queries answered wrongly, ``target_error`` the share
    answered wrongly as the target class, ``target_mass`` the mean confidence on the target over
    the queries that belong to other classes. Where no answer is true (blends, letters, noise),
    the answer of an innocent model stands in for the truth.
    """

    queries: int
    error: float
    target_error: float
    target_mass: float


def thief_inputs(dataset: Dataset, which: str, budget: int, generator: np.random.Generator) -> Split:
    """Return the inputs that the thief queries, with their true labels (which he never uses).

    Args:
        dataset: where they come from.
        which: ``"victim"``, the owner's own training inputs (the paper's setting); ``"unseen"``,
            inputs of the same task that the victim never saw; ``"blended"``, a third of those as
            they are, a third each the mean of two, a third noisy; ``"other"``, inputs of another
            kind; ``"noise"``, nothing but noise.
        budget: so many queries; of the first two, at most as many as there are.
        generator: of what is drawn or mixed for the occasion.

    Returns:
        Inputs ``(n, ...)`` and labels ``(n,)``, :data:`NO_TRUTH` for an input of no class.

    Raises:
        ValueError: if there is no such source of inputs.
    """
    if which not in INPUTS:
        raise ValueError(f"The thief's inputs are one of {', '.join(INPUTS)}, not {which!r}.")
    if which in ("victim", "unseen"):
        part = dataset.owner if which == "victim" else dataset.thief
        return Split(part.inputs[:budget], part.labels[:budget])
    if which == "blended":
        return _blended(dataset, budget, generator)
    drawn = datasets.of_another_kind if which == "other" else datasets.noise
    return Split(drawn(dataset, budget, generator), torch.full((budget,), NO_TRUTH))


def queries(dataset: Dataset, which: str, budget: int) -> int:
    """Return how many inputs :func:`thief_inputs` will give."""
    piles = {"victim": dataset.owner, "unseen": dataset.thief}
    return min(budget, len(piles[which].labels)) if which in piles else budget


def query_all(api: PredictionAPI, inputs: Tensor, batch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Query ``inputs`` once each, in order; yield ``(inputs, answers)`` batch by batch."""
    for part in inputs.split(batch):
        yield part, api.query(part)


def train_copy(
    copy: FeatureNetwork, inputs: Tensor, answers: Tensor, how: Optimisation, generator: Generator
) -> Iterator[Step]:
    """Train the thief's model on what the API answered; ``answers`` is ``(n, classes)``."""
    return train_task(copy, inputs, answers, how, generator)


def channel(answers: Tensor, truth: Tensor, innocent: Tensor, target: int) -> Channel:
    """Measure what ``answers`` say beyond the truth.

    Args:
        answers: ``(n, classes)``, as the thief got them.
        truth: ``(n,)`` labels, or :data:`NO_TRUTH`.
        innocent: ``(n,)``, the top labels of a clean model, which stand in where there is no truth.
        target: the target class.
    """
    truth = torch.where(truth == NO_TRUTH, innocent, truth)
    top = answers.argmax(dim=1)
    wrong = top != truth
    others = truth != target
    mass = float(answers[others, target].mean()) if bool(others.any()) else 0.0
    return Channel(len(truth), share(wrong), share(wrong & (top == target)), mass)


def accuracy(model: FeatureNetwork, part: Split) -> float:
    """Return the agreement of ``model`` with the truth."""
    return share(predict(model, part.inputs).argmax(dim=1) == part.labels)


def fidelity(copy: FeatureNetwork, victim: FeatureNetwork, inputs: Tensor) -> float:
    """Return the agreement of ``copy`` with ``victim``, its mistakes included (Jagielski et al. 2020)."""
    return share(predict(copy, inputs).argmax(dim=1) == predict(victim, inputs).argmax(dim=1))


def _blended(dataset: Dataset, budget: int, generator: np.random.Generator) -> Split:
    inputs, labels = dataset.thief.inputs, dataset.thief.labels
    first, second = (torch.from_numpy(generator.integers(len(labels), size=budget)) for _ in range(2))
    mixed, truth = inputs[first], labels[first]
    blend, grainy = torch.arange(budget) % 3 == 1, torch.arange(budget) % 3 == 2
    mixed[blend] = (mixed[blend] + inputs[second[blend]]) / 2
    truth[blend & (labels[first] != labels[second])] = NO_TRUTH
    grain = torch.from_numpy(generator.normal(scale=_GRAIN, size=mixed[grainy].shape).astype(np.float32))
    mixed[grainy] += grain
    return Split(mixed.clamp(0, 1) if dataset.is_pictures else mixed, truth)
