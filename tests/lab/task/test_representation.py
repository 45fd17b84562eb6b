"""Looking inside, against clusters made by hand and planes turned by hand."""

import numpy as np
import pytest
import torch

from app.lab.task.networks import build
from app.lab.task.representation import features, pca, target_share


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


def test_features_are_flattened_per_layer_and_carry_no_gradient():
    model = build("small", (1, 8, 8), 10, torch.Generator().manual_seed(0))
    found = features(model, torch.rand(3, 1, 8, 8))
    assert {name: tuple(values.shape) for name, values in found.items()} == {
        "conv1": (3, 8 * 8 * 8),
        "conv2": (3, 16 * 4 * 4),
        "dense": (3, 64),
    }
    assert not any(values.requires_grad for values in found.values())
    assert all((values >= 0).all() for values in found.values())
