"""What the API lets out: never more than its policy says, never more often than its budget, the same lie twice."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.extraction.prediction_api import (
    BudgetSpent,
    Policy,
    PredictionAPI,
    calibration_error,
    lie,
    reverse_sigmoid,
    tax,
    under,
)
from app.lab.task.datasets import Split
from app.lab.task.networks import build

MODEL = build("tiny", (2,), 5, torch.Generator().manual_seed(0))
POINTS = torch.randn(60, 2, generator=torch.Generator().manual_seed(1))
policies = st.builds(
    Policy,
    answers=st.sampled_from(["labels", "confidences"]),
    lies=st.sampled_from([0.0, 0.3, 1.0]),
    reverse_sigmoid=st.sampled_from([0.0, 0.5, 1.0]),
    top=st.integers(1, 10),
    decimals=st.integers(1, 8),
    secret=st.integers(0, 2**63),
)


def told(policy, points=POINTS):
    return PredictionAPI(MODEL, policy).query(points)


@settings(max_examples=80)
@given(policies)
def test_a_policy_never_says_more_than_its_parts_allow(policy):
    answers = told(policy)
    assert answers.shape == (60, 5) and ((answers >= 0) & (answers <= 1)).all()
    most = 1 if policy.answers == "labels" else min(policy.top, 5)
    assert ((answers > 0).sum(dim=1) <= most).all()
    if policy.answers == "labels":
        assert (answers.max(dim=1).values == 1).all()
    elif policy.decimals <= 3:
        scaled = answers.double() * 10**policy.decimals
        assert (scaled - scaled.round()).abs().max() < 1e-3
        assert len(answers.unique()) <= 10**policy.decimals + 1


@given(st.integers(1, 10))
def test_the_top_classes_are_told_as_they_are_and_the_others_not_at_all(top):
    plain, few = told(Policy()), told(Policy(top=top))
    for whole, part in zip(plain, few, strict=True):
        best = whole.argsort(descending=True)[:top]
        assert torch.equal(part[best], whole[best]) and part.count_nonzero() == min(top, 5)


def test_the_plain_policies_are_the_answers_of_old():
    logits = MODEL(POINTS).detach()
    assert torch.equal(told("confidences"), logits.softmax(dim=1))
    assert torch.equal(told("labels").argmax(dim=1), logits.argmax(dim=1))


@settings(max_examples=30)
@given(st.integers(0, 2**63), st.permutations(range(60)))
def test_a_lie_is_told_again_whatever_else_is_asked_with_it(secret, order):
    policy = Policy(lies=0.5, secret=secret)
    rows = torch.tensor(order)
    assert torch.equal(told(policy)[rows], told(policy, POINTS[rows]))


def test_lies_swap_the_top_class_at_the_rate_that_was_set():
    inputs = torch.randn(20_000, 2, generator=torch.Generator().manual_seed(2))
    honest = torch.tensor([[0.7, 0.1, 0.2]]).repeat(20_000, 1)
    answers = lie(inputs, honest, 0.05, 7)
    false = answers.argmax(dim=1) != 0
    assert float(false.float().mean()) == pytest.approx(0.05, abs=0.006)
    assert torch.equal(answers.sort(dim=1).values, honest.sort(dim=1).values)
    assert set(answers[false].argmax(dim=1).tolist()) == {1, 2}
    assert not torch.equal(false, lie(inputs, honest, 0.05, 8).argmax(dim=1) != 0)


def test_the_reverse_sigmoid_against_slow_arithmetic_and_its_limits():
    y = told(Policy()).double()
    assert torch.allclose(reverse_sigmoid(y, 0.0), y / y.sum(dim=1, keepdim=True), atol=1e-6)
    for row, deceived in zip(y.numpy(), reverse_sigmoid(y, 1.0).numpy(), strict=True):
        slow = np.array([p - (1 / (1 + np.exp(-0.2 * np.log(p / (1 - p)))) - 0.5) for p in row])
        np.testing.assert_allclose(deceived, slow / slow.sum(), atol=1e-9)
        assert deceived.argmax() == row.argmax()


def test_the_reverse_sigmoid_does_not_raise_an_impossible_class_above_the_top_one():
    (answer,) = reverse_sigmoid(torch.tensor([[0.4, 0.35, 0.25, 0.0]]), 1.0)
    assert answer.argmax() == 0 and answer[0] > answer[1:].max()


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=10).filter(any), st.floats(0.01, 1))
def test_the_reverse_sigmoid_keeps_the_top_class_of_any_distribution(weights, strength):
    y = torch.tensor([weights])
    y = y / y.sum()
    (answer,) = reverse_sigmoid(y, strength)
    assert answer.argmax() == y.argmax()
    assert (answer > 0).all() and float(answer.sum()) == pytest.approx(1, abs=1e-5)


@settings(max_examples=60)
@given(st.integers(0, 60), st.lists(st.integers(1, 30), max_size=8))
def test_the_budget_is_exact_and_a_query_beyond_it_is_neither_answered_nor_counted(budget, sizes):
    api, spent = PredictionAPI(MODEL, "labels", price=2.0, budget=budget), 0
    for size in sizes:
        if spent + size > budget:
            with pytest.raises(BudgetSpent, match=rf"^The budget is {budget} queries: {budget - spent} are left"):
                api.query(POINTS[:size])
        else:
            api.query(POINTS[:size])
            spent += size
        assert api.queries == spent == sum(len(each.inputs) for each in api.log)
        assert api.dollars == pytest.approx(spent * 0.002)


def test_the_log_tells_what_was_asked_and_what_the_model_saw():
    api = PredictionAPI(MODEL, Policy(lies=1.0))
    api.query(POINTS[:7])
    assert torch.equal(api.log[0].inputs, POINTS[:7])
    assert torch.equal(api.log[0].classes, MODEL(POINTS[:7]).argmax(dim=1))


@pytest.mark.parametrize("part", [{"answers": "logits"}, {"top": 0}, {"decimals": 0}, {"lies": 2.0}])
def test_a_policy_that_cannot_be_gets_one_sentence(part):
    with pytest.raises(ValueError, match=r"^(An API|A policy) .*\.$"):
        Policy(**part)


def test_the_calibration_error_of_a_case_worked_out_by_hand():
    answers = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.55, 0.45]])
    labels = torch.tensor([0, 1, 1, 1])  # 0.9: one of two right; 0.6: right; 0.55: wrong
    assert calibration_error(answers, labels) == pytest.approx((2 * 0.4 + 0.4 + 0.55) / 4, abs=1e-6)


def test_honest_users_pay_for_what_is_hidden_and_for_nothing_else():
    honest = Split(POINTS, MODEL(POINTS).argmax(dim=1))
    free = tax(MODEL, Policy(), honest)
    assert (free.accuracy, free.calibration, free.second_best) == (0, 0, 0)
    assert tax(MODEL, Policy("labels"), honest).second_best == 1
    assert tax(MODEL, Policy(top=2), honest).second_best == 0
    assert tax(MODEL, Policy(lies=1.0), honest).accuracy == 1


def test_an_answer_under_policies_is_the_one_that_each_gives_and_never_a_lie() -> None:
    plain = np.array([0.625, 0.25, 0.125, 0.0], dtype=np.float32)
    policies = {
        "plain": Policy(),
        "label": Policy("labels"),
        "lies": Policy(lies=1.0),
        "bent": Policy(reverse_sigmoid=1.0),
    }
    found = under(policies, plain)
    np.testing.assert_allclose(found["plain"], plain, atol=1e-6)
    np.testing.assert_allclose(found["lies"], plain, atol=1e-6)
    np.testing.assert_array_equal(found["label"], [1, 0, 0, 0])
    assert found["bent"].argmax() == 0 and found["bent"].sum() == pytest.approx(1) and found["bent"][0] < 0.5
