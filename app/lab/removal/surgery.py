"""Attacks on the weights alone: magnitude pruning, quantisation, noise. They need no data and no training."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy

import torch
from torch import Generator, Tensor

from app.lab.removal.resources import Attempt, Resources, answers_of
from app.lab.task.networks import FeatureNetwork

FULL_BITS = 32  # of a weight as it was trained


def pruning(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Set the share ``strength`` of each layer's weights to zero, the smallest first (Han et al. 2015)."""
    yield from _operated(copy, strengths, pruned)


def quantisation(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Round weights to fewer bits; the strength is the number of bits saved of :data:`FULL_BITS`."""
    yield from _operated(copy, strengths, lambda weights, saved: quantised(weights, FULL_BITS - int(saved)))


def noise(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Add Gaussian noise to the weights, of ``strength`` standard deviations of their layer."""

    def blurred(weights: Tensor, strength: float) -> Tensor:
        return weights + strength * weights.std() * torch.randn(weights.shape, generator=generator)

    yield from _operated(copy, strengths, blurred)


def pruned(weights: Tensor, share: float) -> Tensor:
    """Return ``weights`` with the ``share`` of them that is smallest in size set to zero."""
    order = weights.flatten().abs().argsort(stable=True)
    kept = torch.ones(weights.numel(), dtype=torch.bool)
    kept[order[: int(share * weights.numel())]] = False
    return weights * kept.reshape(weights.shape)


def quantised(weights: Tensor, bits: int) -> Tensor:
    """Return ``weights`` rounded to ``2 ** bits - 1`` evenly spaced values around zero, the largest kept.

    Raises:
        ValueError: for fewer than 2 bits, which leave one value.
    """
    if bits < 2:
        raise ValueError(f"Weights need 2 bits or more; {bits} leave a single value.")
    step = weights.abs().max() / (2 ** (bits - 1) - 1)
    if bits >= FULL_BITS or step == 0:
        return weights
    rounded: Tensor = (weights / step).round() * step
    return rounded


def _operated(
    copy: FeatureNetwork, strengths: Sequence[float], operation: Callable[[Tensor, float], Tensor]
) -> Iterator[Attempt]:
    """Yield the copy with ``operation`` done to the weights of each layer; biases are left alone."""
    for strength in strengths:
        patient = deepcopy(copy)
        with torch.no_grad():
            for parameter in patient.parameters():
                if strength > 0 and parameter.ndim > 1:
                    parameter.copy_(operation(parameter, strength))
        yield Attempt(strength, answers_of(patient))
