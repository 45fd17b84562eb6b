"""The court against SciPy, literal sums, closed forms and simulation."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.lab.ownership import POWER, SIGNIFICANCE, claim, innocent_rate, p_values, queries_needed


def at_least(successes, queries, p0):
    """P(X >= successes), term by term, in exact fractions of the double p0."""
    p = Fraction(p0)
    return float(sum(math.comb(queries, k) * p**k * (1 - p) ** (queries - k) for k in range(successes, queries + 1)))


counts = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.floats(0, 1).map(lambda p: round(p, 3)))
def test_the_p_value_is_the_sum_of_the_binomial_terms(count, p0):
    successes, queries = count
    assert claim(successes, queries, p0).p_value == pytest.approx(at_least(successes, queries, p0), rel=1e-7, abs=1e-12)


@pytest.mark.parametrize(("successes", "queries", "p0"), [(0, 10, 0.1), (3, 200, 0.015), (131, 200, 0.1), (6, 8, 0.1)])
def test_the_p_value_is_scipys(successes, queries, p0):
    expected = stats.binomtest(successes, queries, p0, alternative="greater").pvalue
    assert claim(successes, queries, p0).p_value == pytest.approx(expected, rel=1e-12)


def test_ownership_is_established_at_95_percent_confidence():
    # 10 of 200 at p0 = 0.03: P(X >= 10) = 0.083, P(X >= 11) = 0.041.
    assert not claim(10, 200, 0.03).owned
    assert claim(11, 200, 0.03).owned
    assert at_least(10, 200, 0.03) > SIGNIFICANCE > at_least(11, 200, 0.03)
    # One answer of one query has the p-value p0.
    assert not claim(1, 1, 0.0501).owned
    assert claim(1, 1, 0.0499).owned


@pytest.mark.parametrize("n", [1, 10, 100, 200])
def test_the_rate_granted_after_no_success_has_its_closed_form(n):
    assert innocent_rate(0, n) == pytest.approx(1 - 0.05 ** (1 / n), rel=1e-9)


@given(counts)
def test_the_granted_rate_is_the_clopper_pearson_bound(count):
    successes, queries = count
    expected = 1.0 if successes == queries else stats.beta.ppf(0.95, successes + 1, queries - successes)
    assert innocent_rate(successes, queries) == pytest.approx(expected, rel=1e-6)
    assert innocent_rate(successes, queries) > successes / queries or successes == queries


def test_innocents_at_the_granted_rate_are_accused_in_at_most_one_of_twenty_simulations():
    rng = np.random.default_rng(0)
    for innocent in (0, 2, 10):
        p0 = innocent_rate(innocent, 200)
        accused = [claim(int(successes), 200, p0).owned for successes in rng.binomial(200, p0, size=2000)]
        assert 0 < np.mean(accused) <= 0.05


def test_innocents_whose_rate_was_itself_estimated_are_accused_in_at_most_one_of_twenty_simulations():
    rng = np.random.default_rng(1)
    clean, suspect = rng.binomial(200, 0.05, size=(2, 2000))
    granted = {seen: innocent_rate(seen, 200) for seen in set(clean.tolist())}
    pairs = zip(clean.tolist(), suspect.tolist(), strict=True)
    accused = [claim(answers, 200, granted[seen]).owned for seen, answers in pairs]
    assert np.mean(accused) <= 0.05


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.floats(0.001, 0.999))
def test_the_growing_evidence_is_the_claim_after_each_query(answers, p0):
    values = p_values(np.array(answers), p0)
    assert len(values) == len(answers)
    for asked, value in enumerate(values, start=1):
        assert value == pytest.approx(claim(sum(answers[:asked]), asked, p0).p_value, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("successes", "queries"), [(-1, 10), (11, 10), (0, 0), (0, -5)])
def test_impossible_counts_get_a_clear_sentence(successes, queries):
    for asked in (lambda: innocent_rate(successes, queries), lambda: claim(successes, queries, 0.1)):
        with pytest.raises(ValueError, match=f"got {successes} of {queries}"):
            asked()


@pytest.mark.parametrize("p0", [-0.1, 1.1, math.nan])
def test_an_impossible_rate_gets_a_clear_sentence(p0):
    with pytest.raises(ValueError, match="between 0 and 1"):
        claim(1, 10, p0)


@pytest.mark.parametrize("p0", [-0.1, 1.1, math.nan])
def test_growing_evidence_against_an_impossible_rate_is_not_nan_in_silence(p0):
    with pytest.raises(ValueError, match="between 0 and 1"):
        p_values(np.array([True, False]), p0)


@pytest.mark.parametrize(("rate", "p0"), [(1.0, 0.015), (0.66, 0.015), (0.3, 0.05), (0.06, 0.015)])
def test_so_many_queries_convict_and_one_fewer_would_not_always(rate: float, p0: float) -> None:
    def power(asked: int) -> float:
        """By the definition: the chance of a count whose exact test is below 5 %."""
        counts = range(asked + 1)
        convicting = [count for count in counts if claim(count, asked, p0).owned]
        return float(sum(stats.binom.pmf(count, asked, rate) for count in convicting))

    needed = queries_needed(rate, p0)
    assert needed is not None
    assert power(needed) >= POWER
    assert power(needed + 1) >= POWER
    assert needed == 1 or power(needed - 1) < POWER


@pytest.mark.parametrize(("rate", "p0"), [(0.0, 0.015), (0.015, 0.015), (0.02, 0.015)])
def test_a_suspect_like_an_innocent_is_never_convicted_for_sure(rate: float, p0: float) -> None:
    assert queries_needed(rate, p0) is None
