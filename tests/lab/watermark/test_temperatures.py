"""Learned temperatures, against derivatives by hand, differences, and the loop they live in."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.randomness import torch_stream
from app.lab.watermark.ewe import Entanglement, train_watermarked
from app.lab.watermark.snnl import soft_nearest_neighbor_loss
from app.lab.watermark.temperatures import COLDEST, HOTTEST, Temperatures
from tests.lab.watched import HOW, TASK, watched, weights

GROUPS = torch.tensor([0, 0, 0, 1, 1, 1])
TRIGGERS = torch.stack([torch.arange(30) + 10.0, torch.zeros(30)], dim=1)


def cloud(seed=0, scale=1.0):
    return torch.randn(6, 3, generator=torch.Generator().manual_seed(seed)) * scale


def value_of(temperatures, layer="a"):
    return float(torch.as_tensor(temperatures.values[layer]).detach())


def followed(points, start, rate):
    """The temperature after one step on the SNNL of these points."""
    learned = Temperatures(("a",), start, rate)
    learned.follow({"a": soft_nearest_neighbor_loss(points, GROUPS, learned.values["a"], "euclidean")})
    return value_of(learned)


def slope_by_hand(points, inverse):
    """dSNNL/dt at T = 100 / t: with p and q the shares of the neighbours among all and among the own group.

    log of the sum of exp(-d t / 100) over j has the slope -(mean of d under its softmax) / 100.
    """
    squared = torch.cdist(points.double(), points.double()).square()
    total = 0.0
    for i in range(6):
        everybody = [j for j in range(6) if j != i]
        own = [j for j in everybody if GROUPS[j] == GROUPS[i]]

        def mean_distance(others, row=squared[i]):
            shares = [math.exp(-float(row[j]) * inverse / 100) for j in others]
            return sum(share * float(row[j]) for share, j in zip(shares, others, strict=True)) / sum(shares)

        total += (mean_distance(own) - mean_distance(everybody)) / 100
    return total / 6


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), start=st.floats(0.5, 50), rate=st.floats(0.1, 10))
def test_one_step_is_the_rate_times_the_slope_by_hand(seed, start, rate):
    points = cloud(seed)
    inverse = 100 / start
    expected = inverse - rate * slope_by_hand(points, inverse)
    assert followed(points, start, rate) == pytest.approx(100 / expected, rel=1e-3)


def test_the_slope_is_that_of_differences():
    points, inverse, small = cloud(3).double(), 40.0, 1e-4

    def at(t):
        return float(soft_nearest_neighbor_loss(points, GROUPS, 100 / t, "euclidean"))

    assert slope_by_hand(points, inverse) == pytest.approx((at(inverse + small) - at(inverse - small)) / (2 * small))


def test_a_step_lowers_the_snnl_of_its_layer_and_leaves_the_others_alone():
    points = cloud(1)
    learned = Temperatures(("a", "b"), 1.0, 5.0)
    before = soft_nearest_neighbor_loss(points, GROUPS, learned.values["a"], "euclidean")
    learned.follow({"a": before})
    after = soft_nearest_neighbor_loss(points, GROUPS, learned.values["a"], "euclidean")
    assert float(after.detach()) < float(before.detach()) and value_of(learned, "b") == 1.0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), start=st.floats(0.01, 100), scale=st.floats(0.01, 10))
def test_temperatures_stay_positive_and_within_their_limits_at_any_rate(seed, start, scale):
    learned = Temperatures(("a",), start, 1e6)
    for step in range(4):
        points = cloud(seed + step, scale)
        learned.follow({"a": soft_nearest_neighbor_loss(points, GROUPS, learned.values["a"], "euclidean")})
        assert COLDEST * 0.999 <= value_of(learned) <= HOTTEST * 1.001


def test_the_step_of_the_weights_is_the_same_before_and_after_it():
    def slope(follow_first):
        points = cloud(2).requires_grad_()
        learned = Temperatures(("a",), 1.0, 5.0)
        value = soft_nearest_neighbor_loss(points, GROUPS, learned.values["a"], "euclidean")
        if follow_first:
            learned.follow({"a": value})
        (-3 * value).backward()
        return points.grad

    assert torch.equal(slope(True), slope(False))


def test_at_rate_zero_they_are_plain_numbers_that_never_change():
    fixed = Temperatures(("a",), 0.3, 0.0)
    fixed.follow({"a": soft_nearest_neighbor_loss(cloud(), GROUPS, 0.3, "euclidean")})
    assert fixed.values == {"a": 0.3}


def test_a_negative_rate_gets_a_sentence():
    with pytest.raises(ValueError, match="must not be negative"):
        Temperatures(("a",), 1.0, -0.1)


def trained(rate, kappa=4.0):
    model = watched()
    how = Entanglement(kappa, 0.5, ("hidden2",), temperature_rate=rate)
    return model, list(train_watermarked(model, TASK, TRIGGERS, 2, HOW, how, 1, torch_stream(1, "order")))


def test_learning_changes_the_training_from_the_second_watermark_step_on():
    _, fixed = trained(0.0)
    _, learned = trained(10.0)
    snnl = [[step.snnl["hidden2"] for step in steps if step.batch == "watermark"] for steps in (fixed, learned)]
    assert snnl[0][0] == snnl[1][0] and snnl[0][1:] != snnl[1][1:]


def test_a_naive_watermark_has_no_temperature_to_learn():
    one, other = trained(0.0, kappa=0.0)[0], trained(10.0, kappa=0.0)[0]
    assert torch.equal(weights(one), weights(other))
