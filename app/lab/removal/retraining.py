"""Attacks that train: on the adversary's few labels, on his copy's answers, or from the start in another way."""

from collections.abc import Iterator, Sequence
from copy import deepcopy

import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab.removal.resources import Attempt, Resources, answers_of, fit
from app.lab.task import networks, representation
from app.lab.task.networks import FeatureNetwork

HEALING_EPOCHS = 10  # of fine-tuning after an operation
NUDGE = 0.1  # how far inputs are pushed towards the nearest boundary, in units of their range


def fine_tuning(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Train on for ``strength`` epochs, on the inputs that the adversary labelled himself."""
    for epochs in strengths:
        tuned = deepcopy(copy)
        fit(tuned, resources.own.inputs, resources.own.labels, resources.how, epochs, generator)
        yield Attempt(epochs, answers_of(tuned))


def fine_pruning(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Switch off the share ``strength`` of the last layer's units, the most dormant first, then fine-tune.

    Liu, Dolan-Gavitt and Garg 2018 (arXiv 1805.12185): units that sleep on honest inputs may be
    those that wake on triggers. A unit that is off answers 0 and gets no gradient: it stays off.
    """
    layer = copy.layers[-1]
    activity = representation.features(copy, resources.spare)[layer].mean(dim=0)  # (units,)
    for share in strengths:
        patient = deepcopy(copy)
        if share > 0:
            with torch.no_grad():
                dormant = activity.argsort(stable=True)[: int(share * len(activity))]
                for parameter in patient.weights[layer].parameters():
                    parameter[dormant] = 0
            fit(patient, resources.own.inputs, resources.own.labels, resources.how, HEALING_EPOCHS, generator)
        yield Attempt(share, answers_of(patient))


def distillation(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Let a fresh student, ``strength`` times narrower, learn the copy's confidences on unlabelled inputs.

    Hinton, Vinyals and Dean 2015 (arXiv 1503.02531), at temperature 1; as a defence against
    backdoors: Papernot et al. 2016. A theft of the theft: the mark has to pass once more.
    """
    lessons = torch.cat([resources.own.inputs, resources.spare])
    confidences = networks.predict(copy, lessons).softmax(dim=1)
    for narrower in strengths:
        student = copy
        if narrower > 0:
            shape = tuple(lessons.shape[1:])
            student = networks.build(resources.network, shape, resources.classes, generator, narrower=int(narrower))
            fit(student, lessons, confidences, resources.how, resources.how.epochs, generator)
        yield Attempt(narrower, answers_of(student))


def reshaping(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Redraw the boundaries for ``strength`` epochs: wide margins around honest inputs, no opinion far from them.

    In the spirit of WRK (Xiao et al. 2025, arXiv 2511.07947), which reshapes decision boundaries
    because entangled features resist; not a reproduction of it. Entanglement ties a mark to the
    *features* of a class, but its triggers still lie far from the task. So the adversary trains on his
    labelled inputs, on the same pushed towards the nearest boundary (labelled truthfully), and on
    inputs of no class, for which every class shall be as likely as any other.
    """
    pushed = _pushed(copy, resources.own.inputs, resources.own.labels)
    truth = functional.one_hot(resources.own.labels, resources.classes).float()
    indifferent = torch.full((len(resources.far), resources.classes), 1 / resources.classes)
    inputs, targets = torch.cat([resources.own.inputs, pushed, resources.far]), torch.cat([truth, truth, indifferent])
    for epochs in strengths:
        reshaped = deepcopy(copy)
        fit(reshaped, inputs, targets, resources.how, epochs, generator)
        yield Attempt(epochs, answers_of(reshaped))


def _pushed(model: FeatureNetwork, inputs: Tensor, labels: Tensor) -> Tensor:
    """Return ``inputs`` moved by one sign step up the loss (Goodfellow et al. 2015); pictures stay in [0, 1]."""
    inputs = inputs.detach().requires_grad_()
    loss = functional.cross_entropy(model(inputs), labels)
    moved = inputs.detach() + NUDGE * torch.autograd.grad(loss, inputs)[0].sign()
    return moved.clamp(0, 1) if inputs.ndim > 2 else moved
