"""Attacks that train: on the adversary's labelled inputs, on the copy's answers, or on perturbed inputs."""

from collections.abc import Iterator, Sequence
from copy import deepcopy

import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab.removal.resources import Attempt, Resources, answers_of, fit
from app.lab.task import datasets, networks, representation
from app.lab.task.networks import FeatureNetwork

REPAIR_EPOCHS = 10  # of fine-tuning after pruning
PERTURBATION = 0.1  # size of the sign step towards the decision boundary, in units of the input range


def fine_tuning(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Train further for ``strength`` epochs on the adversary's labelled inputs."""
    for epochs in strengths:
        tuned = deepcopy(copy)
        fit(tuned, resources.own.inputs, resources.own.labels, resources.how, epochs, generator)
        yield Attempt(epochs, answers_of(tuned))


def fine_pruning(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Switch off the share ``strength`` of the last layer's units, the most dormant first, then fine-tune.

    Liu, Dolan-Gavitt and Garg 2018 (arXiv 1805.12185): units that are dormant on honest inputs may be
    those that respond to triggers. A unit that is off has output 0 and gets no gradient, so it stays off.
    """
    layer = copy.layers[-1]
    activity = representation.features(copy, resources.spare)[layer].mean(dim=0)  # (units,)
    for share in strengths:
        pruned = deepcopy(copy)
        if share > 0:
            with torch.no_grad():
                dormant = activity.argsort(stable=True)[: int(share * len(activity))]
                for parameter in pruned.weights[layer].parameters():
                    parameter[dormant] = 0
            fit(pruned, resources.own.inputs, resources.own.labels, resources.how, REPAIR_EPOCHS, generator)
        yield Attempt(share, answers_of(pruned))


def distillation(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Train a new student, ``strength`` times narrower, on the copy's confidences for the adversary's inputs.

    Hinton, Vinyals and Dean 2015 (arXiv 1503.02531), at temperature 1; as a defence: Papernot et
    al. 2016. It extracts the copy once more, and the mark has to survive a second extraction.
    """
    inputs = torch.cat([resources.own.inputs, resources.spare])
    confidences = networks.predict(copy, inputs).softmax(dim=1)
    for narrower in strengths:
        student = copy
        if narrower > 0:
            shape = tuple(inputs.shape[1:])
            student = networks.build(resources.network, shape, resources.classes, generator, narrower=int(narrower))
            fit(student, inputs, confidences, resources.how, resources.how.epochs, generator)
        yield Attempt(narrower, answers_of(student))


def reshaping(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Train for ``strength`` epochs for wide margins around honest inputs and uniform confidences far from them.

    In the spirit of WRK (Xiao et al. 2025, arXiv 2511.07947), which reshapes decision boundaries
    because entangled features are hard to remove; this is not a reproduction. Entanglement ties a mark to
    the *features* of a class, but its triggers still lie far from the task. The training set is the
    adversary's labelled inputs, the same inputs perturbed towards the decision boundary (with their true
    labels), and out-of-distribution inputs with uniform targets.
    """
    perturbed = _perturbed(copy, resources.own.inputs, resources.own.labels)
    truth = functional.one_hot(resources.own.labels, resources.classes).float()
    uniform = torch.full((len(resources.far), resources.classes), 1 / resources.classes)
    inputs, targets = torch.cat([resources.own.inputs, perturbed, resources.far]), torch.cat([truth, truth, uniform])
    for epochs in strengths:
        reshaped = deepcopy(copy)
        fit(reshaped, inputs, targets, resources.how, epochs, generator)
        yield Attempt(epochs, answers_of(reshaped))


def _perturbed(model: FeatureNetwork, inputs: Tensor, labels: Tensor) -> Tensor:
    """Return ``inputs`` after one sign step up the loss (FGSM, Goodfellow et al. 2015), clipped like all inputs."""
    inputs = inputs.detach().requires_grad_()
    loss = functional.cross_entropy(model(inputs), labels)
    moved = inputs.detach() + PERTURBATION * torch.autograd.grad(loss, inputs)[0].sign()
    return datasets.clipped(moved)
