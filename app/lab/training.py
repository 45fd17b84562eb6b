"""Training, as a story: every function here is a generator that yields what each step did.

``train_task`` teaches a model its task (and a thief his copy). ``train_watermarked`` teaches task
and watermark together; with weight 0 it is the naive watermark, with weight kappa > 0 it is EWE
(Jia et al. 2020, algorithm 1). Nothing here prints, draws, sleeps or knows who listens.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor
from torch.nn import functional
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR

from app.lab.datasets import Split
from app.lab.models import FeatureNetwork
from app.lab.snnl import soft_nearest_neighbor_loss


@dataclass(frozen=True)
class Step:
    """What one optimiser step did: its batch (``"task"`` or ``"watermark"``) and its losses."""

    number: int
    batch: str
    cross_entropy: float
    snnl: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Optimisation:
    """How a model is fitted: by Adam, with a rate that rises for an eighth of the steps and then falls.

    It falls along a half cosine to a twentieth. The rise matters where SNNL sets in: at full rate,
    its first steps can wreck what the task training has learnt, for some seeds beyond repair.
    """

    epochs: int
    batch_size: int
    learning_rate: float


@dataclass(frozen=True)
class Entanglement:
    """The extra term of EWE on watermark batches: ``-weight * sum of SNNL over layers``.

    ``weight`` is kappa, for a cross-entropy that is a mean over the batch (the authors' code sums
    it: divide their kappa by the batch size).
    """

    weight: float
    temperature: float
    layers: tuple[str, ...]
    metric: str = "cosine"


def batches_per_epoch(inputs: int, batch_size: int) -> int:
    """Return the number of batches in an epoch; the last, smaller one counts."""
    return -(-inputs // batch_size)


def task_steps(inputs: int, how: Optimisation) -> int:
    """Return how many steps :func:`train_task` will yield."""
    return how.epochs * batches_per_epoch(inputs, how.batch_size)


def watermarked_steps(inputs: int, how: Optimisation, task_per_watermark: int) -> int:
    """Return how many steps :func:`train_watermarked` will yield."""
    return task_steps(inputs, how) + task_steps(inputs, how) // task_per_watermark


def train_task(
    model: FeatureNetwork, inputs: Tensor, targets: Tensor, how: Optimisation, generator: Generator
) -> Iterator[Step]:
    """Fit ``model`` to ``targets``; yield each step after it was taken.

    Args:
        model: changed in place.
        inputs: ``(n, ...)``.
        targets: ``(n,)`` class labels, or ``(n, classes)`` probabilities (a thief's answers).
        how: epochs, batch size, learning rate.
        generator: of the order of the batches.
    """
    optimiser, schedule = _optimiser(model, how, task_steps(len(inputs), how))
    for number, rows in enumerate(_task_batches(len(inputs), how, generator), start=1):
        loss = functional.cross_entropy(model(inputs[rows]), targets[rows])
        _descend(loss, optimiser, schedule)
        yield Step(number, "task", loss.item())


def train_watermarked(
    model: FeatureNetwork,
    task: Split,
    triggers: Tensor,
    target: int,
    how: Optimisation,
    entanglement: Entanglement,
    task_per_watermark: int,
    generator: Generator,
) -> Iterator[Step]:
    """Fit ``model`` to its task and to (trigger, target); yield each step after it was taken.

    All task data is visited once an epoch. After every ``task_per_watermark`` task batches comes
    one watermark batch: half triggers (group 1), half genuine inputs of the target class (group
    0), all labelled with the target. Its loss is ``cross-entropy - kappa * sum of SNNL``; task
    batches leave SNNL out. With kappa = 0 this is the naive watermark, on the very same batches.

    Args:
        model: changed in place.
        task: the owner's inputs and labels.
        triggers: ``(n, ...)``, n >= 2.
        target: the label that triggers shall get.
        how: epochs, batch size, learning rate.
        entanglement: weight, temperature and layers of the SNNL.
        task_per_watermark: task batches before each watermark batch.
        generator: of the order of the batches. Task batches come in the same order as in
            :func:`train_task` from an equal generator.
    """
    steps = watermarked_steps(len(task.labels), how, task_per_watermark)
    optimiser, schedule = _optimiser(model, how, steps)
    marks = torch.Generator().manual_seed(generator.initial_seed() ^ 1)
    companions = task.inputs[task.labels == target]
    half = min(how.batch_size // 2, len(triggers), len(companions))
    groups = torch.arange(2 * half) // half  # 0: companions, 1: triggers
    number = 0
    for visited, rows in enumerate(_task_batches(len(task.labels), how, generator), start=1):
        loss = functional.cross_entropy(model(task.inputs[rows]), task.labels[rows])
        _descend(loss, optimiser, schedule)
        number += 1
        yield Step(number, "task", loss.item())
        if visited % task_per_watermark:
            continue
        mixed = torch.cat([_draw(companions, half, marks), _draw(triggers, half, marks)])
        logits, features = model.with_features(mixed)
        loss = functional.cross_entropy(logits, torch.full((2 * half,), target))
        snnl = _snnl(features, groups, entanglement)
        total = loss - entanglement.weight * torch.stack(list(snnl.values())).sum() if snnl else loss
        _descend(total, optimiser, schedule)
        number += 1
        yield Step(number, "watermark", loss.item(), {name: value.item() for name, value in snnl.items()})


def _snnl(features: dict[str, Tensor], groups: Tensor, how: Entanglement) -> dict[str, Tensor]:
    if how.weight == 0:
        return {}
    return {
        name: soft_nearest_neighbor_loss(features[name], groups, how.temperature, how.metric) for name in how.layers
    }


def _optimiser(model: FeatureNetwork, how: Optimisation, steps: int) -> tuple[Adam, LambdaLR]:
    rising = max(1, steps // 8)

    def share(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        fallen = (step - rising) / max(1, steps - rising)
        return 0.05 + 0.95 * (1 + math.cos(math.pi * fallen)) / 2

    optimiser = Adam(model.parameters(), lr=how.learning_rate, fused=True)
    return optimiser, LambdaLR(optimiser, share)


def _descend(loss: Tensor, optimiser: Adam, schedule: LambdaLR) -> None:
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    schedule.step()


def _task_batches(count: int, how: Optimisation, generator: Generator) -> Iterator[Tensor]:
    for _ in range(how.epochs):
        yield from torch.randperm(count, generator=generator).split(how.batch_size)


def _draw(inputs: Tensor, count: int, generator: Generator) -> Tensor:
    return inputs[torch.randperm(len(inputs), generator=generator)[:count]]
