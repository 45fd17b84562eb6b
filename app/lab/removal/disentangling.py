"""Disentangling: train a new copy and *minimise* the SNNL between its classes, the opposite of EWE."""

from collections.abc import Iterator, Sequence

import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab.removal.resources import Attempt, Resources, answers_of
from app.lab.task import networks
from app.lab.task.networks import FeatureNetwork
from app.lab.task.training import Descent, Optimisation, Step, task_batches, task_steps
from app.lab.watermark.ewe import Entanglement, snnl_of_layers

TEMPERATURE = 0.1  # of the SNNL that is minimised


def disentangling(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Train a new copy on the API's answers, minimising the SNNL between its classes with kappa = -``strength``.

    If classes are well separated, triggers that were entangled with one of them may no longer be. The classes
    are the answers' top labels, the features those of the last layer.
    """
    top = resources.answers.argmax(dim=1)
    for strength in strengths:
        retrained = copy
        if strength > 0:
            retrained = networks.build(
                resources.network, tuple(resources.asked.shape[1:]), resources.classes, generator
            )
            apart = Entanglement(-strength, TEMPERATURE, retrained.layers[-1:])
            for _ in train_separated(
                retrained, resources.asked, resources.answers, top, resources.how, apart, generator
            ):
                pass
        yield Attempt(strength, answers_of(retrained))


def train_separated(
    model: FeatureNetwork,
    inputs: Tensor,
    targets: Tensor,
    groups: Tensor,
    how: Optimisation,
    entanglement: Entanglement,
    generator: Generator,
) -> Iterator[Step]:
    """Train ``model`` as :func:`~app.lab.task.training.train_task` does, with the SNNL of ``groups`` in the loss.

    The loss is ``cross-entropy - kappa * sum of SNNL``; a *negative* kappa minimises the SNNL.

    Args:
        model: changed in place.
        inputs: ``(n, ...)``.
        targets: ``(n,)`` class labels, or ``(n, classes)`` probabilities.
        groups: ``(n,)`` integers; the only member of its group in a batch is left out of the SNNL.
        how: epochs, batch size, learning rate.
        entanglement: kappa, temperature and layers of the SNNL.
        generator: for the order of the batches.
    """
    descent = Descent(model, how, task_steps(len(inputs), how))
    for number, rows in enumerate(task_batches(len(inputs), how, generator), start=1):
        logits, features = model.with_features(inputs[rows])
        loss = functional.cross_entropy(logits, targets[rows])
        _, places, sizes = groups[rows].unique(return_inverse=True, return_counts=True)
        paired = (sizes > 1)[places]
        snnl: dict[str, Tensor] = {}
        if entanglement.kappa != 0 and (sizes > 1).sum() > 1:
            of_paired = {name: values[paired] for name, values in features.items()}
            snnl = snnl_of_layers(of_paired, groups[rows][paired], entanglement)
        total = loss - entanglement.kappa * torch.stack(list(snnl.values())).sum() if snnl else loss
        descent.step(total)
        yield Step(number, "task", loss.item(), {name: value.item() for name, value in snnl.items()})
