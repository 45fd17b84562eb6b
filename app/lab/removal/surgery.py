"""Attacks on the weights alone: magnitude pruning, quantisation, noise. They need neither data nor training."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy

import torch
from torch import Generator, Tensor

from app.lab.removal.resources import Attempt, Resources, answers_of
from app.lab.task.networks import FeatureNetwork

FULL_BITS = 32  # per weight, in training


def pruning(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Set the share ``strength`` of each layer's weights to zero, those of smallest magnitude (Han et al. 2015)."""
    yield from _changed(copy, strengths, pruned)


def quantisation(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Round weights to fewer bits; the strength is the number of bits saved out of :data:`FULL_BITS`."""
    yield from _changed(copy, strengths, lambda weights, saved: quantised(weights, FULL_BITS - int(saved)))


def noise(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Add Gaussian noise to the weights, with ``strength`` times the standard deviation of their layer's weights."""

    def noisy(weights: Tensor, strength: float) -> Tensor:
        return weights + strength * weights.std() * torch.randn(weights.shape, generator=generator)

    yield from _changed(copy, strengths, noisy)


def pruned(weights: Tensor, share: float) -> Tensor:
    """Return ``weights`` with a ``share`` of them, those of smallest magnitude, set to zero."""
    order = weights.flatten().abs().argsort(stable=True)
    kept = torch.ones(weights.numel(), dtype=torch.bool)
    kept[order[: int(share * weights.numel())]] = False
    return weights * kept.reshape(weights.shape)


def quantised(weights: Tensor, bits: int) -> Tensor:
    """Return ``weights`` rounded to ``2 ** bits - 1`` evenly spaced values around zero; the largest magnitude is exact.

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


def _changed(
    copy: FeatureNetwork, strengths: Sequence[float], operation: Callable[[Tensor, float], Tensor]
) -> Iterator[Attempt]:
    """Yield copies with ``operation`` applied to the weights of each layer; biases are unchanged."""
    for strength in strengths:
        changed = deepcopy(copy)
        with torch.no_grad():
            for parameter in changed.parameters():
                if strength > 0 and parameter.ndim > 1:
                    parameter.copy_(operation(parameter, strength))
        yield Attempt(strength, answers_of(changed))
