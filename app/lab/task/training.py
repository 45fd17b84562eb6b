"""Training, as a generator that yields each optimiser step.

Victims are trained on labels; a copy is trained the same way, on the victim's answers.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

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

    Attributes:
        epochs: how often all inputs are visited.
        batch_size: inputs per step.
        learning_rate: the peak.
        smoothing: the share of each label that is spread over all classes (Szegedy et al. 2016). A model trained so is
            less sure of what it knows, and more accurate here.
        averaging: in the second half of the steps, the weights are averaged exponentially, and this is the share of the
            average that each step keeps; the average is the result (Polyak averaging). 0: the last weights are.
        mixing: alpha of mixup (Zhang et al. 2018), see :func:`task_loss`. 0: no mixup.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    smoothing: float = 0.0
    averaging: float = 0.0
    mixing: float = 0.0


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
    blending = blending_stream(generator)
    for number, rows in enumerate(task_batches(len(inputs), how, generator), start=1):
        loss = task_loss(model, inputs[rows], targets[rows], how, blending)
        descent.step(loss)
        yield Step(number, "task", loss.item())


def task_batches(count: int, how: Optimisation, generator: Generator) -> Iterator[Tensor]:
    """Yield the row indices of each batch: all ``count`` inputs once per epoch, in a new order each time."""
    for _ in range(how.epochs):
        yield from torch.randperm(count, generator=generator).split(how.batch_size)


def task_loss(
    model: FeatureNetwork, inputs: Tensor, targets: Tensor, how: Optimisation, blending: np.random.Generator
) -> Tensor:
    """Return the loss of one task batch: the cross-entropy, smoothed and mixed as ``how`` says.

    With mixup, each input is blended with another one of the batch, in one proportion for all, drawn from
    Beta(alpha, alpha); the loss is that of the two labels, in the same proportion. Who is trained so does not learn the
    training inputs by heart, and answers them much as others.

    Args:
        model: the model in training.
        inputs: ``(b, ...)``.
        targets: ``(b,)`` labels or ``(b, classes)`` probabilities.
        how: the smoothing and the mixing.
        blending: for the proportions and the partners, see :func:`blending_stream`.
    """
    if not how.mixing:
        return functional.cross_entropy(model(inputs), targets, label_smoothing=how.smoothing)
    share, partner = float(blending.beta(how.mixing, how.mixing)), torch.from_numpy(blending.permutation(len(inputs)))
    logits = model(torch.lerp(inputs[partner], inputs, share))
    own, other = (
        functional.cross_entropy(logits, labels, label_smoothing=how.smoothing)
        for labels in (targets, targets[partner])
    )
    return share * own + (1 - share) * other


def blending_stream(generator: Generator) -> np.random.Generator:
    """Return a stream for mixup that depends on the seed of ``generator``, and leaves its state alone."""
    return np.random.default_rng((generator.initial_seed(), 2))


class Descent:
    """Adam with the schedule of :func:`learning_rate`, and the average of the weights if there is one.

    After the last step, the model has the average as its weights.
    """

    def __init__(self, model: FeatureNetwork, how: Optimisation, steps: int) -> None:
        """Optimise the parameters of ``model`` for a total of ``steps`` steps."""
        self._model = model
        self._average: AveragedModel | None = None
        self._averaging = how.averaging
        self._steps = steps
        self._taken = 0
        # LambdaLR multiplies: with a base rate of 1, the factor is exactly the rate.
        self._optimiser = Adam(model.parameters(), lr=1.0, fused=True)
        self._rate = LambdaLR(self._optimiser, partial(learning_rate, how.learning_rate, steps))

    def step(self, loss: Tensor) -> None:
        """Take one step that decreases ``loss``."""
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self._rate.step()
        self._taken += 1
        if self._averaging and self._taken > self._steps // 2:
            self._keep()

    def _keep(self) -> None:
        """Take the weights into the average; after the last step, take the average for the weights."""
        if self._average is None:
            rule = get_ema_multi_avg_fn(self._averaging)
            self._average = AveragedModel(self._model, multi_avg_fn=rule)
        self._average.update_parameters(self._model)
        if self._taken == self._steps:
            self._model.load_state_dict(self._average.module.state_dict())


def learning_rate(peak: float, steps: int, step: int) -> float:
    """Return the learning rate of step 0, 1, ..., ``steps - 1``; see :class:`Optimisation`."""
    rising = max(1, steps // 8)
    if step < rising:
        return peak * (step + 1) / rising
    fallen = (step - rising) / max(1, steps - rising)
    return peak * (0.05 + 0.95 * (1 + math.cos(math.pi * fallen)) / 2)
