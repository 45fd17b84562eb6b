"""The court against SciPy, literal sums, closed forms and simulation."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.lab.ownership.binomial import (
    PAPERS_SIGNIFICANCE,
    POWER,
    SIGNIFICANCE,
    accusing_an_innocent,
    at_least,
    at_most,
    claim,
    conviction_bar,
    false_alarms,
    holm,
    innocent_rate,
    innocents,
    p_values,
    power_curve,
    queries_needed,
    t_test,
    t_test_false_alarms,
)


def tail(successes, queries, p0):
    """P(X >= successes), term by term, in exact fractions of the double p0."""
    p = Fraction(p0)
    return float(sum(math.comb(queries, k) * p**k * (1 - p) ** (queries - k) for k in range(successes, queries + 1)))


counts = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.floats(0, 1).map(lambda p: round(p, 3)))
def test_the_p_value_is_the_sum_of_the_binomial_terms(count, p0):
    successes, queries = count
    assert claim(successes, queries, p0).p_value == pytest.approx(tail(successes, queries, p0), rel=1e-7, abs=1e-12)


@pytest.mark.parametrize(("successes", "queries", "p0"), [(0, 10, 0.1), (3, 200, 0.015), (131, 200, 0.1), (6, 8, 0.1)])
def test_the_p_value_is_scipys(successes, queries, p0):
    expected = stats.binomtest(successes, queries, p0, alternative="greater").pvalue
    assert claim(successes, queries, p0).p_value == pytest.approx(expected, rel=1e-12)


def test_ownership_is_established_at_99_percent_confidence():
    # 12 of 200 at p0 = 0.03: P(X >= 12) = 0.019, P(X >= 13) = 0.008.
    assert not claim(12, 200, 0.03).owned
    assert claim(13, 200, 0.03).owned
    assert tail(12, 200, 0.03) > SIGNIFICANCE > tail(13, 200, 0.03)
    # One answer of one query has the p-value p0.
    assert not claim(1, 1, 0.0101).owned
    assert claim(1, 1, 0.0099).owned


def test_the_papers_level_convicts_with_fewer_secret_answers():
    # 10 of 200 at p0 = 0.03: P(X >= 10) = 0.083, P(X >= 11) = 0.041.
    assert not claim(10, 200, 0.03).owned_at(PAPERS_SIGNIFICANCE)
    assert claim(11, 200, 0.03).owned_at(PAPERS_SIGNIFICANCE) and not claim(11, 200, 0.03).owned


def test_a_p_value_far_out_in_the_tail_keeps_its_digits():
    assert claim(150, 200, 0.015).p_value == pytest.approx(tail(150, 200, 0.015), rel=1e-9, abs=0)


@pytest.mark.parametrize("n", [1, 10, 100, 200])
def test_the_rate_granted_after_no_success_has_its_closed_form(n):
    assert innocent_rate(0, n) == pytest.approx(1 - 0.01 ** (1 / n), rel=1e-9)


@given(counts)
def test_the_granted_rate_is_the_clopper_pearson_bound(count):
    successes, queries = count
    expected = 1.0 if successes == queries else stats.beta.ppf(0.99, successes + 1, queries - successes)
    assert innocent_rate(successes, queries) == pytest.approx(expected, rel=1e-6)
    assert innocent_rate(successes, queries) > successes / queries or successes == queries


@given(counts, st.sampled_from([0.01, 0.05]))
def test_the_bounds_of_a_rate_are_scipys(count, level):
    successes, queries = count
    above = stats.binomtest(successes, queries, alternative="greater").proportion_ci(1 - level, "exact")
    below = stats.binomtest(successes, queries, alternative="less").proportion_ci(1 - level, "exact")
    assert at_least(successes, queries, level) == pytest.approx(above.low, rel=1e-6, abs=1e-12)
    assert at_most(successes, queries, level) == pytest.approx(below.high, rel=1e-6)


def test_innocents_at_the_granted_rate_are_accused_in_at_most_one_of_a_hundred_simulations():
    rng = np.random.default_rng(0)
    for innocent in (0, 2, 10):
        p0 = innocent_rate(innocent, 200)
        accused = [claim(int(successes), 200, p0).owned for successes in rng.binomial(200, p0, size=4000)]
        # Exactly it is at most 1 in 100, see below; so many suspects may scatter above it.
        assert 0 < np.mean(accused) <= 0.01 + 3 * math.sqrt(0.01 / 4000)


def test_innocents_whose_rate_was_itself_estimated_are_accused_in_at_most_one_of_a_hundred_simulations():
    rng = np.random.default_rng(1)
    clean, suspect = rng.binomial(200, 0.05, size=(2, 2000))
    granted = {seen: innocent_rate(seen, 200) for seen in set(clean.tolist())}
    pairs = zip(clean.tolist(), suspect.tolist(), strict=True)
    accused = [claim(answers, 200, granted[seen]).owned for seen, answers in pairs]
    assert np.mean(accused) <= 0.01


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.floats(0.001, 0.999))
def test_the_growing_evidence_is_the_claim_after_each_query(answers, p0):
    values = p_values(np.array(answers), p0)
    assert len(values) == len(answers)
    for asked, value in enumerate(values, start=1):
        assert value == pytest.approx(claim(sum(answers[:asked]), asked, p0).p_value, rel=1e-9, abs=1e-300)


def test_a_p_value_is_never_0_even_where_no_float_is_small_enough():
    assert 0 < claim(1000, 1000, 1e-6).p_value < 1e-300
    assert p_values(np.ones(1000, dtype=bool), 1e-6).min() > 0


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
        """By the definition: the chance of a count whose exact test is below 1 %."""
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


# The power curve: the published figures for the exact test (95 % confidence, 95 % power), but for the
# last, published as 1,625: there the power rises above 95 % for the last time but one.
PUBLISHED = [(0.657, 0.10, 8), (0.187, 0.10, 188), (0.15, 0.10, 504), (0.02, 0.01, 1683)]


@pytest.mark.parametrize(("rate", "p0", "needed"), PUBLISHED)
def test_the_published_numbers_of_queries_are_reproduced(rate, p0, needed):
    assert queries_needed(rate, p0, 5000, PAPERS_SIGNIFICANCE) == needed


def test_the_figure_of_1625_is_enough_itself_but_some_larger_numbers_are_not():
    def power(asked):
        convicting = next(k for k in range(asked + 1) if stats.binom.sf(k - 1, asked, 0.01) < PAPERS_SIGNIFICANCE)
        return stats.binom.sf(convicting - 1, asked, 0.02)

    assert power(1625) >= POWER
    assert power(1659) < POWER
    assert queries_needed(0.02, 0.01, 1000, PAPERS_SIGNIFICANCE) is None


def test_the_power_curve_is_the_needed_queries_of_each_rate():
    rates = [0.03, 0.2, 0.9]
    assert power_curve(rates, 0.02) == [queries_needed(rate, 0.02) for rate in rates]


@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))), st.floats(0.01, 0.99))
def test_the_t_test_is_scipys(count, p0):
    successes, queries = count
    answers = np.arange(queries) < successes
    expected = stats.ttest_1samp(answers.astype(float), p0, alternative="greater").pvalue
    assert t_test(successes, queries, p0) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_where_all_answers_are_equal_the_t_test_is_sure_of_anything():
    assert t_test(2, 2, 0.9) == 0
    assert t_test(0, 50, 0.1) == 1
    assert claim(2, 2, 0.9).p_value == pytest.approx(0.81)


@pytest.mark.parametrize(("queries", "p0"), [(20, 0.05), (50, 0.9), (200, 0.015)])
def test_the_false_alarms_of_both_tests_are_counted_suspect_by_suspect(queries, p0):
    exact = sum(stats.binom.pmf(k, queries, p0) for k in range(queries + 1) if claim(k, queries, p0).owned)
    assert false_alarms(queries, p0) == pytest.approx(exact, abs=1e-12)
    assert exact <= SIGNIFICANCE
    t = sum(stats.binom.pmf(k, queries, p0) for k in range(queries + 1) if t_test(k, queries, p0) < PAPERS_SIGNIFICANCE)
    assert t_test_false_alarms(queries, p0) == pytest.approx(t, abs=1e-12)


def test_the_t_test_breaks_its_promise_where_the_exact_test_keeps_it():
    assert t_test_false_alarms(20, 0.9) > 2 * PAPERS_SIGNIFICANCE
    assert false_alarms(20, 0.9, PAPERS_SIGNIFICANCE) <= PAPERS_SIGNIFICANCE


def step_down(found):
    """Holm's procedure as he wrote it: test the smallest against 1 % / m, and stop at the first that fails."""
    convicted = set()
    for left, suspect in zip(range(len(found), 0, -1), sorted(range(len(found)), key=found.__getitem__), strict=True):
        if found[suspect] >= SIGNIFICANCE / left:
            break
        convicted.add(suspect)
    return convicted


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_convicts_whom_the_step_down_procedure_convicts(found):
    adjusted = holm(found)
    for suspect, value in enumerate(adjusted):
        if abs(value - SIGNIFICANCE) > 1e-9:
            assert (value < SIGNIFICANCE) == (suspect in step_down(found))
    assert all(found[suspect] <= value <= 1 for suspect, value in enumerate(adjusted))
    by_size = sorted(range(len(found)), key=found.__getitem__)
    assert [adjusted[suspect] for suspect in by_size] == sorted(adjusted)


def test_holm_in_numbers_that_one_can_follow():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9]) == [0.9]
    assert holm([]) == []


def test_of_many_innocents_one_is_accused_as_often_as_in_the_simulation():
    rng, suspects, p0 = np.random.default_rng(5), 10, 0.03
    by_count = np.array([claim(k, 200, p0).p_value for k in range(201)])
    found = by_count[rng.binomial(200, p0, size=(2000, suspects))]
    plain, corrected = (accusing_an_innocent(suspects, 200, p0, corrected=fixed) for fixed in (False, True))
    assert np.mean((found < SIGNIFICANCE).any(axis=1)) == pytest.approx(plain, abs=0.04)
    convicted = np.mean([min(holm(row.tolist())) < SIGNIFICANCE for row in found])
    assert convicted == pytest.approx(corrected, abs=0.02)
    assert convicted <= SIGNIFICANCE
    assert plain > 4 * corrected


def test_innocents_are_pooled_into_the_exact_interval():
    found = innocents([3, 0, 1], 200)
    assert (found.models, found.successes, found.queries) == (3, 4, 600)
    assert found.low == pytest.approx(stats.beta.ppf(0.01, 4, 597))
    assert found.high == pytest.approx(stats.beta.ppf(0.99, 5, 596))
    assert innocents([5], 200).high == pytest.approx(innocent_rate(5, 200))


def test_models_of_one_rate_agree_in_99_of_100_simulations_and_others_do_not():
    rng = np.random.default_rng(6)
    same = [innocents(rng.binomial(200, 0.05, size=5).tolist(), 200).agreement for _ in range(200)]
    assert np.mean(np.array(same) < SIGNIFICANCE) <= 0.03
    assert innocents([0, 0, 0, 0, 20], 200).agreement < 0.01
    assert innocents([0, 0], 200).agreement == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda: holm([0.5, 1.5]), "between 0 and 1; one is 1.5"),
        (lambda: holm([math.nan]), "between 0 and 1"),
        (lambda: innocents([], 200), "at least one"),
        (lambda: innocents([201], 200), "got 201 of 200"),
        (lambda: t_test(1, 1, 0.1), "at least two"),
        (lambda: accusing_an_innocent(0, 200, 0.1, corrected=True), "at least one suspect"),
        (lambda: false_alarms(0, 0.1), "got 0 of 0"),
    ],
)
def test_what_cannot_be_asked_gets_a_clear_sentence(asked, words):
    with pytest.raises(ValueError, match=words):
        asked()


@given(queries=st.integers(1, 300), p0=st.floats(0, 1))
def test_the_bar_of_conviction_is_the_fewest_secret_answers_that_the_claim_takes_for_proof(queries, p0):
    bar = conviction_bar(queries, p0)
    proven = [claim(count, queries, p0).owned for count in range(queries + 1)]
    assert bar == (proven.index(True) if any(proven) else queries + 1)
