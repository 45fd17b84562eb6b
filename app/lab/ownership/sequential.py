"""Wald's sequential probability ratio test: after each query, convict, acquit, or query again.

There are two hypotheses about the suspect's rate of secret answers: ``p0``, the innocent rate, and ``p1``,
the lowest rate expected of a copy. After ``n`` queries with ``k`` secret answers, the likelihood ratio is::

    L_n = (p1 / p0)^k  ((1 - p1) / (1 - p0))^(n - k)

The test convicts as soon as ``L_n >= 1 / alpha`` and acquits as soon as ``L_n <= beta``. Wald (1945) uses the
slightly narrower bounds ``(1 - beta) / alpha`` and ``beta / (1 - alpha)``, for which the error rates alpha and
beta are approximate. With the bounds used here they are never exceeded, whenever the test stops (Ville 1939).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.lab.ownership.binomial import POWER, SIGNIFICANCE

LEAST_PUBLISHED = 0.187  # survival of EWE on CIFAR-10, the lowest in the paper's table (Jia et al. 2021)
MOST_QUERIES = 1000


@dataclass(frozen=True)
class Plan:
    """The parameters of the test, fixed *before* the first query.

    ``alpha`` bounds the share of innocents (rate ``p0`` or lower) that are convicted, ``beta`` the share of
    copies (rate ``p1`` or higher) that are acquitted.

    Raises:
        ValueError: unless ``0 < p0 < p1 < 1`` and both errors lie between 0 and 1.
    """

    p0: float
    p1: float = LEAST_PUBLISHED
    alpha: float = SIGNIFICANCE
    beta: float = 1 - POWER

    def __post_init__(self) -> None:
        """Check the parameters."""
        if not 0 < self.p0 < self.p1 < 1:
            raise ValueError(f"A sequential test needs 0 < p0 < p1 < 1; p0 is {self.p0:.4g} and p1 {self.p1:.4g}.")
        if not (0 < self.alpha < 1 and 0 < self.beta < 1):
            raise ValueError(f"Both errors must lie between 0 and 1; they are {self.alpha} and {self.beta}.")

    @property
    def bounds(self) -> tuple[float, float]:
        """The logarithms of the ratio at which the suspect is acquitted and convicted."""
        return math.log(self.beta), -math.log(self.alpha)

    @property
    def steps(self) -> tuple[float, float]:
        """The change of the log ratio with an answer other than the secret one, and with the secret answer."""
        return math.log((1 - self.p1) / (1 - self.p0)), math.log(self.p1 / self.p0)


@dataclass(frozen=True)
class Decision:
    """The decision of a sequential test after ``queries``; ``convicted`` is None if neither bound was reached."""

    convicted: bool | None
    queries: int


@dataclass(frozen=True)
class Prospects:
    """The probability of each decision for a suspect of a given rate, and the expected number of queries."""

    convicted: float
    acquitted: float
    queries: float


def log_ratios(answers: NDArray[np.bool_], plan: Plan) -> NDArray[np.float64]:
    """Return ``log L_n`` after each query, ``(n,)``, for ``answers`` ``(n,)`` bool: which are the secret answer."""
    other, secret = plan.steps
    return np.cumsum(np.where(answers, secret, other))


def decide(answers: NDArray[np.bool_], plan: Plan) -> Decision:
    """Return the decision at the first bound reached, for the suspect's ``answers`` ``(n,)`` bool in order."""
    ratios = log_ratios(answers, plan)
    acquit, convict = plan.bounds
    reached = np.flatnonzero((ratios <= acquit) | (ratios >= convict))
    if not len(reached):
        return Decision(None, len(answers))
    first = int(reached[0])
    return Decision(bool(ratios[first] >= convict), first + 1)


def prospects(plan: Plan, rate: float, most: int = MOST_QUERIES) -> Prospects:
    """Return the exact :class:`Prospects` of a suspect with secret-answer rate ``rate``, for at most ``most`` queries.

    Computed by dynamic programming over the distribution of ``k`` among undecided tests. The rest of the
    probability is that of no decision after ``most`` queries.

    Raises:
        ValueError: unless ``0 <= rate <= 1``.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"A rate must lie between 0 and 1; it is {rate}.")
    other, secret = plan.steps
    acquit, convict = plan.bounds
    undecided = np.zeros(most + 1)  # P(undecided, k secret answers so far)
    undecided[0] = 1.0
    convicted = acquitted = queries = 0.0
    secrets = np.arange(most + 1)
    for asked in range(1, most + 1):
        queries += float(undecided.sum())
        undecided = undecided * (1 - rate) + np.concatenate([[0.0], undecided[:-1]]) * rate
        ratios = secrets * secret + (asked - secrets) * other
        convicts, acquits = ratios >= convict, ratios <= acquit
        convicted += float(undecided[convicts].sum())
        acquitted += float(undecided[acquits].sum())
        undecided[convicts | acquits] = 0.0
        if undecided.sum() < 1e-12:
            break
    return Prospects(convicted, acquitted, queries)
