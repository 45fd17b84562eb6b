"""The claim: is this suspect a copy of mine?

The owner queries the suspect with held-out triggers and counts the answers that are the target
class. The null hypothesis is that the suspect answers so no more often than an innocent model;
the exact binomial test decides at 95 % confidence. (The paper uses a one-sided t-test, which is
off for 0/1 answers at a small rate.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

SIGNIFICANCE = 0.05
POWER = 0.95
MOST_QUERIES = 1000


@dataclass(frozen=True)
class Claim:
    """The outcome of a claim. ``innocent_rate`` is p0 of the null hypothesis."""

    successes: int
    queries: int
    innocent_rate: float
    p_value: float

    @property
    def owned(self) -> bool:
        """Whether ownership is established at 95 % confidence."""
        return self.p_value < SIGNIFICANCE


def innocent_rate(successes: int, queries: int) -> float:
    """Return the rate p0 that is granted to an innocent model, from what a clean model did.

    The upper end of the one-sided 95 % Clopper-Pearson interval: a clean model that was never
    caught in 100 queries is granted 3 %, not 0 %, or a single chance answer would convict.

    Raises:
        ValueError: unless ``0 <= successes <= queries`` and ``queries >= 1``.
    """
    _check(successes, queries)
    interval = stats.binomtest(successes, queries, alternative="less").proportion_ci(1 - SIGNIFICANCE, "exact")
    return float(interval.high)


def claim(successes: int, queries: int, p0: float) -> Claim:
    """Test ``successes`` of ``queries`` against the innocent rate ``p0`` (exact binomial, one-sided).

    Raises:
        ValueError: unless ``0 <= successes <= queries``, ``queries >= 1`` and ``0 <= p0 <= 1``.
    """
    _check(successes, queries)
    _check_rate(p0)
    p_value = float(stats.binomtest(successes, queries, p0, alternative="greater").pvalue)
    return Claim(successes, queries, p0, p_value)


def p_values(answers: NDArray[np.bool_], p0: float) -> NDArray[np.float64]:
    """Return the p-value after each query in turn, ``(n,)``, for ``answers`` ``(n,)``.

    A picture of growing evidence, not a stopping rule: who stops at the first p < 0.05 accuses
    more innocents than 1 in 20.

    Raises:
        ValueError: unless ``0 <= p0 <= 1``.
    """
    _check_rate(p0)
    asked = np.arange(1, len(answers) + 1)
    return np.asarray(stats.binom.sf(np.cumsum(answers) - 1, asked, p0), dtype=np.float64)


def queries_needed(rate: float, p0: float) -> int | None:
    """Return how many triggers convict, with 95 % certainty, a suspect who answers ``rate`` of them with the target.

    With that many, and with any larger number up to :data:`MOST_QUERIES`, the exact test at 95 %
    confidence against the innocent rate ``p0`` has a power of 95 %. None where no such number is
    enough, as for a suspect who is no worse than an innocent.

    Raises:
        ValueError: unless both rates lie between 0 and 1.
    """
    _check_rate(rate)
    _check_rate(p0)
    asked = np.arange(1, MOST_QUERIES + 1)
    convicting = stats.binom.isf(SIGNIFICANCE, asked, p0) + 1  # the least count whose p-value is below 0.05
    weak = np.flatnonzero(stats.binom.sf(convicting - 1, asked, rate) < POWER)
    needed = int(weak[-1]) + 2 if len(weak) else 1
    return needed if needed <= MOST_QUERIES else None


def _check(successes: int, queries: int) -> None:
    if queries < 1 or not 0 <= successes <= queries:
        raise ValueError(f"A claim needs 0 <= successes <= queries and a query; got {successes} of {queries}.")


def _check_rate(p0: float) -> None:
    if not 0 <= p0 <= 1:
        raise ValueError(f"The innocent rate must lie between 0 and 1; it is {p0}.")
