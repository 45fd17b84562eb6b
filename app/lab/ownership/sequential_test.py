"""Wald's sequential test: ask one trigger, then decide: convict, acquit, or ask another.

Two hypotheses about the rate at which the suspect gives the secret answer: ``p0``, an innocent's,
and ``p1``, the least that a copy is expected to show. After ``n`` queries with ``k`` secret answers
the likelihood ratio is::

    L_n = (p1 / p0)^k  ((1 - p1) / (1 - p0))^(n - k)

Convict once ``L_n >= 1 / alpha``, acquit once ``L_n <= beta``. Wald (1945) takes the slightly
narrower ``(1 - beta) / alpha`` and ``beta / (1 - alpha)``, whose errors are only nearly alpha and
beta; these hold exactly, whenever one stops (Ville 1939), and that is what a court needs.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.lab.ownership.exact_test import POWER, SIGNIFICANCE

LEAST_PUBLISHED = 0.187  # survival of EWE on CIFAR-10, the lowest in the paper's table (Jia et al. 2020)
MOST_QUERIES = 1000


@dataclass(frozen=True)
class Plan:
    """What the court fixes *before* it asks.

    ``alpha`` bounds the share of innocents (at the rate ``p0`` or below) who are convicted, ``beta``
    the share of copies (at ``p1`` or above) who are acquitted.

    Raises:
        ValueError: unless ``0 < p0 < p1 < 1`` and both errors lie between 0 and 1.
    """

    p0: float
    p1: float = LEAST_PUBLISHED
    alpha: float = SIGNIFICANCE
    beta: float = 1 - POWER

    def __post_init__(self) -> None:
        """Check the plan at the door."""
        if not 0 < self.p0 < self.p1 < 1:
            raise ValueError(f"A sequential test needs 0 < p0 < p1 < 1; p0 is {self.p0:.4g} and p1 {self.p1:.4g}.")
        if not (0 < self.alpha < 1 and 0 < self.beta < 1):
            raise ValueError(f"Both errors must lie between 0 and 1; they are {self.alpha} and {self.beta}.")

    @property
    def bounds(self) -> tuple[float, float]:
        """The natural logarithms of the ratio at which the suspect is acquitted, and convicted."""
        return math.log(self.beta), -math.log(self.alpha)

    @property
    def steps(self) -> tuple[float, float]:
        """What an honest answer, and a secret one, add to the logarithm of the ratio."""
        return math.log((1 - self.p1) / (1 - self.p0)), math.log(self.p1 / self.p0)


@dataclass(frozen=True)
class Decision:
    """How a sequential test ended: ``convicted`` is None while neither bound is reached after ``queries``."""

    convicted: bool | None
    queries: int


@dataclass(frozen=True)
class Prospects:
    """What awaits a suspect of one rate: how likely each end is, and how many queries it takes on average."""

    convicted: float
    acquitted: float
    queries: float


def log_ratios(answers: NDArray[np.bool_], plan: Plan) -> NDArray[np.float64]:
    """Return ``log L_n`` after each query, ``(n,)``, for ``answers`` ``(n,)``: which were the secret one."""
    honest, secret = plan.steps
    return np.cumsum(np.where(answers, secret, honest))


def decide(answers: NDArray[np.bool_], plan: Plan) -> Decision:
    """Ask until a bound is reached; ``answers`` ``(n,)`` are those that the suspect would give, in order."""
    ratios = log_ratios(answers, plan)
    acquit, convict = plan.bounds
    ended = np.flatnonzero((ratios <= acquit) | (ratios >= convict))
    if not len(ended):
        return Decision(None, len(answers))
    first = int(ended[0])
    return Decision(bool(ratios[first] >= convict), first + 1)


def prospects(plan: Plan, rate: float, most: int = MOST_QUERIES) -> Prospects:
    """Return exactly what awaits a suspect who gives the secret answer at ``rate``, asked ``most`` times at most.

    The distribution of ``k`` among the tests that go on is carried from query to query. What is
    neither convicted nor acquitted is undecided after ``most``.

    Raises:
        ValueError: unless ``0 <= rate <= 1``.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"A rate must lie between 0 and 1; it is {rate}.")
    honest, secret = plan.steps
    acquit, convict = plan.bounds
    going = np.zeros(most + 1)  # P(still asking, k secret answers so far)
    going[0] = 1.0
    convicted = acquitted = queries = 0.0
    secrets = np.arange(most + 1)
    for asked in range(1, most + 1):
        queries += float(going.sum())
        going = going * (1 - rate) + np.concatenate([[0.0], going[:-1]]) * rate
        ratios = secrets * secret + (asked - secrets) * honest
        guilty, free = ratios >= convict, ratios <= acquit
        convicted += float(going[guilty].sum())
        acquitted += float(going[free].sum())
        going[guilty | free] = 0.0
        if going.sum() < 1e-12:
            break
    return Prospects(convicted, acquitted, queries)
