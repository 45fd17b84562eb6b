"""The owner's own loss turned against the mark: train a copy anew, and *minimise* the SNNL between its classes."""

from collections.abc import Iterator, Sequence

import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab.removal.resources import Attempt, Resources, answers_of
from app.lab.task import networks
from app.lab.task.networks import FeatureNetwork
from app.lab.task.training import Descent, Optimisation, Step, task_batches, task_steps
from app.lab.watermark.ewe import Entanglement, snnl_of_layers

TEMPERATURE = 0.1  # at which classes are pulled apart


def disentangling(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Train the copy anew on the API's answers, and minimise the SNNL between its classes with kappa = -``strength``.

    Where classes lie far apart, a trigger that was woven into one of them may fall out. The last feature
    layer is separated, by the answers' top labels.
    """
    top = resources.answers.argmax(dim=1)
    for strength in strengths:
        adapted = copy
        if strength > 0:
            adapted = networks.build(resources.network, tuple(resources.asked.shape[1:]), resources.classes, generator)
            apart = Entanglement(-strength, TEMPERATURE, adapted.layers[-1:])
            for _ in train_separated(adapted, resources.asked, resources.answers, top, resources.how, apart, generator):
                pass
        yield Attempt(strength, answers_of(adapted))


def train_separated(
    model: FeatureNetwork,
    inputs: Tensor,
    targets: Tensor,
    groups: Tensor,
    how: Optimisation,
    entanglement: Entanglement,
    generator: Generator,
) -> Iterator[Step]:
    """Fit ``model`` to ``targets`` as :func:`~app.lab.task.training.train_task` does, and pull ``groups`` apart.

    The loss is ``cross-entropy - kappa * sum of SNNL``; a *negative* kappa minimises the SNNL.

    Args:
        model: changed in place.
        inputs: ``(n, ...)``.
        targets: ``(n,)`` class labels, or ``(n, classes)`` probabilities.
        groups: ``(n,)`` integers; in a batch, a member without a second one is left out of the SNNL.
        how: epochs, batch size, learning rate.
        entanglement: kappa, temperature and layers of the SNNL.
        generator: of the order of the batches.
    """
    descent = Descent(model, how, task_steps(len(inputs), how))
    for number, rows in enumerate(task_batches(len(inputs), how, generator), start=1):
        logits, features = model.with_features(inputs[rows])
        loss = functional.cross_entropy(logits, targets[rows])
        _, places, sizes = groups[rows].unique(return_inverse=True, return_counts=True)
        accompanied = (sizes > 1)[places]
        snnl: dict[str, Tensor] = {}
        if entanglement.kappa != 0 and (sizes > 1).sum() > 1:
            together = {name: values[accompanied] for name, values in features.items()}
            snnl = snnl_of_layers(together, groups[rows][accompanied], entanglement)
        total = loss - entanglement.kappa * torch.stack(list(snnl.values())).sum() if snnl else loss
        descent.step(total)
        yield Step(number, "task", loss.item(), {name: value.item() for name, value in snnl.items()})
