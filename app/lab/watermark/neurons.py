"""Which neurons answer to triggers, and which to genuine inputs: one set, or two?

A *neuron* here is one unit of a named layer, of a convolution one channel (its mean over all
places). The *share* of a neuron is its mean response to a group of inputs, divided by the sum of
those of its layer: how much of the layer's answer to that group it carries.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.lab.stories.events import Probe
from app.lab.task.networks import FeatureNetwork

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Division:
    """How the neurons of one layer divide the work, those that answer to triggers most first.

    Attributes:
        triggers: ``(neurons,)``, the share of each neuron in the answer to triggers; a neuron that is
            silent on both groups is left out.
        genuine: ``(neurons,)``, the same for genuine inputs.
        selectivity: ``(neurons,)``, falling; see :func:`selectivity`.
        overlap: of triggers and genuine inputs; see :func:`overlap`.
        usual: the control: the overlap of one class of genuine inputs with all of them, mean over the classes.
    """

    triggers: Shares
    genuine: Shares
    selectivity: Shares
    overlap: float
    usual: float


@torch.no_grad()
def activity(model: FeatureNetwork, inputs: Tensor) -> dict[str, NDArray[np.float64]]:
    """Return how strongly each neuron answers to each input, by layer: ``(n, neurons)``, not negative."""
    found = model.with_features(inputs)[1]
    # (n, channels, height, width) -> (n, channels)
    return {
        name: values.flatten(2).mean(2).numpy() if values.ndim > 2 else values.numpy() for name, values in found.items()
    }


def shares(active: NDArray[np.floating]) -> Shares:
    """Return the share of each neuron in the answer to a group, ``(neurons,)``, sum 1; all 0 where none answers.

    Args:
        active: ``(n, neurons)``, their activity on each input of the group.
    """
    mean = active.mean(axis=0, dtype=np.float64)
    total = mean.sum()
    return np.asarray(mean / total if total > 0 else mean)


def overlap(first: Shares, second: Shares) -> float:
    """Return how far two groups of inputs use the same neurons: the sum over all neurons of the smaller share.

    1: every neuron carries the same share of both; 0: no neuron answers to both. It is 1 minus the
    total variation distance of the two profiles.
    """
    return float(np.minimum(first, second).sum())


def selectivity(first: Shares, second: Shares) -> Shares:
    """Return ``(first - second) / (first + second)`` of each neuron: 1 if only the first group moves it, -1 if only
    the second, 0 if both do alike or none does.
    """
    total = first + second
    return np.divide(first - second, total, out=np.zeros_like(total), where=total > 0)


def division(active: NDArray[np.floating], probe: Probe) -> Division:
    """Return how the neurons of one layer divide triggers and genuine inputs among them.

    Args:
        active: ``(n, neurons)``, the activity of one layer on the inputs of the probe.
        probe: which of the inputs are triggers, and the classes of the others.
    """
    genuine_ones = active[~probe.is_trigger]
    labels = probe.labels[~probe.is_trigger]
    triggers, genuine = shares(active[probe.is_trigger]), shares(genuine_ones)
    by_class = [overlap(shares(genuine_ones[labels == label]), genuine) for label in np.unique(labels)]
    selective = selectivity(triggers, genuine)
    order = np.argsort(-selective, kind="stable")
    order = order[(triggers + genuine)[order] > 0]
    return Division(
        triggers[order], genuine[order], selective[order], overlap(triggers, genuine), float(np.mean(by_class))
    )
