"""Affinity: what innocent models take a trigger for, before anybody has marked anything.

A mark whose target innocent models give anyway proves nothing against a copy, and convicts the innocent; much of what
looks like the survival of a naive mark is affinity. So the owner asks a panel of innocent models first, and rules out
the targets to which any of them inclines.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BOUND = 0.05  # a target that any innocent model gives to more of the triggers is ruled out


@dataclass(frozen=True)
class Affinity:
    """How often each innocent model answers triggers with each class.

    Attributes:
        models: their names.
        shares: ``(models, classes)``, the share of the triggers that each model answers with each class; rows sum to 1.
    """

    models: tuple[str, ...]
    shares: NDArray[np.float64]

    @property
    def worst(self) -> NDArray[np.float64]:
        """The affinity of each class, ``(classes,)``: its share with the model that gives it most often."""
        return np.asarray(self.shares.max(axis=0))

    def worst_model(self, target: int) -> str:
        """Return which model gives the class ``target`` most often."""
        return self.models[int(self.shares[:, target].argmax())]

    @property
    def looks_like(self) -> int:
        """The class that the triggers are taken for: that of the largest share, averaged over the models."""
        return int(self.shares.mean(axis=0).argmax())

    def is_ruled_out(self, target: int, bound: float = BOUND) -> bool:
        """Return whether any model gives the class ``target`` to more than ``bound`` of the triggers."""
        return bool(self.worst[target] > bound)

    def allowed(self, bound: float = BOUND) -> tuple[int, ...]:
        """Return the targets that no model inclines to, the least taken first (of equals, the lower class)."""
        mean = self.shares.mean(axis=0)
        left = [target for target in range(len(self.worst)) if not self.is_ruled_out(target, bound)]
        return tuple(sorted(left, key=lambda target: (self.worst[target], mean[target], target)))


def affinity(answers: Mapping[str, NDArray[np.int64]], classes: int) -> Affinity:
    """Return the affinity of triggers to each class, given what each innocent model answers.

    Args:
        answers: by model, the top label of each trigger, ``(n,)``.
        classes: how many classes there are.

    Raises:
        ValueError: if there is no model or no trigger, the models answered different numbers of triggers, or a label
            is no class.
    """
    if not answers or not all(len(labels) for labels in answers.values()):
        raise ValueError("The affinity of triggers needs at least one innocent model and one trigger.")
    if len({len(labels) for labels in answers.values()}) > 1:
        raise ValueError("All innocent models must be asked the same triggers.")
    given = np.stack(list(answers.values()))
    if given.min() < 0 or given.max() >= classes:
        raise ValueError(f"The answers of innocent models must be classes from 0 to {classes - 1}.")
    shares = (given[:, :, None] == np.arange(classes)).mean(axis=1)
    return Affinity(tuple(answers), shares)
