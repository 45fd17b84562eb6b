"""Who answers to what, against slow loops and by what must hold whatever the numbers are."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.lab.task.networks import build
from app.lab.watermark.neurons import activity, division, overlap, selectivity, shares

ACTIVE = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(5)), elements=st.floats(0, 100, width=32))


def probe(labels, triggers):
    """Labels of genuine inputs, then of triggers, and which are which."""
    labels = np.asarray(labels)
    return np.r_[labels, np.full(triggers, 1)], np.arange(len(labels) + triggers) >= len(labels)


def slow_shares(active):
    """Each neuron's mean, divided by the sum of the means, one number at a time."""
    means = [sum(float(row[unit]) for row in active) / len(active) for unit in range(len(active[0]))]
    total = sum(means)
    return [mean / total if total else 0.0 for mean in means]


def slow_overlap(first, second):
    total = 0.0
    for one, other in zip(first, second, strict=True):
        total += one if one < other else other
    return total


@given(ACTIVE, ACTIVE)
def test_overlap_is_that_of_a_slow_loop(first, second):
    assert shares(first) == pytest.approx(slow_shares(first))
    expected = slow_overlap(slow_shares(first), slow_shares(second))
    assert overlap(shares(first), shares(second)) == pytest.approx(expected, abs=1e-12)


@given(ACTIVE, ACTIVE, st.floats(0.001, 1000), st.permutations(range(5)))
def test_overlap_lies_between_0_and_1_and_asks_neither_for_strength_nor_order(first, second, factor, order):
    found = overlap(shares(first), shares(second))
    assert 0 <= found <= 1 + 1e-12
    assert overlap(shares(second), shares(first)) == found
    assert overlap(shares(factor * first), shares(second)) == pytest.approx(found, abs=1e-9)
    assert overlap(shares(first[:, order]), shares(second[:, order])) == pytest.approx(found, abs=1e-9)


@given(ACTIVE)
def test_a_group_overlaps_with_itself_in_full(active):
    expected = 1.0 if active.any() else 0.0
    assert overlap(shares(active), shares(active)) == pytest.approx(expected)


def test_two_sets_of_neurons_do_not_overlap_and_one_shared_neuron_counts_with_its_smaller_share():
    left, right = np.array([[2.0, 2, 0, 0]]), np.array([[0.0, 0, 1, 3]])
    assert overlap(shares(left), shares(right)) == 0
    assert overlap(shares(left), shares(np.array([[0.0, 1, 0, 3]]))) == 0.25


@given(ACTIVE, ACTIVE)
def test_selectivity_is_1_for_one_group_only_minus_1_for_the_other_and_turns_with_them(first, second):
    one, other = shares(first), shares(second)
    found = selectivity(one, other)
    assert (np.abs(found) <= 1).all()
    assert np.array_equal(selectivity(other, one), -found)
    assert (found[(one > 0) & (other == 0)] == 1).all()
    assert (found[(one == 0) & (other > 0)] == -1).all()
    assert (found[one == other] == 0).all()


def test_a_division_is_sorted_leaves_silent_neurons_out_and_carries_its_control():
    active = np.array([[0, 4, 0, 1], [0, 2, 2, 2], [0, 0, 6, 0], [3, 0, 1, 0]], dtype=float)
    active = np.c_[active, np.zeros(4)]  # the last neuron is dead
    found = division(active, *probe([0, 1, 1], triggers=1))
    assert len(found.selectivity) == 4 and (np.diff(found.selectivity) <= 0).all()
    assert found.triggers.sum() == pytest.approx(1) and found.genuine.sum() == pytest.approx(1)
    genuine = slow_shares(active[:3])
    assert found.overlap == pytest.approx(slow_overlap(slow_shares(active[3:]), genuine))
    by_class = [slow_overlap(slow_shares(active[rows]), genuine) for rows in ([0], [1, 2])]
    assert found.usual == pytest.approx(sum(by_class) / 2)
    assert found.triggers[0] == 0.75 and found.selectivity[0] == 1  # the neuron that only the trigger moves


def test_triggers_that_are_genuine_inputs_overlap_as_those_do():
    active = np.random.default_rng(0).uniform(size=(40, 9))
    twice = np.concatenate([active, active])
    found = division(twice, *probe(np.arange(40) % 4, triggers=40))
    assert found.overlap == pytest.approx(1) and found.selectivity == pytest.approx(0)


def test_a_neuron_is_a_channel_and_its_activity_the_mean_over_places():
    model = build("small", (1, 8, 8), 10, torch.Generator().manual_seed(0))
    inputs = torch.rand(3, 1, 8, 8)
    found = activity(model, inputs)
    assert {name: values.shape for name, values in found.items()} == {
        "conv1": (3, 8),
        "conv2": (3, 16),
        "dense": (3, 256),
    }
    with torch.no_grad():
        features = model.with_features(inputs)[1]
    expected = sum(float(value) for value in features["conv2"][1, 5].flatten()) / 16
    assert found["conv2"][1, 5] == pytest.approx(expected, rel=1e-5)
    assert found["dense"][2].tolist() == features["dense"][2].tolist()
