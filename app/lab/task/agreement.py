"""How far models agree: with the truth (accuracy), and with each other (fidelity)."""

from torch import Tensor

from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork, predict


def accuracy(model: FeatureNetwork, part: Split) -> float:
    """Return the agreement of ``model`` with the truth."""
    return share(predict(model, part.inputs).argmax(dim=1) == part.labels)


def fidelity(copy: FeatureNetwork, victim: FeatureNetwork, inputs: Tensor) -> float:
    """Return the agreement of ``copy`` with ``victim``, its mistakes included (Jagielski et al. 2020)."""
    return share(predict(copy, inputs).argmax(dim=1) == predict(victim, inputs).argmax(dim=1))


def share(which: Tensor) -> float:
    """Return the fraction of true entries, ``(n,)`` bool, exact to the last digit of a float."""
    return int(which.sum()) / len(which)
