"""Entangled watermark embedding (EWE): joint training of task and watermark (Jia et al. 2021, algorithm 1).

With kappa = 0, the same loop trains the naive watermark on identical batches: the SNNL is the only difference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice

import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab.choices import SCHEDULES
from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork
from app.lab.task.training import (
    Descent,
    Optimisation,
    Step,
    batches_per_epoch,
    blending_stream,
    task_batches,
    task_loss,
    task_steps,
)
from app.lab.watermark.snnl import soft_nearest_neighbor_loss
from app.lab.watermark.temperatures import Temperatures


@dataclass(frozen=True)
class Entanglement:
    """The extra term of EWE on watermark batches: ``-kappa * sum of SNNL over layers``.

    The cross-entropy is a mean over the batch. The authors' code sums it: divide their kappa by the batch size.
    ``temperature`` is that of all layers at the start; with a ``temperature_rate``, each layer's is learned
    (:class:`~app.lab.watermark.temperatures.Temperatures`).
    """

    kappa: float
    temperature: float
    layers: tuple[str, ...]
    metric: str = "cosine"
    temperature_rate: float = 0.0


def watermarked_steps(inputs: int, how: Optimisation, task_per_watermark: int) -> int:
    """Return the number of steps that :func:`train_watermarked` yields."""
    return task_steps(inputs, how) + task_steps(inputs, how) // task_per_watermark


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
    """Train ``model`` on its task and on (trigger, target); yield each step after it is taken.

    The batch rule: every ``task_per_watermark`` task batches are followed by one watermark batch. The loss of a
    task batch is the cross-entropy, that of a watermark batch :func:`watermark_loss`; half of a watermark batch
    are triggers, half genuine inputs of the target class. All task data is visited once per epoch (but see
    ``schedule``).

    Args:
        model: changed in place.
        task: the owner's inputs and labels.
        triggers: ``(n, ...)``, n >= 2.
        target: the target class, the label of every trigger.
        how: epochs, batch size, learning rate.
        entanglement: kappa, temperature and layers of the SNNL.
        task_per_watermark: the number of task batches before each watermark batch.
        generator: for the order of the batches.
        schedule: ``"all"``, with the task batches in the order of :func:`~app.lab.task.training.train_task`
            from an equal generator; or ``"released"``, with as many task batches, but only the first few of
            them, cycled: ``task_per_watermark`` for each batch of triggers. This is what the authors'
            released code does, since it resets its counter of task batches with each pass over the
            triggers. The model slowly forgets the rest of its task, *towards the target class*.

    Raises:
        ValueError: if there is no such schedule.
    """
    descent = Descent(model, how, watermarked_steps(len(task.labels), how, task_per_watermark))
    companions = task.inputs[task.labels == target]
    half = min(how.batch_size // 2, len(triggers), len(companions))
    batches = _task_batches(schedule, task, how, batches_per_epoch(len(triggers), half) * task_per_watermark, generator)
    blending = blending_stream(generator)
    watermark_order = torch.Generator().manual_seed(generator.initial_seed() ^ 1)
    temperatures = Temperatures(entanglement.layers, entanglement.temperature, entanglement.temperature_rate)
    number = 0
    for visited, rows in enumerate(batches, start=1):
        loss = task_loss(model, task.inputs[rows], task.labels[rows], how, blending)
        descent.step(loss)
        number += 1
        yield Step(number, "task", loss.item())
        if visited % task_per_watermark:
            continue
        genuine, drawn = _draw(companions, half, watermark_order), _draw(triggers, half, watermark_order)
        total, loss, snnl = watermark_loss(model, genuine, drawn, target, entanglement, temperatures.values)
        temperatures.follow(snnl)
        descent.step(total)
        number += 1
        yield Step(number, "watermark", loss.item(), {name: value.item() for name, value in snnl.items()})


def watermark_loss(
    model: FeatureNetwork,
    companions: Tensor,
    triggers: Tensor,
    target: int,
    how: Entanglement,
    temperatures: Mapping[str, float | Tensor] | None = None,
) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Return the loss of one watermark batch, its cross-entropy, and the SNNL of each entangled layer.

    ``cross-entropy - kappa * sum of SNNL`` (Jia et al. 2021, eq. 1); all inputs are labelled with the
    target class. If kappa is 0, no SNNL is computed.

    Args:
        model: the model in training.
        companions: ``(n, ...)`` genuine inputs of the target class, group 0.
        triggers: ``(m, ...)``, group 1.
        target: the target class.
        how: kappa, temperature and layers of the SNNL.
        temperatures: of each layer, where they differ from that of ``how``.
    """
    logits, features = model.with_features(torch.cat([companions, triggers]))
    groups = (torch.arange(len(logits)) >= len(companions)).long()
    loss = functional.cross_entropy(logits, torch.full((len(logits),), target))
    if how.kappa == 0:
        return loss, loss, {}
    snnl = snnl_of_layers(features, groups, how, temperatures)
    return loss - how.kappa * torch.stack(list(snnl.values())).sum(), loss, snnl


def snnl_of_layers(
    features: dict[str, Tensor],
    groups: Tensor,
    how: Entanglement,
    temperatures: Mapping[str, float | Tensor] | None = None,
) -> dict[str, Tensor]:
    """Return the SNNL of each of ``how.layers``, given features ``(b, ...)`` by layer and groups ``(b,)``.

    ``temperatures``: of each layer, where they differ from that of ``how``.
    """
    of_layer = temperatures or dict.fromkeys(how.layers, how.temperature)
    return {name: soft_nearest_neighbor_loss(features[name], groups, of_layer[name], how.metric) for name in how.layers}


def _task_batches(
    schedule: str, task: Split, how: Optimisation, revisited: int, generator: Generator
) -> Iterator[Tensor]:
    """Return the rows of each task batch: of all data, or (``"released"``) of the first ``revisited`` batches."""
    if schedule not in SCHEDULES:
        raise ValueError(f"There is no schedule {schedule!r}; choose one of {', '.join(SCHEDULES)}.")
    batches = task_batches(len(task.labels), how, generator)
    if schedule == "all":
        return batches
    return islice(cycle(list(islice(batches, revisited))), task_steps(len(task.labels), how))


def _draw(inputs: Tensor, count: int, generator: Generator) -> Tensor:
    return inputs[torch.randperm(len(inputs), generator=generator)[:count]]
