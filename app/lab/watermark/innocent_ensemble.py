"""Cheap innocent models with gradients, against which the owner perturbs the triggers (:func:`~.triggers.perturb`).

The innocent models that lean towards a target are linear or nearly so (a logistic regression, a linear SVM, a
perceptron), and they do not share the blind spots of the network that the victims start from. So triggers are moved
away from two linear models, a perceptron and a network of the victim's architecture with other weights, each trained on
a half of the owner's data: innocent models learn from other inputs than the owner's, and differ by as much.
"""

from collections.abc import Iterator
from itertools import chain

from torch import nn

from app.lab import choices
from app.lab.randomness import torch_stream
from app.lab.task.datasets import Dataset, Split
from app.lab.task.networks import FeatureNetwork, build, linear
from app.lab.task.training import Optimisation, Step, batches_per_epoch, train_task

_STEPS = 100  # of each: enough for an innocent model, not for a good one
_FLAT_BATCH, _BATCH = 250, 64  # a large batch costs the models without convolutions next to nothing
_LEARNING_RATE = 0.01


def ensemble(dataset: Dataset, network: str, seed: int) -> tuple[tuple[FeatureNetwork, ...], Iterator[Step]]:
    """Return innocent models, and the steps that train them in about a second.

    The models are two linear ones, a perceptron, and the victim's network. They are trained while one takes the steps,
    which may be left before their end.

    Args:
        dataset: whose part for the owner they are trained on.
        network: the victim's architecture.
        seed: of the run; each model has random streams of its own.
    """
    owner, shape, classes = dataset.owner, dataset.shape, dataset.classes
    halves = [Split(owner.inputs[start::2], owner.labels[start::2]) for start in (0, 1)]
    flat = [linear(shape, classes, torch_stream(seed, "innocent linear")) for _ in halves]
    for model in flat:
        nn.init.zeros_(model.readout.weight)  # a pixel that is never lit keeps the weight 0, as in any such regression
    other = choices.another(network, dataset.form)
    perceptron = build(other, shape, classes, torch_stream(seed, "innocent perceptron"))
    another = build(network, shape, classes, torch_stream(seed, "innocent network"))
    steps = chain(
        _learn(flat[0], halves[0], _FLAT_BATCH, seed, "linear"),
        _learn(flat[1], halves[1], _FLAT_BATCH, seed, "other linear"),
        _learn(perceptron, halves[1], _FLAT_BATCH, seed, "perceptron"),
        _learn(another, halves[0], _BATCH, seed, "network"),
    )
    return (*flat, perceptron, another), steps


def _learn(model: FeatureNetwork, part: Split, batch_size: int, seed: int, name: str) -> Iterator[Step]:
    epochs = max(1, round(_STEPS / batches_per_epoch(len(part.labels), batch_size)))
    how = Optimisation(epochs, batch_size, _LEARNING_RATE)
    return train_task(model, part.inputs, part.labels, how, torch_stream(seed, f"innocent {name} learns"))
