"""The claim: is this suspect a copy of mine?

The owner queries the suspect with held-out triggers and counts the answers that are the target
class. The null hypothesis is that the suspect answers so no more often than an innocent model;
the exact binomial test decides at 95 % confidence. The paper's one-sided t-test stands beside it:
for 0/1 answers at a small rate its promise is off, and :func:`t_test_false_alarms` says by how much.

A test that may stop after any query is in :mod:`app.lab.ownership.sequential_test`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

SIGNIFICANCE = 0.05
POWER = 0.95
MOST_QUERIES = 1000
_SHUFFLES = 4000


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


@dataclass(frozen=True)
class Innocents:
    """The rate of innocent models, from several of them that were asked the same number of triggers.

    ``low`` to ``high`` is the exact 90 % Clopper-Pearson interval of the pooled answers, so that
    ``high`` is granted with 95 % confidence. Assumed: triggers are answered independently, and all
    innocent models have *one* rate. ``agreement`` is the p-value of the latter: how often models of
    one rate would differ from each other at least as much as these did. Where it is small, a new
    innocent may well lie above ``high``.
    """

    models: int
    successes: int
    queries: int
    low: float
    high: float
    agreement: float


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


def innocents(successes: Sequence[int], queries: int) -> Innocents:
    """Pool the secret answers of several clean models; see :class:`Innocents` for what that assumes.

    Args:
        successes: of each model, how many of ``queries`` triggers it answered with the target.
        queries: how many each was asked.

    Raises:
        ValueError: without a model, or for an impossible count.
    """
    if not successes:
        raise ValueError("The rate of innocent models needs at least one of them.")
    for count in successes:
        _check(count, queries)
    total, asked = sum(successes), queries * len(successes)
    interval = stats.binomtest(total, asked).proportion_ci(1 - 2 * SIGNIFICANCE, "exact")
    # Given the total, models of one rate share it out as one draws from urns of equal size.
    urns = np.full(len(successes), queries)
    shared = np.random.default_rng(0).multivariate_hypergeometric(urns, total, size=_SHUFFLES, method="marginals")
    unequal = (shared.astype(np.int64) ** 2).sum(axis=1) >= sum(count**2 for count in successes)
    agreement = (1 + int(unequal.sum())) / (1 + _SHUFFLES)
    return Innocents(len(successes), total, asked, float(interval.low), float(interval.high), agreement)


def claim(successes: int, queries: int, p0: float) -> Claim:
    """Test ``successes`` of ``queries`` against the innocent rate ``p0`` (exact binomial, one-sided).

    Raises:
        ValueError: unless ``0 <= successes <= queries``, ``queries >= 1`` and ``0 <= p0 <= 1``.
    """
    _check(successes, queries)
    _check_rate(p0)
    p_value = float(stats.binomtest(successes, queries, p0, alternative="greater").pvalue)
    return Claim(successes, queries, p0, p_value)


def conviction_bar(queries: int, p0: float) -> int:
    """Return the fewest secret answers to ``queries`` triggers that :func:`claim` takes for proof.

    It may be more than there are triggers: then nothing is proof.

    Raises:
        ValueError: as :func:`claim`.
    """
    _check(0, queries)
    _check_rate(p0)
    return int(stats.binom.isf(SIGNIFICANCE, queries, p0)) + 1


def t_test(successes: int, queries: int, p0: float) -> float:
    """Return the p-value of the paper's one-sided t-test: is the mean of 0/1 answers above ``p0``?

    ``t = (m - p0) / (s / sqrt(n))``, with n - 1 degrees of freedom. Where all answers are equal, s is
    0 and t infinite: two secret answers of two "prove" anything.

    Raises:
        ValueError: as :func:`claim`, and for a single query, which has no spread.
    """
    _check(successes, queries)
    _check_rate(p0)
    if queries < 2:
        raise ValueError("The t-test needs at least two queries.")
    return float(_t_values(np.array([successes]), queries, p0)[0])


def false_alarms(queries: int, p0: float, level: float = SIGNIFICANCE) -> float:
    """Return how often the exact test at ``level`` convicts an innocent of rate ``p0``: never more than ``level``.

    Raises:
        ValueError: unless ``queries >= 1`` and ``0 <= p0 <= 1``.
    """
    _check(0, queries)
    _check_rate(p0)
    return float(stats.binom.sf(_convicting(np.array([queries]), p0, level) - 1, queries, p0)[0])


def t_test_false_alarms(queries: int, p0: float) -> float:
    """Return how often the t-test at 5 % really convicts an innocent of rate ``p0``, summed over all counts.

    Raises:
        ValueError: unless ``queries >= 2`` and ``0 <= p0 <= 1``.
    """
    t_test(0, queries, p0)  # the checks
    counts = np.arange(queries + 1)
    return float(stats.binom.pmf(counts, queries, p0)[_t_values(counts, queries, p0) < SIGNIFICANCE].sum())


def holm(found: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values of several suspects, in their order.

    Sorted, the i-th smallest of m is multiplied by m - i + 1, and none may be smaller than the one
    before it. Whoever stays below 5 % is convicted; the chance that *any* innocent among them is
    convicted is at most 5 %, however many there are (Holm 1979).

    Raises:
        ValueError: unless all lie between 0 and 1.
    """
    for value in found:
        if not 0 <= value <= 1:
            raise ValueError(f"A p-value must lie between 0 and 1; one is {value}.")
    order = np.argsort(found, kind="stable")
    factors = len(found) - np.arange(len(found))
    raised = np.minimum(1, np.maximum.accumulate(np.asarray(found)[order] * factors)) if len(found) else np.array([])
    adjusted = np.empty(len(found))
    adjusted[order] = raised
    return [float(value) for value in adjusted]


def accusing_an_innocent(suspects: int, queries: int, p0: float, *, corrected: bool) -> float:
    """Return the chance that at least one of so many innocents, of rate ``p0`` and independent, is convicted.

    ``1 - (1 - a)^m``, where a is the exact test's chance at 5 %, or, corrected by Holm, at 5 % / m:
    his first conviction needs a p-value below that.

    Raises:
        ValueError: unless ``suspects >= 1``, ``queries >= 1`` and ``0 <= p0 <= 1``.
    """
    if suspects < 1:
        raise ValueError(f"There must be at least one suspect; there are {suspects}.")
    each = false_alarms(queries, p0, SIGNIFICANCE / suspects if corrected else SIGNIFICANCE)
    return float(1 - (1 - each) ** suspects)


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


def queries_needed(rate: float, p0: float, most: int = MOST_QUERIES) -> int | None:
    """Return how many triggers convict, with 95 % certainty, a suspect who answers ``rate`` of them with the target.

    With that many, and with any larger number up to ``most``, the exact test at 95 % confidence
    against the innocent rate ``p0`` has a power of 95 %. None where no such number is
    enough, as for a suspect who is no worse than an innocent.

    Raises:
        ValueError: unless both rates lie between 0 and 1.
    """
    return power_curve([rate], p0, most)[0]


def power_curve(rates: Sequence[float], p0: float, most: int = MOST_QUERIES) -> list[int | None]:
    """Return :func:`queries_needed` for many rates of suspects at once.

    Raises:
        ValueError: unless all rates lie between 0 and 1.
    """
    for rate in (p0, *rates):
        _check_rate(rate)
    asked = np.arange(1, most + 1)
    convicting = _convicting(asked, p0, SIGNIFICANCE)

    def needed(rate: float) -> int | None:
        weak = np.flatnonzero(stats.binom.sf(convicting - 1, asked, rate) < POWER)
        enough = int(weak[-1]) + 2 if len(weak) else 1
        return enough if enough <= most else None

    return [needed(rate) for rate in rates]


def _convicting(queries: NDArray[np.int64], p0: float, level: float) -> NDArray[np.float64]:
    """Return the least count of secret answers whose p-value is below ``level``, for each number of queries."""
    return np.asarray(stats.binom.isf(level, queries, p0) + 1, dtype=np.float64)


def _t_values(successes: NDArray[np.int64], queries: int, p0: float) -> NDArray[np.float64]:
    mean = successes / queries
    error = np.sqrt(mean * (1 - mean) / (queries - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(mean == p0, 0.0, (mean - p0) / error)
    return np.asarray(stats.t.sf(t, queries - 1), dtype=np.float64)


def _check(successes: int, queries: int) -> None:
    if queries < 1 or not 0 <= successes <= queries:
        raise ValueError(f"A claim needs 0 <= successes <= queries and a query; got {successes} of {queries}.")


def _check_rate(p0: float) -> None:
    if not 0 <= p0 <= 1:
        raise ValueError(f"The innocent rate must lie between 0 and 1; it is {p0}.")
