"""Equation solving: a logistic regression is known after d + 1 answers (Tramèr et al. 2016, sec. 4.1).

Its confidences p satisfy ``log p_k - log p_0 = (w_k - w_0) . x + (b_k - b_0)`` for each class k: an
equation that is linear in the weights. Asked the origin and the d unit vectors, one reads the
solution off. What cannot be told from any answer, a vector that is added to all w_k, is set to 0.
"""

import math

import torch
from torch import Tensor

from app.lab.task import networks
from app.lab.task.networks import FeatureNetwork

_LEAST = 1e-12  # stands in for a confidence that was rounded to 0, whose logarithm is infinite


def queries(shape: tuple[int, ...]) -> int:
    """Return how many queries solve it: d + 1, for d numbers in an input of this shape."""
    return math.prod(shape) + 1


def inputs(shape: tuple[int, ...]) -> Tensor:
    """Return the queries, ``(d + 1, *shape)`` float64: the origin, then a one in each place."""
    d = math.prod(shape)
    return torch.cat([torch.zeros(1, d), torch.eye(d)]).double().reshape(d + 1, *shape)


def solve(copy: FeatureNetwork, answers: Tensor) -> None:
    """Set the weights of ``copy`` to the solution for the first answers to :func:`inputs`, ``(n, classes)``.

    An input whose unit vector was not asked yet gets the weight 0.
    """
    logs = answers.double().clamp_min(_LEAST).log()
    relative = logs - logs[:, :1]  # (n, classes)
    weights = torch.zeros_like(copy.readout.weight)
    weights[:, : len(answers) - 1] = (relative[1:] - relative[0]).T
    with torch.no_grad():
        copy.readout.weight.copy_(weights)
        copy.readout.bias.copy_(relative[0])


def largest_error(copy: FeatureNetwork, victim: FeatureNetwork) -> float:
    """Return the largest difference of a weight or bias, each relative to those of class 0."""
    gaps = []
    for name in ("weight", "bias"):
        mine, theirs = (getattr(model.readout, name).detach() for model in (copy, victim))
        gaps.append(((mine - mine[:1]) - (theirs - theirs[:1])).abs().max())
    return float(torch.stack(gaps).max())


def logistic_regression(shape: tuple[int, ...], classes: int, generator: torch.Generator) -> FeatureNetwork:
    """Build an untrained one, in float64: 1e-6 is beyond what a float32 confidence can tell."""
    return networks.linear(shape, classes, generator).double()
