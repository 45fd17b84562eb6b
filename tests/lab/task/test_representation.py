"""Looking inside, against clusters made by hand and planes turned by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist, squareform

from app.lab.task import representation
from app.lab.task.networks import build
from app.lab.task.representation import distances, features, products, restored, similarities
from app.lab.watermark.snnl import soft_nearest_neighbor_loss


def pca(points, previous=None, dimensions=2):
    return representation.pca(products(points), previous, dimensions)


def target_share(found, *who):
    return representation.target_share(products(found), *who)


def cloud(seed, width=12, n=120):
    """Points whose first axes differ clearly in spread."""
    return (np.random.default_rng(seed).normal(size=(n, width)) * np.r_[5, 3, np.full(width - 2, 0.3)]).astype(
        np.float32
    )


def rotation(seed, width=12):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(width, width)))[0].astype(np.float32)


@pytest.mark.parametrize("width", [12, 250])
def test_the_plane_is_that_of_the_singular_value_decomposition(width):
    points = cloud(0, width)
    centred = points.astype(np.float64) - points.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    expected = u[:, :2] * s[:2]
    expected = expected / np.sqrt((expected**2).sum(axis=1).mean())
    found = pca(points)
    for axis in range(2):
        sign = np.sign(found[:, axis] @ expected[:, axis])
        np.testing.assert_allclose(found[:, axis], sign * expected[:, axis], atol=1e-3)


def test_the_plane_is_centred_and_of_unit_size():
    plane = pca(cloud(0) + 7)
    assert plane.shape == (120, 2) and plane.dtype == np.float32
    np.testing.assert_allclose(plane.mean(axis=0), 0, atol=1e-5)
    assert (plane**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("flipped", [-np.eye(12), np.diag([-1.0, 1.0] * 6), np.eye(12)[::-1], rotation(1), rotation(2)])
def test_a_plane_aligned_to_the_previous_one_does_not_flip_or_turn(flipped):
    points = cloud(0)
    before = pca(points)
    after = pca(points @ flipped.astype(np.float32), before)
    assert np.abs(after - before).max() < 0.02


@pytest.mark.parametrize("angle", [0.6, 1.5, 3.0, -2.0])
def test_a_plane_is_turned_onto_the_previous_one_whatever_its_angle(angle):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    before = pca(cloud(0)) @ turn
    np.testing.assert_allclose(pca(cloud(0), before), before, atol=1e-4)


def test_a_plane_aligned_to_the_previous_one_moves_no_more_than_its_points():
    before = pca(cloud(0))
    moved = cloud(0) + np.random.default_rng(1).normal(scale=0.05, size=(120, 12)).astype(np.float32)
    assert np.abs(pca(moved @ rotation(3), before) - before).max() < 0.1


@pytest.mark.parametrize("width", [12, 250])
@pytest.mark.parametrize("aligned", [False, True])
def test_dead_features_have_a_plane_too(width, aligned):
    plane = pca(np.zeros((120, width), np.float32), cloud(0, 2) if aligned else None)
    assert plane.shape == (120, 2) and not plane.any()


@pytest.mark.parametrize("width", [12, 250])
def test_a_layer_that_sees_every_input_alike_has_its_plane_in_one_place(width):
    alike = np.tile(np.random.default_rng(0).uniform(size=width).astype(np.float32), (120, 1))
    assert not pca(alike).any()


def clusters():
    """Three classes of 20 along three axes: (features, labels)."""
    labels = np.repeat([0, 1, 2], 20)
    return np.eye(3)[labels] + np.random.default_rng(0).normal(scale=0.02, size=(60, 3)), labels


@pytest.mark.parametrize(("beside", "expected"), [(1, 1.0), (0, 0.0), (2, 0.0)])
def test_target_share_is_1_inside_the_target_class_and_0_inside_another(beside, expected):
    found, labels = clusters()
    triggers = np.eye(3)[[beside] * 8] + np.random.default_rng(1).normal(scale=0.02, size=(8, 3))
    is_trigger = np.arange(68) >= 60
    share = target_share(np.concatenate([found, triggers]), np.r_[labels, np.ones(8, int)], is_trigger, 1)
    assert share == expected


def test_target_share_is_the_share_of_triggers_where_some_are_inside():
    found, labels = clusters()
    triggers = np.eye(3)[[1, 1, 1, 0]]
    is_trigger = np.arange(64) >= 60
    assert target_share(np.concatenate([found, triggers]), np.r_[labels, np.ones(4, int)], is_trigger, 1) == 0.75


def test_triggers_are_not_neighbours_of_each_other():
    found, labels = clusters()
    crowd = np.tile([[1.0, 0, 0]], (30, 1))  # thirty identical triggers inside class 0, all labelled 1
    is_trigger = np.arange(90) >= 60
    assert target_share(np.concatenate([found, crowd]), np.r_[labels, np.ones(30, int)], is_trigger, 1) == 0


def test_three_components_show_more_and_the_first_two_are_the_plane():
    space, plane = pca(cloud(0), dimensions=3), pca(cloud(0))
    assert space.shape == (120, 3)
    shared = space[:, :2] / np.sqrt((space[:, :2] ** 2).sum(axis=1).mean())
    np.testing.assert_allclose(np.abs(shared), np.abs(plane), atol=1e-3)


def rectified(seed, n=40, width=30):
    """Features as after a ReLU: many zeros, some long, and a dead one."""
    random = np.random.default_rng(seed)
    found = np.maximum(random.normal(size=(n, width)) * random.uniform(0.1, 20, size=(n, 1)), 0)
    found[3] = 0
    return found.astype(np.float32)


@given(seed=st.integers(0, 99))
def test_distances_are_those_of_the_features_to_16_bits(seed):
    found = rectified(seed)
    apart = distances(*similarities(products(found)), "cosine")
    alive = np.arange(len(found)) != 3
    truth = cdist(found[alive], found[alive], "cosine")
    np.testing.assert_allclose(apart[np.ix_(alive, alive)], truth, atol=0.6 / representation.ONE)
    assert (apart[3, alive] == 1).all()  # what is dead has no direction
    squared = distances(*similarities(products(found)), "euclidean")
    scale = np.multiply.outer(*2 * [np.linalg.norm(found, axis=1)])
    assert (
        np.abs(squared - cdist(found, found, "sqeuclidean")) <= 2 * scale / representation.ONE + 1e-6 * scale.max()
    ).all()


@given(arrays(np.float32, (7, 3), elements=st.floats(-100, 100, width=32)), st.sampled_from(["cosine", "euclidean"]))
def test_distances_are_symmetric_and_never_negative_and_nothing_is_far_from_itself(found, metric):
    apart = distances(*similarities(products(found)), metric)
    assert (apart == apart.T).all() and (apart >= 0).all() and not apart.diagonal().any()


def test_distances_by_another_metric_are_refused_with_a_sentence():
    with pytest.raises(ValueError, match=r"one of cosine, euclidean; it is 'city'\.$"):
        distances(*similarities(products(rectified(0))), "city")


def test_the_pairs_stand_in_the_order_of_condensed_matrices():
    found = rectified(1)
    cosines, norms = similarities(products(found))
    assert cosines.dtype == np.int16 and cosines.shape == (40 * 39 // 2,) and norms.shape == (40,)
    np.testing.assert_allclose(norms, np.linalg.norm(found, axis=1), rtol=1e-5)
    unit = found / np.maximum(norms, 1e-9)[:, None]
    np.testing.assert_allclose(
        squareform(cosines)[0] / representation.ONE, unit[0] @ unit.T * (np.arange(40) > 0), atol=1e-4
    )


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_the_snnl_of_the_record_is_that_of_the_features(metric, temperature):
    found = rectified(2)[4:] / (20 if metric == "euclidean" else 1)
    groups = np.arange(len(found)) % 2
    near = np.exp(-distances(*similarities(products(found)), metric) / temperature)
    np.fill_diagonal(near, 0)
    same = groups[:, None] == groups[None]
    expected = float(soft_nearest_neighbor_loss(*map(torch.from_numpy, (found, groups)), temperature, metric))
    assert -np.log((near * same).sum(axis=1) / near.sum(axis=1)).mean() == pytest.approx(expected, rel=2e-3)


def test_the_principal_components_of_the_record_are_those_of_the_features():
    found = rectified(3)
    plane = pca(found)
    np.testing.assert_allclose(representation.pca(restored(*similarities(products(found))), plane), plane, atol=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_are_the_nearest_genuine_inputs_and_make_up_the_target_share(seed):
    found = rectified(seed, n=60)
    labels, is_trigger = np.arange(60) % 4, np.arange(60) >= 45
    near = representation.neighbours(similarities(products(found))[0], is_trigger)
    assert near.shape == (60, 10) and not is_trigger[near].any()
    alike = 1 - cdist(found[:3], found[:45], "cosine")
    np.fill_diagonal(alike, -1)
    for point in range(3):
        assert set(near[point]) == set(np.argsort(-alike[point])[:10])
        assert (np.diff(alike[point][near[point]]) <= 1e-4).all()
    share = (labels[near[is_trigger]] == 2).mean()
    assert share == pytest.approx(target_share(found, labels, is_trigger, 2), abs=0.01)


@given(seed=st.integers(0, 99))
def test_remoteness_is_the_ratio_of_the_mean_distances_to_the_nearest(seed):
    found = rectified(seed, n=60)
    labels, is_trigger = np.arange(60) % 4, np.arange(60) >= 45
    apart = cdist(found, found[:45], "cosine")
    apart[3], apart[:, 3] = 1, 1  # of length 0: no direction, and as far as any that are at right angles
    apart[np.arange(45), np.arange(45)] = np.inf
    nearest = np.sort(apart, axis=1)[:, :10].mean(axis=1)
    expected = nearest[45:].mean() / nearest[:45][labels[:45] == 2].mean()
    assert representation.remoteness(similarities(products(found))[0], labels, is_trigger, 2) == pytest.approx(
        expected, rel=1e-3
    )


def test_triggers_that_lie_as_the_target_class_does_are_as_remote_as_it_and_of_no_class_nothing_is():
    found = rectified(1, n=60)
    both = np.concatenate([found, found + 0.01 * rectified(2, n=60)])
    cosines, labels, is_trigger = similarities(products(both))[0], np.zeros(120, dtype=int), np.arange(120) >= 60
    assert representation.remoteness(cosines, labels, is_trigger, 0) < 1.02
    assert representation.remoteness(cosines, labels, is_trigger, 1) is None
    assert representation.remoteness(cosines, labels, np.zeros(120, dtype=bool), 0) is None


def test_of_few_inputs_all_others_are_neighbours():
    near = representation.neighbours(similarities(products(rectified(0, n=6)))[0], np.arange(6) >= 4)
    assert near.shape == (6, 3) and sorted(near[0]) == [1, 2, 3]


def test_features_are_flattened_per_layer_and_carry_no_gradient():
    model = build("small", (1, 8, 8), 10, torch.Generator().manual_seed(0))
    found = features(model, torch.rand(3, 1, 8, 8))
    assert {name: tuple(values.shape) for name, values in found.items()} == {
        "conv1": (3, 8 * 8 * 8),
        "conv2": (3, 16 * 4 * 4),
        "dense": (3, 256),
    }
    assert not any(values.requires_grad for values in found.values())
    assert all((values >= 0).all() for values in found.values())
