"""Attacks that train: on the thief's few labels, on his copy's answers, or from the start in another way."""

from collections.abc import Iterator, Sequence
from copy import deepcopy

import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab import models, representation, training
from app.lab.models import FeatureNetwork
from app.lab.removal.loot import Attempt, Loot, answers_of, fit

HEALING_EPOCHS = 10  # of fine-tuning after an operation
TEMPERATURE = 0.1  # at which classes are pulled apart
NUDGE = 0.1  # how far inputs are pushed towards the nearest boundary, in units of their range


def fine_tuning(
    copy: FeatureNetwork, loot: Loot, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Train on for ``strength`` epochs, on the inputs that the thief labelled himself."""
    for epochs in strengths:
        tuned = deepcopy(copy)
        fit(tuned, loot.own.inputs, loot.own.labels, loot.how, epochs, generator)
        yield Attempt(epochs, answers_of(tuned))


def fine_pruning(
    copy: FeatureNetwork, loot: Loot, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Switch off the share ``strength`` of the last layer's units, the most dormant first, then fine-tune.

    Liu, Dolan-Gavitt and Garg 2018 (arXiv 1805.12185): units that sleep on honest inputs may be
    those that wake on triggers. A unit that is off answers 0 and gets no gradient: it stays off.
    """
    layer = copy.layers[-1]
    activity = representation.features(copy, loot.spare)[layer].mean(dim=0)  # (units,)
    for share in strengths:
        patient = deepcopy(copy)
        if share > 0:
            with torch.no_grad():
                dormant = activity.argsort(stable=True)[: int(share * len(activity))]
                for parameter in patient.weights[layer].parameters():
                    parameter[dormant] = 0
            fit(patient, loot.own.inputs, loot.own.labels, loot.how, HEALING_EPOCHS, generator)
        yield Attempt(share, answers_of(patient))


def distillation(
    copy: FeatureNetwork, loot: Loot, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Let a fresh student, ``strength`` times narrower, learn the copy's confidences on unlabelled inputs.

    Hinton, Vinyals and Dean 2015 (arXiv 1503.02531), at temperature 1; as a defence against
    backdoors: Papernot et al. 2016. A theft of the theft: the mark has to pass once more.
    """
    lessons = torch.cat([loot.own.inputs, loot.spare])
    confidences = models.predict(copy, lessons).softmax(dim=1)
    for narrower in strengths:
        student = copy
        if narrower > 0:
            shape = tuple(lessons.shape[1:])
            student = models.build(loot.network, shape, loot.classes, generator, narrower=int(narrower))
            fit(student, lessons, confidences, loot.how, loot.how.epochs, generator)
        yield Attempt(narrower, answers_of(student))


def disentangling(
    copy: FeatureNetwork, loot: Loot, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Train the copy anew on the API's answers, and *minimise* the SNNL between its classes with weight ``strength``.

    The owner's own loss turned against him: where classes lie far apart, a trigger that was woven
    into one of them may fall out. The last feature layer is separated, by the answers' top labels.
    """
    top = loot.answers.argmax(dim=1)
    for weight in strengths:
        adapted = copy
        if weight > 0:
            adapted = models.build(loot.network, tuple(loot.asked.shape[1:]), loot.classes, generator)
            apart = training.Entanglement(-weight, TEMPERATURE, adapted.layers[-1:])
            for _ in training.train_separated(adapted, loot.asked, loot.answers, top, loot.how, apart, generator):
                pass
        yield Attempt(weight, answers_of(adapted))


def reshaping(copy: FeatureNetwork, loot: Loot, strengths: Sequence[float], generator: Generator) -> Iterator[Attempt]:
    """Redraw the boundaries for ``strength`` epochs: wide margins around honest inputs, no opinion far from them.

    In the spirit of WRK (Xiao et al. 2025, arXiv 2511.07947), which reshapes decision boundaries
    because entangled features resist; not a reproduction of it. Entanglement ties a mark to the
    *features* of a class, but its triggers still lie far from the task. So the thief trains on his
    labelled inputs, on the same pushed towards the nearest boundary (labelled truthfully), and on
    inputs of no class, for which every class shall be as likely as any other.
    """
    pushed = _pushed(copy, loot.own.inputs, loot.own.labels)
    truth = functional.one_hot(loot.own.labels, loot.classes).float()
    indifferent = torch.full((len(loot.far), loot.classes), 1 / loot.classes)
    inputs, targets = torch.cat([loot.own.inputs, pushed, loot.far]), torch.cat([truth, truth, indifferent])
    for epochs in strengths:
        reshaped = deepcopy(copy)
        fit(reshaped, inputs, targets, loot.how, epochs, generator)
        yield Attempt(epochs, answers_of(reshaped))


def _pushed(model: FeatureNetwork, inputs: Tensor, labels: Tensor) -> Tensor:
    """Return ``inputs`` moved by one sign step up the loss (Goodfellow et al. 2015); pictures stay in [0, 1]."""
    inputs = inputs.detach().requires_grad_()
    loss = functional.cross_entropy(model(inputs), labels)
    moved = inputs.detach() + NUDGE * torch.autograd.grad(loss, inputs)[0].sign()
    return moved.clamp(0, 1) if inputs.ndim > 2 else moved
