"""Training, as a generator that yields each optimiser step.

Victims are trained on labels; a copy is trained the same way, on the victim's answers.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Generator, Tensor
from torch.nn import functional
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR

from app.lab.choices import Batch
from app.lab.task.networks import FeatureNetwork


@dataclass(frozen=True)
class Step:
    """One optimiser step: its number from 1 on, its batch and its losses (the SNNL by layer; empty on task batches)."""

    number: int
    batch: Batch
    cross_entropy: float
    snnl: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Optimisation:
    """How a model is trained: with Adam, at a rate that rises for an eighth of the steps and then falls.

    ``learning_rate`` is the peak; from there, the rate falls along a half cosine to a twentieth of it. The
    warm-up matters when the SNNL is switched on: at the full rate, the first steps can destroy what the task
    training has learnt, for some seeds irreparably.
    """

    epochs: int
    batch_size: int
    learning_rate: float


def batches_per_epoch(inputs: int, batch_size: int) -> int:
    """Return the number of batches in an epoch, including a last, smaller one."""
    return -(-inputs // batch_size)


def task_steps(inputs: int, how: Optimisation) -> int:
    """Return how many steps :func:`train_task` will yield."""
    return how.epochs * batches_per_epoch(inputs, how.batch_size)


def train_task(
    model: FeatureNetwork, inputs: Tensor, targets: Tensor, how: Optimisation, generator: Generator
) -> Iterator[Step]:
    """Fit ``model`` to ``targets``; yield each step after it is taken.

    Args:
        model: changed in place.
        inputs: ``(n, ...)``.
        targets: ``(n,)`` class labels, or ``(n, classes)`` probabilities (a victim's answers).
        how: epochs, batch size, learning rate.
        generator: for the order of the batches.
    """
    descent = Descent(model, how, task_steps(len(inputs), how))
    for number, rows in enumerate(task_batches(len(inputs), how, generator), start=1):
        loss = functional.cross_entropy(model(inputs[rows]), targets[rows])
        descent.step(loss)
        yield Step(number, "task", loss.item())


def task_batches(count: int, how: Optimisation, generator: Generator) -> Iterator[Tensor]:
    """Yield the row indices of each batch: all ``count`` inputs once per epoch, in a new order each time."""
    for _ in range(how.epochs):
        yield from torch.randperm(count, generator=generator).split(how.batch_size)


class Descent:
    """Adam with the schedule of :func:`learning_rate`."""

    def __init__(self, model: FeatureNetwork, how: Optimisation, steps: int) -> None:
        """Optimise the parameters of ``model`` for a total of ``steps`` steps."""
        # LambdaLR multiplies: with a base rate of 1, the factor is exactly the rate.
        self._optimiser = Adam(model.parameters(), lr=1.0, fused=True)
        self._rate = LambdaLR(self._optimiser, partial(learning_rate, how.learning_rate, steps))

    def step(self, loss: Tensor) -> None:
        """Take one step that decreases ``loss``."""
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self._rate.step()


def learning_rate(peak: float, steps: int, step: int) -> float:
    """Return the learning rate of step 0, 1, ..., ``steps - 1``; see :class:`Optimisation`."""
    rising = max(1, steps // 8)
    if step < rising:
        return peak * (step + 1) / rising
    fallen = (step - rising) / max(1, steps - rising)
    return peak * (0.05 + 0.95 * (1 + math.cos(math.pi * fallen)) / 2)
