"""Events of a poisoned regression: the attacker's points, TRIM's rounds, and the lines that other fits draw."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Placed:
    """The attacker's points ``(k,)`` after a round of the ascent, and the error of the line on the clean points."""

    round: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    loss: float


@dataclass(frozen=True)
class Trimmed:
    """One round of TRIM, as in :mod:`app.lab.poisoning.trim`; ``kept`` is ``(n,)`` bool, clean points first."""

    restart: int
    round: int
    kept: NDArray[np.bool_]
    slope: float
    intercept: float
    loss: float


@dataclass(frozen=True)
class Fitted:
    """The line of one method, and its mean squared error on the clean points."""

    method: str
    slope: float
    intercept: float
    clean_loss: float


class FitResult(TypedDict):
    """One line, as in :class:`Fitted`."""

    slope: float
    intercept: float
    clean_loss: float


class PoisoningResult(TypedDict):
    """The result of a poisoned regression, in JSON: every line by its method, and how much poison TRIM kept."""

    seed: int
    clean: int
    poison: int
    told: int
    poison_kept: int
    fits: dict[str, FitResult]
    seconds: float
