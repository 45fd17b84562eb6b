"""What the answers of a panel of innocents grant to a suspect; no model is needed for it, only what it answered.

The models of a panel are named by their family and a number: ``random forest #3``.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.lab.ownership import binomial


def model_name(family: str, number: int) -> str:
    """Return the name of a model of the panel; numbers count from 1."""
    return f"{family} #{number}"


def family_of(model: str) -> str:
    """Return the family of a model, by its name."""
    return model.partition(" #")[0]


def successes(answers: Mapping[str, NDArray[np.int64]], target: int) -> dict[str, int]:
    """Return, for each family of the panel, how many secret answers its worst model gave.

    Args:
        answers: by model, its top labels for the triggers, ``(n,)``.
        target: the secret answer.
    """
    worst: dict[str, int] = {}
    for model, labels in answers.items():
        family = family_of(model)
        worst[family] = max(worst.get(family, 0), int((labels == target).sum()))
    return worst


def granted(answers: Mapping[str, NDArray[np.int64]], target: int) -> float:
    """Return the innocent rate p0 of a claim: :func:`binomial.innocent_rate` of the panel's worst model.

    Raises:
        ValueError: if there is no model, or no trigger.
    """
    if not answers:
        raise ValueError("The rate of innocent models needs at least one of them.")
    asked = len(next(iter(answers.values())))
    return binomial.innocent_rate(max(successes(answers, target).values()), asked)
