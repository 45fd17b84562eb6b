"""The playground's mathematics, the very file that the page loads, against the lab's: run by Node, in numbers."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import softmax

from app.lab.watermark import arrangements
from app.lab.watermark.arrangements import Arrangement
from app.lab.watermark.snnl import neutral_value, soft_nearest_neighbor_loss
from tests.ui import javascript

STEPS = 6  # of the curve, an octave

Case = tuple[Arrangement, float]


def drawn(seed: int) -> Case:
    """Any two groups, from one cloud to far apart, from 2 to 40 members, at any temperature of the page."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 41, size=2)
    groups = rng.permutation(np.repeat([0, 1], sizes))
    spread = rng.uniform(0.05, 1.5)
    points = rng.normal(scale=spread, size=(len(groups), 2)) + groups[:, None] * rng.uniform(-2, 2, size=2)
    return Arrangement(points.clip(-5, 5), groups), float(10 ** rng.uniform(-2, 2))


def by_the_lab(arrangement: Arrangement, temperature: float) -> tuple[float, np.ndarray]:
    points = torch.tensor(arrangement.points, requires_grad=True)
    loss = soft_nearest_neighbor_loss(points, torch.tensor(arrangement.groups), temperature, "euclidean")
    loss.backward()
    assert points.grad is not None
    return float(loss.detach()), points.grad.numpy()


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    ours = [(arrangements.arrange(name), t) for name in arrangements.ARRANGEMENTS for t in (0.01, 1.0, 100.0)]
    return [*(drawn(seed) for seed in range(100)), *ours]


@pytest.fixture(scope="module")
def measured(cases: list[Case]) -> list[dict[str, Any]]:
    asked = [
        {
            "points": arrangement.points.tolist(),
            "groups": arrangement.groups.tolist(),
            "temperature": temperature,
            "coldest": arrangements.COLDEST,
            "hottest": arrangements.HOTTEST,
            "steps": STEPS,
        }
        for arrangement, temperature in cases
    ]
    assert len(cases) >= 115
    return javascript.measured("measure_snnl.js", asked)


def test_loss_and_gradient_are_the_labs(cases: list[Case], measured: list[dict[str, Any]]) -> None:
    for case, found in zip(cases, measured, strict=True):
        loss, gradient = by_the_lab(*case)
        assert found["loss"] == pytest.approx(loss, rel=1e-6, abs=1e-300)
        scale = float(np.abs(gradient).max())
        np.testing.assert_allclose(
            np.reshape(found["gradient"], (-1, 2)), gradient, rtol=1e-6, atol=max(1e-9 * scale, 1e-300)
        )


def test_the_neutral_value_and_the_mean_distances_are_the_labs(
    cases: list[Case], measured: list[dict[str, Any]]
) -> None:
    for (arrangement, _), found in zip(cases, measured, strict=True):
        assert found["neutral"] == pytest.approx(neutral_value(torch.tensor(arrangement.groups)), rel=1e-12)
        means = (found["within"], found["across"])
        assert means == pytest.approx(arrangements.mean_distances(arrangement), rel=1e-9)


def test_what_one_point_hears_is_counted_from_its_nearest_neighbour(
    cases: list[Case], measured: list[dict[str, Any]]
) -> None:
    for (arrangement, temperature), found in zip(cases, measured, strict=True):
        squared = ((arrangement.points - arrangement.points[0]) ** 2).sum(axis=1)[1:]
        near = np.exp((squared.min() - squared) / temperature)
        assert found["weights"]["all"] == pytest.approx(near.sum())
        own = near[arrangement.groups[1:] == arrangement.groups[0]].sum()
        assert found["weights"]["own"] == pytest.approx(own, rel=1e-6, abs=1e-300)


def test_strangers_are_counted_as_one_would_with_a_table_of_chances(
    cases: list[Case], measured: list[dict[str, Any]]
) -> None:
    for (arrangement, temperature), found in zip(cases, measured, strict=True):
        squared = ((arrangement.points[:, None] - arrangement.points) ** 2).sum(axis=2)
        chances = softmax(np.where(np.eye(len(squared), dtype=bool), -np.inf, -squared / temperature), axis=1)
        other = arrangement.groups[:, None] != arrangement.groups
        assert found["strangers"] == pytest.approx((chances * other).sum(axis=1).mean(), rel=1e-6, abs=1e-12)
        assert found["neutralStrangers"] == pytest.approx(other.sum() / (len(other) * (len(other) - 1)))


def test_the_curve_is_the_loss_at_each_of_its_temperatures(cases: list[Case], measured: list[dict[str, Any]]) -> None:
    for (arrangement, _), found in zip(cases[::5], measured[::5], strict=True):
        temperatures = [point["temperature"] for point in found["curve"]]
        assert temperatures == sorted(temperatures)
        assert (temperatures[0], temperatures[-1]) == (pytest.approx(0.01, rel=0.13), 100)
        for point in found["curve"][::7]:
            expected, _ = by_the_lab(arrangement, point["temperature"])
            assert point["loss"] == pytest.approx(expected, rel=1e-6, abs=1e-300)
