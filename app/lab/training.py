"""Training, as a story: every function here is a generator that yields what each step did.

``train_task`` teaches a model its task (and a thief his copy). ``train_watermarked`` teaches task
and watermark together; with weight 0 it is the naive watermark, with weight kappa > 0 it is EWE
(Jia et al. 2020, algorithm 1). Nothing here prints, draws, sleeps or knows who listens.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

import torch
from torch import Generator, Tensor
from torch.nn import functional
from torch.optim import Adam

from app.lab.datasets import Split
from app.lab.models import FeatureNetwork
from app.lab.snnl import soft_nearest_neighbor_loss

SCHEDULES = ("all", "released")


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
    descent = _Descent(model, how, task_steps(len(inputs), how))
    for number, rows in enumerate(_task_batches(len(inputs), how, generator), start=1):
        loss = functional.cross_entropy(model(inputs[rows]), targets[rows])
        descent.step(loss)
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
    schedule: str = "all",
) -> Iterator[Step]:
    """Fit ``model`` to its task and to (trigger, target); yield each step after it was taken.

    All task data is visited once an epoch (but see ``schedule``). After every ``task_per_watermark`` task batches comes
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
        generator: of the order of the batches.
        schedule: ``"all"``, with the task batches in the order of :func:`train_task` from an equal
            generator, or ``"released"``: as many task batches, but always the same few, as
            many as there are batches of triggers. The authors' released code does so, since it
            starts its count of task batches anew with each pass over the triggers: what the model
            does not see again, it slowly forgets, *towards the target class*.

    Raises:
        ValueError: if there is no such schedule.
    """
    if schedule not in SCHEDULES:
        raise ValueError(f"There is no schedule {schedule!r}; choose one of {', '.join(SCHEDULES)}.")
    descent = _Descent(model, how, watermarked_steps(len(task.labels), how, task_per_watermark))
    marks = torch.Generator().manual_seed(generator.initial_seed() ^ 1)
    companions = task.inputs[task.labels == target]
    half = min(how.batch_size // 2, len(triggers), len(companions))
    batches = _task_batches(len(task.labels), how, generator)
    if schedule == "released":
        passed_over = batches_per_epoch(len(triggers), half) * task_per_watermark
        batches = islice(cycle(list(islice(batches, passed_over))), task_steps(len(task.labels), how))
    number = 0
    for visited, rows in enumerate(batches, start=1):
        loss = functional.cross_entropy(model(task.inputs[rows]), task.labels[rows])
        descent.step(loss)
        number += 1
        yield Step(number, "task", loss.item())
        if visited % task_per_watermark:
            continue
        total, loss, snnl = watermark_loss(
            model, _draw(companions, half, marks), _draw(triggers, half, marks), target, entanglement
        )
        descent.step(total)
        number += 1
        yield Step(number, "watermark", loss.item(), {name: value.item() for name, value in snnl.items()})


def train_separated(
    model: FeatureNetwork,
    inputs: Tensor,
    targets: Tensor,
    groups: Tensor,
    how: Optimisation,
    entanglement: Entanglement,
    generator: Generator,
) -> Iterator[Step]:
    """Fit ``model`` to ``targets`` as :func:`train_task` does, and pull ``groups`` of inputs apart or together.

    The loss is ``cross-entropy - weight * sum of SNNL``; a *negative* weight minimises the SNNL.

    Args:
        model: changed in place.
        inputs: ``(n, ...)``.
        targets: ``(n,)`` class labels, or ``(n, classes)`` probabilities.
        groups: ``(n,)`` integers; in a batch, a member without a second one is left out of the SNNL.
        how: epochs, batch size, learning rate.
        entanglement: weight, temperature and layers of the SNNL.
        generator: of the order of the batches.
    """
    descent = _Descent(model, how, task_steps(len(inputs), how))
    for number, rows in enumerate(_task_batches(len(inputs), how, generator), start=1):
        logits, features = model.with_features(inputs[rows])
        loss = functional.cross_entropy(logits, targets[rows])
        _, places, sizes = groups[rows].unique(return_inverse=True, return_counts=True)
        accompanied = (sizes > 1)[places]
        together = {name: values[accompanied] for name, values in features.items()}
        snnl = _snnl(together, groups[rows][accompanied], entanglement) if (sizes > 1).sum() > 1 else {}
        total = loss - entanglement.weight * torch.stack(list(snnl.values())).sum() if snnl else loss
        descent.step(total)
        yield Step(number, "task", loss.item(), {name: value.item() for name, value in snnl.items()})


def watermark_loss(
    model: FeatureNetwork, companions: Tensor, triggers: Tensor, target: int, how: Entanglement
) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Return the loss of one watermark batch, its cross-entropy, and the SNNL of each entangled layer.

    ``cross-entropy - kappa * sum of SNNL`` (Jia et al. 2020, eq. 1), all inputs labelled with the
    target; no SNNL is computed where kappa is 0.

    Args:
        model: in training.
        companions: ``(n, ...)`` genuine inputs of the target class, group 0.
        triggers: ``(m, ...)``, group 1.
        target: the target class.
        how: weight, temperature and layers of the SNNL.
    """
    logits, features = model.with_features(torch.cat([companions, triggers]))
    groups = (torch.arange(len(logits)) >= len(companions)).long()
    loss = functional.cross_entropy(logits, torch.full((len(logits),), target))
    snnl = _snnl(features, groups, how)
    total = loss - how.weight * torch.stack(list(snnl.values())).sum() if snnl else loss
    return total, loss, snnl


def _snnl(features: dict[str, Tensor], groups: Tensor, how: Entanglement) -> dict[str, Tensor]:
    if how.weight == 0:
        return {}
    return {
        name: soft_nearest_neighbor_loss(features[name], groups, how.temperature, how.metric) for name in how.layers
    }


class _Descent:
    """Adam, with a rate that rises and then falls; see :class:`Optimisation`."""

    def __init__(self, model: FeatureNetwork, how: Optimisation, steps: int) -> None:
        self._optimiser = Adam(model.parameters(), lr=how.learning_rate, fused=True)
        self._rates = _rates(how.learning_rate, steps)

    def step(self, loss: Tensor) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = next(self._rates)
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()


def _rates(highest: float, steps: int) -> Iterator[float]:
    """Yield the learning rate of each step."""
    rising = max(1, steps // 8)
    for step in range(steps):
        if step < rising:
            yield highest * (step + 1) / rising
        else:
            fallen = (step - rising) / max(1, steps - rising)
            yield highest * (0.05 + 0.95 * (1 + math.cos(math.pi * fallen)) / 2)


def _task_batches(count: int, how: Optimisation, generator: Generator) -> Iterator[Tensor]:
    for _ in range(how.epochs):
        yield from torch.randperm(count, generator=generator).split(how.batch_size)


def _draw(inputs: Tensor, count: int, generator: Generator) -> Tensor:
    return inputs[torch.randperm(len(inputs), generator=generator)[:count]]
