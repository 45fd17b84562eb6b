"""Equation solving: d + 1 answers determine a logistic regression (Tramèr et al. 2016, sec. 4.1).

Its confidences p satisfy ``log p_k - log p_0 = (w_k - w_0) . x + (b_k - b_0)`` for each class k, which is
linear in the weights. With the origin and the d unit vectors as queries, the right-hand side gives the
biases and the weights directly. Adding one vector to all w_k changes no answer, so w_0 and b_0 are set to 0.
"""

import math

import torch
from torch import Tensor

from app.lab.task import networks
from app.lab.task.networks import FeatureNetwork

_LEAST = 1e-12  # replaces a confidence that was rounded to 0, whose logarithm is infinite


def queries(shape: tuple[int, ...]) -> int:
    """Return the number of queries needed, d + 1, where inputs of this shape have d entries."""
    return math.prod(shape) + 1


def inputs(shape: tuple[int, ...]) -> Tensor:
    """Return the queries, ``(d + 1, *shape)`` float64: the origin, then the unit vectors."""
    d = math.prod(shape)
    return torch.cat([torch.zeros(1, d), torch.eye(d)]).double().reshape(d + 1, *shape)


def solve(copy: FeatureNetwork, answers: Tensor) -> None:
    """Set the weights of ``copy`` to the solution for the first answers to :func:`inputs`, ``(n, classes)``.

    The weights of entries whose unit vector was not queried are 0.
    """
    logs = answers.double().clamp_min(_LEAST).log()
    relative = logs - logs[:, :1]  # (n, classes)
    weights = torch.zeros_like(copy.readout.weight)
    weights[:, : len(answers) - 1] = (relative[1:] - relative[0]).T
    with torch.no_grad():
        copy.readout.weight.copy_(weights)
        copy.readout.bias.copy_(relative[0])


def largest_error(copy: FeatureNetwork, victim: FeatureNetwork) -> float:
    """Return the largest absolute difference between their weights and biases, each relative to those of class 0."""
    gaps = []
    for name in ("weight", "bias"):
        own, theirs = (getattr(model.readout, name).detach() for model in (copy, victim))
        gaps.append(((own - own[:1]) - (theirs - theirs[:1])).abs().max())
    return float(torch.stack(gaps).max())


def logistic_regression(shape: tuple[int, ...], classes: int, generator: torch.Generator) -> FeatureNetwork:
    """Build an untrained logistic regression in float64: float32 confidences cannot give weights to 1e-6."""
    return networks.linear(shape, classes, generator).double()
