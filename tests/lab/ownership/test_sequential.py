"""The sequential test against products written out, against simulation, and against Wald's own formula."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.ownership.sequential import Decision, Plan, decide, log_ratios, prospects

PLAN = Plan(0.0149, 0.187)
SUSPECTS = 2000


def walked(answers, plan):
    """The test as a clerk would do it: one likelihood after the other, no logarithms."""
    innocent = guilty = 1.0
    for asked, secret in enumerate(answers, start=1):
        innocent *= plan.p0 if secret else 1 - plan.p0
        guilty *= plan.p1 if secret else 1 - plan.p1
        if guilty / innocent >= 1 / plan.alpha:
            return Decision(True, asked)
        if guilty / innocent <= plan.beta:
            return Decision(False, asked)
    return Decision(None, len(answers))


@given(st.lists(st.booleans(), max_size=60), st.floats(0.01, 0.4), st.floats(0.05, 0.5))
def test_the_decision_is_that_of_likelihoods_written_out(answers, p0, further):
    plan = Plan(p0, p0 + further)
    assert decide(np.array(answers, dtype=bool), plan) == walked(answers, plan)


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_the_ratio_counts_the_answers_and_forgets_their_order(answers):
    ratios = log_ratios(np.array(answers), PLAN)
    k, n = sum(answers), len(answers)
    expected = k * math.log(PLAN.p1 / PLAN.p0) + (n - k) * math.log((1 - PLAN.p1) / (1 - PLAN.p0))
    assert ratios[-1] == pytest.approx(expected)
    assert len(ratios) == n


@pytest.mark.parametrize("plan", [PLAN, Plan(0.1, 0.187), Plan(0.05, 0.5, 0.01, 0.1)])
def test_both_errors_hold_over_simulated_suspects(plan):
    rng = np.random.default_rng(3)
    innocents, copies = (
        [decide(rng.random(1000) < rate, plan).convicted for _ in range(SUSPECTS)] for rate in (plan.p0, plan.p1)
    )
    assert innocents.count(True) <= plan.alpha * SUSPECTS
    # Exactly it is at most beta, see below; so many suspects may scatter above it.
    assert copies.count(False) <= plan.beta * SUSPECTS + 3 * math.sqrt(plan.beta * SUSPECTS)
    assert innocents.count(None) + copies.count(None) <= 0.01 * SUSPECTS


@pytest.mark.parametrize("rate", [PLAN.p0, 0.05, PLAN.p1, 0.6])
def test_the_prospects_are_what_simulated_suspects_meet(rate):
    rng = np.random.default_rng(4)
    ends = [decide(rng.random(400) < rate, PLAN) for _ in range(SUSPECTS)]
    expected = prospects(PLAN, rate, 400)
    sampling = 4 * 0.5 / math.sqrt(SUSPECTS)
    assert np.mean([end.convicted is True for end in ends]) == pytest.approx(expected.convicted, abs=sampling)
    assert np.mean([end.convicted is False for end in ends]) == pytest.approx(expected.acquitted, abs=sampling)
    asked = [end.queries for end in ends]
    assert np.mean(asked) == pytest.approx(expected.queries, abs=4 * np.std(asked) / math.sqrt(SUSPECTS))


@pytest.mark.parametrize("plan", [Plan(0.1, 0.2), Plan(0.3, 0.4)])
def test_the_expected_number_of_queries_is_about_walds(plan):
    # Wald's approximation neglects by how much the last answer oversteps the bound, so ours is a little more.
    acquit, convict = plan.bounds
    honest, secret = plan.steps
    for rate in (plan.p0, plan.p1):
        ours = prospects(plan, rate)
        drift = rate * secret + (1 - rate) * honest
        walds = (ours.convicted * convict + ours.acquitted * acquit) / drift
        assert walds < ours.queries < 1.25 * walds


def test_the_errors_are_bounded_exactly_and_every_suspect_meets_an_end():
    for plan in (PLAN, Plan(0.1, 0.187), Plan(0.05, 0.5, 0.01, 0.1)):
        innocent, guilty = (prospects(plan, rate) for rate in (plan.p0, plan.p1))
        assert innocent.convicted <= plan.alpha
        assert guilty.acquitted <= plan.beta
        for end in (innocent, guilty):
            assert end.convicted + end.acquitted == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("p0", "p1"), [(0, 0.2), (0.2, 0.2), (0.3, 0.2), (0.1, 1), (math.nan, 0.2), (0.1, math.nan), (-0.1, 0.5)]
)
def test_a_plan_that_cannot_be_gets_a_sentence(p0, p1):
    with pytest.raises(ValueError, match="0 < p0 < p1 < 1"):
        Plan(p0, p1)


@pytest.mark.parametrize(("alpha", "beta"), [(0, 0.05), (1, 0.05), (0.05, 0), (0.05, math.nan)])
def test_errors_that_cannot_be_get_a_sentence(alpha, beta):
    with pytest.raises(ValueError, match="errors must lie between"):
        Plan(0.1, 0.2, alpha, beta)


@pytest.mark.parametrize("rate", [-0.1, 1.1, math.nan])
def test_prospects_of_no_rate_get_a_sentence(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        prospects(PLAN, rate)
