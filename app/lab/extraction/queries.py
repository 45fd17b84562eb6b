"""The queries of an adversary that selects all of them in advance, from the task distribution to far away from it."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from app.lab.choices import INPUTS
from app.lab.extraction.prediction_api import PredictionAPI
from app.lab.task import datasets
from app.lab.task.datasets import Dataset, Split

NO_TRUTH = -1  # the label of an input that belongs to no class
_GRAIN = 0.3  # standard deviation of the noise in noisy inputs


def adversary_inputs(dataset: Dataset, which: str, budget: int, generator: np.random.Generator) -> Split:
    """Return the inputs that the adversary queries, with their true labels (which the adversary never uses).

    Args:
        dataset: the source of the inputs.
        which: ``"victim"``, the owner's own training inputs (the paper's setting); ``"unseen"``,
            inputs of the same task that the victim never saw; ``"blended"``, a third of those, a
            third means of two of them, a third with noise; ``"other"``, out-of-distribution inputs
            (:func:`~app.lab.task.datasets.of_another_kind`); ``"noise"``, uniform noise.
        budget: how many queries; there may be fewer inputs from the first two sources.
        generator: for inputs that are drawn or mixed.

    Returns:
        Inputs ``(n, ...)`` and labels ``(n,)``, :data:`NO_TRUTH` for an input of no class.

    Raises:
        ValueError: if there is no such source of inputs.
    """
    if which not in INPUTS:
        raise ValueError(f"The adversary's inputs are one of {', '.join(INPUTS)}, not {which!r}.")
    if which in ("victim", "unseen"):
        part = dataset.owner if which == "victim" else dataset.adversary
        return Split(part.inputs[:budget], part.labels[:budget])
    if which == "blended":
        return _blended(dataset, budget, generator)
    drawn = datasets.of_another_kind if which == "other" else datasets.noise
    return Split(drawn(dataset, budget, generator), torch.full((budget,), NO_TRUTH))


def queries(dataset: Dataset, which: str, budget: int) -> int:
    """Return the number of inputs that :func:`adversary_inputs` returns."""
    parts = {"victim": dataset.owner, "unseen": dataset.adversary}
    return min(budget, len(parts[which].labels)) if which in parts else budget


def query_all(api: PredictionAPI, inputs: Tensor, batch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Query all ``inputs`` in order; yield ``(inputs, answers)`` for each batch."""
    for part in inputs.split(batch):
        yield part, api.query(part)


def _blended(dataset: Dataset, budget: int, generator: np.random.Generator) -> Split:
    inputs, labels = dataset.adversary.inputs, dataset.adversary.labels
    first, second = (torch.from_numpy(generator.integers(len(labels), size=budget)) for _ in range(2))
    mixed, truth = inputs[first], labels[first]
    blend, grainy = torch.arange(budget) % 3 == 1, torch.arange(budget) % 3 == 2
    mixed[blend] = (mixed[blend] + inputs[second[blend]]) / 2
    truth[blend & (labels[first] != labels[second])] = NO_TRUTH
    grain = torch.from_numpy(generator.normal(scale=_GRAIN, size=mixed[grainy].shape).astype(np.float32))
    mixed[grainy] += grain
    return Split(datasets.clipped(mixed), truth)
