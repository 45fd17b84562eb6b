"""Accuracy and fidelity: agreement of a model with the truth, and of a copy with its victim."""

from torch import Tensor

from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork, predict


def accuracy(model: FeatureNetwork, part: Split) -> float:
    """Return the share of the inputs of ``part`` that ``model`` classifies correctly."""
    return share(predict(model, part.inputs).argmax(dim=1) == part.labels)


def fidelity(copy: FeatureNetwork, victim: FeatureNetwork, inputs: Tensor) -> float:
    """Return the share of ``inputs`` to which ``copy`` and ``victim`` give the same label (Jagielski et al. 2020).

    Copied mistakes count as agreement."""
    return share(predict(copy, inputs).argmax(dim=1) == predict(victim, inputs).argmax(dim=1))


def share(which: Tensor) -> float:
    """Return the fraction of entries of ``which``, ``(n,)`` bool, that are true (an exact count, divided once)."""
    return int(which.sum()) / len(which)
