"""Claims of ownership by an exact binomial test.

The owner queries the suspect with held-out triggers and counts the secret answers (the target class).
The null hypothesis is that the suspect gives them at most at the innocent rate p0; the exact binomial
test decides at 99 % confidence: at most 1 innocent in 100 is convicted. The paper claims at 95 % with a one-sided
t-test, which is here for comparison: for 0/1 answers at a low rate, its false positive rate differs from the
nominal 5 %, see :func:`t_test_false_alarms`.

A test that may stop after any query is in :mod:`app.lab.ownership.sequential`. Tails and bounds come from the
incomplete beta function: ``scipy.stats`` has them too, and takes a second to import, which a claim does not have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

SIGNIFICANCE = 0.01
PAPERS_SIGNIFICANCE = 0.05
POWER = 0.95
MOST_QUERIES = 1000
_SHUFFLES = 4000
_SMALLEST = np.nextafter(0.0, 1.0)


@dataclass(frozen=True)
class Claim:
    """The result of a claim. ``innocent_rate`` is p0 of the null hypothesis."""

    successes: int
    queries: int
    innocent_rate: float
    p_value: float

    @property
    def owned(self) -> bool:
        """Whether ownership is established at 99 % confidence."""
        return self.owned_at(SIGNIFICANCE)

    def owned_at(self, significance: float) -> bool:
        """Return whether ownership is established at another level: 0.05 for the paper's 95 % confidence."""
        return self.p_value < significance


@dataclass(frozen=True)
class Innocents:
    """The innocent rate, estimated from several clean models with the same number of queries each.

    ``low`` to ``high`` is the exact 98 % Clopper-Pearson interval of the pooled answers, so ``high`` is an
    upper bound with 99 % confidence. This assumes that triggers are answered independently and that all
    innocent models have *one* rate. ``agreement`` is the p-value of the second assumption: the
    probability that models with one rate differ at least as much as these do. If it is small, the rate of
    a new innocent model may well be above ``high``.
    """

    models: int
    successes: int
    queries: int
    low: float
    high: float
    agreement: float


def innocent_rate(successes: int, queries: int) -> float:
    """Return the innocent rate p0 of the null hypothesis, given the secret answers of an innocent model.

    It is :func:`at_most` at 99 % confidence. An innocent without a secret answer to 100 queries gives 4.5 %,
    not 0 %, with which a single secret answer by chance would convict.

    Raises:
        ValueError: unless ``0 <= successes <= queries`` and ``queries >= 1``.
    """
    return at_most(successes, queries)


def at_most(successes: int, queries: int, significance: float = SIGNIFICANCE) -> float:
    """Return the upper end of the one-sided Clopper-Pearson interval of a rate, exact at ``1 - significance``.

    Raises:
        ValueError: unless ``0 <= successes <= queries`` and ``queries >= 1``.
    """
    _check(successes, queries)
    if successes == queries:
        return 1.0
    return float(special.betaincinv(successes + 1, queries - successes, 1 - significance))


def at_least(successes: int, queries: int, significance: float = SIGNIFICANCE) -> float:
    """Return the lower end of the one-sided Clopper-Pearson interval of a rate, exact at ``1 - significance``.

    Raises:
        ValueError: as :func:`at_most`.
    """
    return 1 - at_most(queries - successes, queries, significance)


def innocents(successes: Sequence[int], queries: int) -> Innocents:
    """Pool the secret answers of several clean models; see :class:`Innocents` for the assumptions.

    Args:
        successes: the number of secret answers of each model.
        queries: the number of queries to each model.

    Raises:
        ValueError: if there is no model, or a count is impossible.
    """
    if not successes:
        raise ValueError("The rate of innocent models needs at least one of them.")
    for count in successes:
        _check(count, queries)
    total, asked = sum(successes), queries * len(successes)
    low, high = at_least(total, asked), at_most(total, asked)
    # Given the total, the counts of models with one rate are multivariate hypergeometric.
    sizes = np.full(len(successes), queries)
    counts = np.random.default_rng(0).multivariate_hypergeometric(sizes, total, size=_SHUFFLES, method="marginals")
    unequal = (counts.astype(np.int64) ** 2).sum(axis=1) >= sum(count**2 for count in successes)
    agreement = (1 + int(unequal.sum())) / (1 + _SHUFFLES)
    return Innocents(len(successes), total, asked, low, high, agreement)


def claim(successes: int, queries: int, p0: float) -> Claim:
    """Test ``successes`` of ``queries`` against the innocent rate ``p0`` (exact binomial, one-sided).

    Raises:
        ValueError: unless ``0 <= successes <= queries``, ``queries >= 1`` and ``0 <= p0 <= 1``.
    """
    _check(successes, queries)
    _check_rate(p0)
    return Claim(successes, queries, p0, float(_p_value(successes, queries, p0)))


def conviction_bar(queries: int, p0: float) -> int:
    """Return the smallest number of secret answers to ``queries`` triggers that establishes ownership in :func:`claim`.

    It may exceed ``queries``: then no answers do.

    Raises:
        ValueError: as :func:`claim`.
    """
    _check(0, queries)
    _check_rate(p0)
    return int(_conviction_bars(np.array([queries]), p0, SIGNIFICANCE)[0])


def t_test(successes: int, queries: int, p0: float) -> float:
    """Return the p-value of the paper's one-sided t-test: is the mean of 0/1 answers above ``p0``?

    ``t = (m - p0) / (s / sqrt(n))``, with n - 1 degrees of freedom. If all answers are equal, s is 0 and t
    is infinite: two secret answers to two queries suffice for any level.

    Raises:
        ValueError: as :func:`claim`, and for a single query, for which s is undefined.
    """
    _check(successes, queries)
    _check_rate(p0)
    if queries < 2:
        raise ValueError("The t-test needs at least two queries.")
    return float(_t_test_p_values(np.array([successes]), queries, p0)[0])


def false_alarms(queries: int, p0: float, level: float = SIGNIFICANCE) -> float:
    """Return the false positive rate of the exact test at ``level`` for an innocent rate ``p0``: at most ``level``.

    Raises:
        ValueError: unless ``queries >= 1`` and ``0 <= p0 <= 1``.
    """
    _check(0, queries)
    _check_rate(p0)
    return float(_tail(_conviction_bars(np.array([queries]), p0, level), queries, p0)[0])


def t_test_false_alarms(queries: int, p0: float) -> float:
    """Return the false positive rate of the t-test at the paper's 5 %: an exact sum over all counts.

    Raises:
        ValueError: unless ``queries >= 2`` and ``0 <= p0 <= 1``.
    """
    t_test(0, queries, p0)  # checks the arguments
    counts = np.arange(queries + 1)
    probabilities = _tail(counts, queries, p0) - _tail(counts + 1, queries, p0)
    return float(probabilities[_t_test_p_values(counts, queries, p0) < PAPERS_SIGNIFICANCE].sum())


def holm(found: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values for several suspects, in the same order.

    The i-th smallest of m is multiplied by m - i + 1, then raised to the largest one before it if that is
    larger, and capped at 1. If suspects below 1 % are convicted, the probability of convicting *any*
    innocent is at most 1 % (the family-wise error rate; Holm 1979).

    Raises:
        ValueError: unless all lie between 0 and 1.
    """
    for value in found:
        if not 0 <= value <= 1:
            raise ValueError(f"A p-value must lie between 0 and 1; one is {value}.")
    order = np.argsort(found, kind="stable")
    factors = len(found) - np.arange(len(found))
    sorted_adjusted = (
        np.minimum(1, np.maximum.accumulate(np.asarray(found)[order] * factors)) if len(found) else np.array([])
    )
    adjusted = np.empty(len(found))
    adjusted[order] = sorted_adjusted
    return [float(value) for value in adjusted]


def accusing_an_innocent(suspects: int, queries: int, p0: float, *, corrected: bool) -> float:
    """Return the probability that at least one of several independent innocents with rate ``p0`` is convicted.

    ``1 - (1 - a)^m`` for m suspects, where a is the false positive rate of the exact test at 1 % or, with
    Holm's correction, at 1 % / m, which the smallest p-value must be below.

    Raises:
        ValueError: unless ``suspects >= 1``, ``queries >= 1`` and ``0 <= p0 <= 1``.
    """
    if suspects < 1:
        raise ValueError(f"There must be at least one suspect; there are {suspects}.")
    each = false_alarms(queries, p0, SIGNIFICANCE / suspects if corrected else SIGNIFICANCE)
    return float(1 - (1 - each) ** suspects)


def p_values(answers: NDArray[np.bool_], p0: float) -> NDArray[np.float64]:
    """Return the p-value after each query in turn, ``(n,)``, for ``answers`` ``(n,)``.

    This shows how the evidence grows. It is not a stopping rule: stopping at the first p < 0.01 convicts
    more than 1 innocent in 100.

    Raises:
        ValueError: unless ``0 <= p0 <= 1``.
    """
    _check_rate(p0)
    asked = np.arange(1, len(answers) + 1)
    return _p_value(np.cumsum(answers), asked, p0)


def queries_needed(rate: float, p0: float, most: int = MOST_QUERIES, significance: float = SIGNIFICANCE) -> int | None:
    """Return the number of queries with which a claim has 95 % power against a suspect whose rate is ``rate``.

    With this number of queries, and with any larger one up to ``most``, the exact test against the innocent rate
    ``p0`` convicts with a probability of at least 95 %, at 99 % confidence or, else, ``1 - significance``. None if
    there is no such number, for example if ``rate`` is at most ``p0``.

    Raises:
        ValueError: unless both rates lie between 0 and 1.
    """
    return power_curve([rate], p0, most, significance)[0]


def power_curve(
    rates: Sequence[float], p0: float, most: int = MOST_QUERIES, significance: float = SIGNIFICANCE
) -> list[int | None]:
    """Return :func:`queries_needed` for each of ``rates``.

    Raises:
        ValueError: unless all rates lie between 0 and 1.
    """
    for rate in (p0, *rates):
        _check_rate(rate)
    asked = np.arange(1, most + 1)
    bars = _conviction_bars(asked, p0, significance)

    def needed(rate: float) -> int | None:
        weak = np.flatnonzero(_tail(bars, asked, rate) < POWER)
        enough = int(weak[-1]) + 2 if len(weak) else 1
        return enough if enough <= most else None

    return [needed(rate) for rate in rates]


def _tail(successes: ArrayLike, queries: ArrayLike, rate: float) -> NDArray[np.float64]:
    """Return P(X >= successes) for the binomial distribution of ``queries`` trials, elementwise."""
    least, trials = np.broadcast_arrays(successes, queries)
    inside = (least > 0) & (least <= trials)
    tail = special.betainc(np.where(inside, least, 1), np.where(inside, trials - least + 1, 1), rate)
    return np.asarray(np.where(inside, tail, least <= 0), dtype=np.float64)


def _p_value(successes: ArrayLike, queries: ArrayLike, p0: float) -> NDArray[np.float64]:
    """Return the p-value: never 0, since what no float can hold is at most the smallest one there is."""
    return np.maximum(_tail(successes, queries, p0), _SMALLEST)


def _conviction_bars(queries: NDArray[np.int64], p0: float, level: float) -> NDArray[np.int64]:
    """Return, for each number of queries, the smallest number of secret answers with a p-value below ``level``."""
    below, bars = np.full(len(queries), -1), np.asarray(queries) + 1  # halve between: too few, and enough
    while (bars - below > 1).any():
        middle = (below + bars) // 2
        enough = _tail(middle, queries, p0) < level
        below, bars = np.where(enough, below, middle), np.where(enough, middle, bars)
    return bars


def _t_test_p_values(successes: NDArray[np.int64], queries: int, p0: float) -> NDArray[np.float64]:
    """Return the p-value of the t-test for each count of secret answers."""
    mean = successes / queries
    error = np.sqrt(mean * (1 - mean) / (queries - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(mean == p0, 0.0, (mean - p0) / error)
    return np.asarray(special.stdtr(queries - 1, -t), dtype=np.float64)


def _check(successes: int, queries: int) -> None:
    if queries < 1 or not 0 <= successes <= queries:
        raise ValueError(f"A claim needs 0 <= successes <= queries and a query; got {successes} of {queries}.")


def _check_rate(p0: float) -> None:
    if not 0 <= p0 <= 1:
        raise ValueError(f"The innocent rate must lie between 0 and 1; it is {p0}.")
