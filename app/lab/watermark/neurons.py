"""Which neurons respond to triggers, and which to genuine inputs.

A *neuron* is one unit of a named layer or, in a convolution, one channel (its mean over all
positions). The *share* of a neuron is its mean activation on a group of inputs, divided by the sum of
the mean activations of its layer.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.lab.task.networks import FeatureNetwork

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Division:
    """How the neurons of one layer respond to triggers and genuine inputs, in order of decreasing selectivity.

    Attributes:
        triggers: ``(neurons,)``, the share of each neuron on triggers; neurons that are silent on both
            groups are left out.
        genuine: ``(neurons,)``, the same for genuine inputs.
        selectivity: ``(neurons,)``, in decreasing order; see :func:`selectivity`.
        overlap: of triggers and genuine inputs; see :func:`overlap`.
        usual: the control: the overlap of one class of genuine inputs with all of them, averaged over classes.
    """

    triggers: Shares
    genuine: Shares
    selectivity: Shares
    overlap: float
    usual: float


@torch.no_grad()
def activity(model: FeatureNetwork, inputs: Tensor) -> dict[str, NDArray[np.float64]]:
    """Return the activation of each neuron on each input, by layer: ``(n, neurons)``, not negative."""
    found = model.with_features(inputs)[1]
    # (n, channels, height, width) -> (n, channels)
    return {
        name: values.flatten(2).mean(2).numpy() if values.ndim > 2 else values.numpy() for name, values in found.items()
    }


def shares(active: NDArray[np.floating]) -> Shares:
    """Return the share of each neuron on a group, ``(neurons,)``: they sum to 1, or are all 0 if none is active.

    Args:
        active: ``(n, neurons)``, the activations on the group.
    """
    mean = active.mean(axis=0, dtype=np.float64)
    total = mean.sum()
    return np.asarray(mean / total if total > 0 else mean)


def overlap(first: Shares, second: Shares) -> float:
    """Return to what extent two groups use the same neurons: the sum over neurons of the smaller share.

    1: every neuron has equal shares; 0: no neuron responds to both groups. This is 1 minus the total
    variation distance between the two distributions of shares.
    """
    return float(np.minimum(first, second).sum())


def selectivity(first: Shares, second: Shares) -> Shares:
    """Return ``(first - second) / (first + second)`` of each neuron.

    1: it responds to the first group only; -1: to the second only; 0: to both equally, or to neither.
    """
    total = first + second
    return np.divide(first - second, total, out=np.zeros_like(total), where=total > 0)


def division(active: NDArray[np.floating], labels: NDArray[np.int64], is_trigger: NDArray[np.bool_]) -> Division:
    """Return how the neurons of one layer respond to triggers and genuine inputs.

    Args:
        active: ``(n, neurons)``, the activations of one layer.
        labels: ``(n,)``, the classes of the genuine inputs (those of triggers are ignored).
        is_trigger: ``(n,)``, which inputs are triggers.
    """
    of_genuine = active[~is_trigger]
    labels = labels[~is_trigger]
    triggers, genuine = shares(active[is_trigger]), shares(of_genuine)
    by_class = [overlap(shares(of_genuine[labels == label]), genuine) for label in np.unique(labels)]
    selective = selectivity(triggers, genuine)
    order = np.argsort(-selective, kind="stable")
    order = order[(triggers + genuine)[order] > 0]
    return Division(
        triggers[order], genuine[order], selective[order], overlap(triggers, genuine), float(np.mean(by_class))
    )
