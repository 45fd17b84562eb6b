"""SNNL against its definition, written slowly; against its limits; against the published code."""

import math
import warnings
from decimal import Decimal, localcontext

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app.lab.choices import METRICS
from app.lab.watermark.snnl import loss_of_distances, neutral_value, soft_nearest_neighbor_loss

TEMPERATURES = [10.0**power for power in range(-3, 4)]
GROUPS = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2])


def loss(points, groups, temperature, metric="euclidean"):
    """The lab's value for NumPy points, in double precision."""
    features = torch.tensor(np.asarray(points), dtype=torch.float64)
    return float(soft_nearest_neighbor_loss(features, torch.tensor(np.asarray(groups)), temperature, metric))


def distance(a, b, metric):
    if metric == "euclidean":
        return sum((p - q) ** 2 for p, q in zip(a, b, strict=True))
    return 1 - np.dot(a, b) / (np.sqrt(np.dot(a, a)) * np.sqrt(np.dot(b, b)))


def log_sum_exp(values):
    highest = max(values)
    return highest + math.log(sum(math.exp(value - highest) for value in values))


def by_definition(points, groups, temperature, metric):
    """The double loop of Frosst et al. 2019, eq. 1, in the log domain."""
    b = len(points)
    total = 0.0
    for i in range(b):
        own, everybody = [], []
        for j in range(b):
            if j == i:
                continue
            term = -distance(points[i], points[j], metric) / temperature
            everybody.append(term)
            if groups[j] == groups[i]:
                own.append(term)
        total += log_sum_exp(own) - log_sum_exp(everybody)
    return -total / b


def with_four_hundred_digits(points, groups, temperature, metric):
    """The same definition without logarithms of sums: here, 1 - 1e-300 is not 1."""
    with localcontext() as context:
        context.prec = 400
        total = Decimal(0)
        for i, point in enumerate(points):
            terms = {
                j: (Decimal(float(-distance(point, other, metric))) / Decimal(temperature)).exp()
                for j, other in enumerate(points)
                if j != i
            }
            own = sum(term for j, term in terms.items() if groups[j] == groups[i])
            total -= (own / sum(terms.values())).ln()
        return float(total / len(points))


def as_published(points, groups, temperature):
    """The authors' formula, with its 1e-5 inside the fraction and the logarithm."""
    squared = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    near = np.exp(-squared / temperature)
    np.fill_diagonal(near, 0)
    share = near / (1e-5 + near.sum(axis=1, keepdims=True)) * (groups[:, None] == groups[None])
    return -np.log(1e-5 + share.sum(axis=1)).mean()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_equals_the_double_loop_at_every_temperature(metric, temperature):
    for seed in range(3):
        points = np.random.default_rng(seed).normal(size=(10, 3))
        expected = by_definition(points, GROUPS, temperature, metric)
        assert loss(points, GROUPS, temperature, metric) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_keeps_its_relative_precision_where_the_loss_is_tiny(metric, temperature):
    rng = np.random.default_rng(5)
    centres = np.array([[3.0, 0, 0], [0, 3.0, 0], [0, 0, 3.0]])[GROUPS]
    points = centres + rng.normal(scale=0.1, size=(10, 3))
    expected = with_four_hundred_digits(points, GROUPS, temperature, metric)
    assert loss(points, GROUPS, temperature, metric) == pytest.approx(expected, rel=1e-5, abs=1e-300)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("temperature", [0.05, 1.0, 30.0])
def test_gradients_agree_with_finite_differences_of_the_definition(metric, temperature):
    points = np.random.default_rng(1).normal(size=(7, 3))
    groups = np.array([0, 0, 0, 1, 1, 1, 1])
    features = torch.tensor(points, requires_grad=True)
    warmth = torch.tensor(temperature, dtype=torch.float64, requires_grad=True)
    soft_nearest_neighbor_loss(features, torch.tensor(groups), warmth, metric).backward()

    def slope(change):
        step = 1e-6
        return (change(step) - change(-step)) / (2 * step)

    def nudged(row, column, step):
        moved = points.copy()
        moved[row, column] += step
        return by_definition(moved, groups, temperature, metric)

    in_features = [
        [slope(lambda step, i=i, j=j: nudged(i, j, step)) for j in range(points.shape[1])] for i in range(len(points))
    ]
    in_temperature = slope(lambda step: by_definition(points, groups, temperature * (1 + step), metric)) / temperature
    np.testing.assert_allclose(features.grad.numpy(), in_features, rtol=1e-5, atol=1e-7)
    assert float(warmth.grad) == pytest.approx(in_temperature, rel=1e-5, abs=1e-8)


def test_differentiating_through_the_temperature_raises_no_warning():
    features = torch.randn(6, 2, generator=torch.Generator().manual_seed(0))
    torch.set_warn_always(True)  # else only the first warning of a process is heard
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            soft_nearest_neighbor_loss(features, torch.arange(6) % 2, torch.tensor(0.5, requires_grad=True))
    finally:
        torch.set_warn_always(False)


@pytest.mark.parametrize("metric", METRICS)
def test_at_high_temperature_only_average_distances_count(metric):
    points = np.random.default_rng(0).normal(size=(10, 3))
    apart = [[distance(a, b, metric) for b in points] for a in points]
    own, everybody = [], []
    for i in range(10):
        others = [j for j in range(10) if j != i]
        everybody.append(np.mean([apart[i][j] for j in others]))
        own.append(np.mean([apart[i][j] for j in others if GROUPS[j] == GROUPS[i]]))
    excess = np.mean(own) - np.mean(everybody)

    neutral = -np.mean([math.log((sum(group == GROUPS) - 1) / 9) for group in GROUPS])

    def beyond_first_order(temperature):
        return loss(points, GROUPS, temperature, metric) - (neutral + excess / temperature)

    assert abs(beyond_first_order(1e4)) * 1e4 < abs(excess) / 100
    assert beyond_first_order(500.0) / beyond_first_order(1000.0) == pytest.approx(4, rel=0.05)


def test_at_low_temperature_the_loss_vanishes_if_every_nearest_neighbour_is_ones_own():
    pairs = np.array([[0.0], [0.1], [1.0], [1.1], [2.0], [2.1]])
    assert loss(pairs, [0, 0, 1, 1, 0, 0], 1e-3) == 0


def test_at_low_temperature_the_loss_grows_like_one_over_t_if_a_stranger_is_nearest():
    line, groups = np.array([[0.0], [1.0], [1.5], [4.0]]), [0, 0, 1, 1]
    # Nearest own minus nearest of all, squared: 1 - 1, 1 - 0.25, 6.25 - 0.25, 6.25 - 6.25.
    expected = (0 + 0.75 + 6 + 0) / 4
    for temperature in (1e-2, 1e-3, 1e-4):
        assert temperature * loss(line, groups, temperature) == pytest.approx(expected, rel=1e-9)


def test_ring_around_blob_is_separated_at_temperature_1_and_looks_mixed_at_100():
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, 2 * np.pi, 64)
    ring = 4 * np.column_stack([np.cos(angles), np.sin(angles)]) + rng.normal(scale=0.15, size=(64, 2))
    points = np.concatenate([ring, rng.normal(scale=0.4, size=(64, 2))])
    groups = np.repeat([0, 1], 64)
    assert loss(points, groups, 1.0) < 0.01
    assert loss(points, groups, 100.0) == pytest.approx(0.70, abs=0.02)
    assert loss(points, groups, 100.0) == pytest.approx(neutral_value(torch.tensor(groups)), abs=0.02)


def test_separated_blobs_report_zero_where_the_published_formula_does_not():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal([-3, 0], 1 / 2, (64, 2)), rng.normal([3, 0], 1 / 2, (64, 2))])
    groups = np.repeat([0, 1], 64)
    assert as_published(points, groups, 1e-3) > 1
    assert loss(points, groups, 1e-3) == 0
    assert loss(points, groups, 1.0) == pytest.approx(as_published(points, groups, 1.0), abs=1e-4)


@given(st.integers(2, 40))
def test_neutral_value_of_two_equal_groups_has_its_closed_form(n):
    groups = torch.arange(2 * n) // n
    assert neutral_value(groups) == pytest.approx(math.log((2 * n - 1) / (n - 1)), rel=1e-6)


@given(st.lists(st.integers(2, 6), min_size=1, max_size=4), st.sampled_from(METRICS), st.floats(1e-3, 1e3))
def test_points_that_no_distance_can_tell_apart_are_neutral(sizes, metric, temperature):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    value = loss(np.ones((len(groups), 3)), groups, temperature, metric)
    assert value == pytest.approx(neutral_value(torch.tensor(groups)), abs=1e-6)


points_of_plane = hnp.arrays(np.float64, (8, 3), elements=st.floats(-10, 10))
temperatures = st.floats(0.01, 100)
PAIRS = np.array([0, 0, 0, 0, 1, 1, 1, 1])


@given(points_of_plane, temperatures, st.permutations(range(8)), st.sampled_from(METRICS))
def test_is_invariant_to_permuting_the_points(points, temperature, order, metric):
    order = list(order)
    moved = loss(points[order], PAIRS[order], temperature, metric)
    assert moved == pytest.approx(loss(points, PAIRS, temperature, metric), rel=1e-9, abs=1e-9)


@given(points_of_plane, temperatures, st.sampled_from(METRICS))
def test_is_invariant_to_swapping_the_groups(points, temperature, metric):
    assert loss(points, 1 - PAIRS, temperature, metric) == loss(points, PAIRS, temperature, metric)


@given(points_of_plane, temperatures, st.integers(0, 2**32 - 1))
def test_euclidean_is_invariant_to_rotation(points, temperature, seed):
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    expected = loss(points, PAIRS, temperature)
    assert loss(points @ turn, PAIRS, temperature) == pytest.approx(expected, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("temperature", [0.01, 1.0])
def test_euclidean_keeps_small_distances_far_from_the_origin(temperature):
    points = np.random.default_rng(0).normal(size=(8, 3))
    expected = loss(points, PAIRS, temperature)
    assert loss(points + 1e6, PAIRS, temperature) == pytest.approx(expected, rel=1e-6)


@given(points_of_plane, temperatures, hnp.arrays(np.float64, (8, 1), elements=st.floats(1e-4, 1e4)))
def test_cosine_is_invariant_to_the_scale_of_each_point(points, temperature, scales):
    assume(np.linalg.norm(points, axis=1).min() > 1e-3)
    expected = loss(points, PAIRS, temperature, "cosine")
    assert loss(points * scales, PAIRS, temperature, "cosine") == pytest.approx(expected, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dead", [2, 6])
def test_dead_features_give_finite_loss_and_gradients(metric, dead):
    features = torch.rand(6, 4, generator=torch.Generator().manual_seed(0))
    features[:dead] = 0
    features.requires_grad_()
    warmth = torch.tensor(0.01, requires_grad=True)
    value = soft_nearest_neighbor_loss(features, torch.arange(6) % 2, warmth, metric)
    value.backward()
    assert value.isfinite() and features.grad.isfinite().all() and warmth.grad.isfinite()


@pytest.mark.parametrize("metric", METRICS)
def test_single_precision_agrees_with_double(metric):
    points = np.random.default_rng(3).normal(size=(10, 3))
    single = soft_nearest_neighbor_loss(torch.tensor(points).float(), torch.tensor(GROUPS), 0.1, metric)
    assert float(single) == pytest.approx(loss(points, GROUPS, 0.1, metric), rel=1e-4)


def test_everything_behind_the_first_axis_is_flattened():
    maps = torch.rand(10, 2, 3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    flat = loss(maps.reshape(10, 24).numpy(), GROUPS, 0.5, "cosine")
    assert float(soft_nearest_neighbor_loss(maps, torch.tensor(GROUPS), 0.5)) == pytest.approx(flat, rel=1e-12)


FINE = torch.arange(12.0).reshape(6, 2)
TWO = torch.tensor([0, 0, 0, 1, 1, 1])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((FINE, torch.tensor([0, 0, 0, 0, 0, 1]), 1.0), "two members"),
        ((FINE, torch.arange(6), 1.0), "two members"),
        ((FINE[:0], TWO[:0], 1.0), "points"),
        ((FINE, TWO, 0.0), "temperature"),
        ((FINE, TWO, -1.0), "temperature"),
        ((FINE, TWO, math.nan), "temperature"),
        ((FINE, TWO, math.inf), "temperature"),
        ((FINE, TWO, torch.tensor(math.nan)), "temperature"),
        ((FINE, TWO, torch.tensor([1.0, 2.0])), "temperature"),
        ((FINE, TWO[:5], 1.0), "same b"),
        ((FINE, TWO[:, None], 1.0), "same b"),
        ((FINE[:, 0], TWO, 1.0), "same b"),
        ((FINE.where(FINE != 3, math.nan), TWO, 1.0), "NaN"),
        ((FINE.where(FINE != 3, math.inf), TWO, 1.0), "infinite"),
        ((FINE.where(FINE > 1, math.inf).where(FINE != 0, -math.inf), TWO, 1.0), "infinite"),
        ((FINE.long(), TWO, 1.0), "floating point"),
        ((FINE, TWO.float(), 1.0), "integers"),
        ((FINE, TWO, 1.0, "manhattan"), "metric"),
    ],
)
def test_bad_input_gets_a_clear_sentence(arguments, word):
    with pytest.raises(ValueError, match=word) as caught:
        soft_nearest_neighbor_loss(*arguments)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_features_whose_sum_overflows_are_finite_all_the_same():
    large = torch.full((6, 4), 3e38)
    with pytest.raises(ValueError, match="raise the temperature"):  # it is their distances that overflow
        soft_nearest_neighbor_loss(large, TWO, 1.0)


def test_a_lonely_member_has_no_neutral_value():
    with pytest.raises(ValueError, match="two members"):
        neutral_value(torch.tensor([0, 1, 1]))


@pytest.mark.parametrize(("size", "temperature"), [(1e30, 1.0), (1.0, 1e-40)])
def test_never_returns_nan_in_silence(size, temperature):
    points = size * torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    try:
        value = float(soft_nearest_neighbor_loss(points, TWO, temperature, "euclidean"))
    except ValueError:
        return
    assert not math.isnan(value)


@pytest.mark.parametrize("metric", METRICS)
def test_known_distances_give_the_same_loss(metric):
    points = np.random.default_rng(0).uniform(0.1, 1, size=(len(GROUPS), 3))
    apart = torch.tensor([[distance(a, b, metric) for b in points] for a in points], dtype=torch.float64)
    for temperature in TEMPERATURES[1:]:
        found = float(loss_of_distances(apart, torch.tensor(GROUPS), temperature))
        assert found == pytest.approx(loss(points, GROUPS, temperature, metric), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("shape", "groups", "temperature", "sentence"),
    [
        ((4, 3), [0, 0, 1, 1], 1.0, "must be"),
        ((4, 4), [0, 0, 1], 1.0, "must be"),
        ((3, 3), [0, 0, 1], 1.0, "at least two members"),
        ((4, 4), [0, 0, 1, 1], 0.0, "positive, finite"),
    ],
)
def test_distances_that_have_no_loss_are_refused(shape, groups, temperature, sentence):
    with pytest.raises(ValueError, match=sentence):
        loss_of_distances(torch.zeros(shape), torch.tensor(groups), temperature)
