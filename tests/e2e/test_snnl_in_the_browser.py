"""The playground's mathematics, the very file that the page loads, against the lab's: in the browser, in numbers."""

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page

from app.lab.watermark import arrangements
from app.lab.watermark.arrangements import Arrangement
from app.lab.watermark.snnl import neutral_value, soft_nearest_neighbor_loss
from app.ui import components

SNNL = components.javascript("temperature/snnl")
MEASURE = """async ({ source, cases }) => {
    const snnl = await import("data:text/javascript," + encodeURIComponent(source));
    return cases.map(({ points, groups, temperature }) => {
        const flat = Float64Array.from(points.flat()), distances = snnl.squaredDistances(flat);
        return {
            loss: snnl.loss(distances, groups, temperature),
            gradient: [...snnl.gradient(flat, distances, groups, temperature)],
            neutral: snnl.neutral(groups),
            ...snnl.meanDistances(distances, groups),
            heard: snnl.weights(distances, groups, 0, temperature),
        };
    });
}"""
CURVE = """async ({ source, points, groups, coldest, hottest, steps }) => {
    const snnl = await import("data:text/javascript," + encodeURIComponent(source));
    return snnl.curve(snnl.squaredDistances(Float64Array.from(points.flat())), groups, coldest, hottest, steps);
}"""


@pytest.fixture
def blank(browser: Browser) -> Page:
    return browser.new_page()


def drawn(seed: int) -> tuple[Arrangement, float]:
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


def test_loss_and_gradient_are_the_labs_on_a_hundred_configurations(blank: Page) -> None:
    known = [drawn(seed) for seed in range(100)]
    known += [(arrangements.arrange(name), t) for name in arrangements.ARRANGEMENTS for t in (0.01, 1.0, 100.0)]
    cases = [
        {"points": a.points.tolist(), "groups": a.groups.tolist(), "temperature": temperature}
        for a, temperature in known
    ]
    found = blank.evaluate(MEASURE, {"source": SNNL, "cases": cases})
    for (arrangement, temperature), measured in zip(known, found, strict=True):
        loss, gradient = by_the_lab(arrangement, temperature)
        assert measured["loss"] == pytest.approx(loss, rel=1e-6, abs=1e-300)
        scale = float(np.abs(gradient).max())
        np.testing.assert_allclose(
            np.reshape(measured["gradient"], (-1, 2)), gradient, rtol=1e-6, atol=max(1e-9 * scale, 1e-300)
        )
        assert measured["neutral"] == pytest.approx(neutral_value(torch.tensor(arrangement.groups)), rel=1e-12)
        means = (measured["within"], measured["across"])
        assert means == pytest.approx(arrangements.mean_distances(arrangement), rel=1e-9)


def test_the_share_of_one_point_is_its_own_term_of_the_loss(blank: Page) -> None:
    arrangement, temperature = drawn(7)
    case = {"points": arrangement.points.tolist(), "groups": arrangement.groups.tolist(), "temperature": temperature}
    heard = blank.evaluate(MEASURE, {"source": SNNL, "cases": [case]})[0]["heard"]
    squared = ((arrangement.points - arrangement.points[0]) ** 2).sum(axis=1)[1:]
    near = np.exp((squared.min() - squared) / temperature)
    assert heard["all"] == pytest.approx(near.sum())
    assert heard["own"] == pytest.approx(near[arrangement.groups[1:] == arrangement.groups[0]].sum())


@pytest.mark.parametrize("name", arrangements.ARRANGEMENTS)
def test_the_curve_is_the_loss_at_each_of_its_temperatures(blank: Page, name: str) -> None:
    arrangement = arrangements.arrange(name)
    found = blank.evaluate(
        CURVE,
        {
            "source": SNNL,
            "points": arrangement.points.tolist(),
            "groups": arrangement.groups.tolist(),
            "coldest": arrangements.COLDEST,
            "hottest": arrangements.HOTTEST,
            "steps": 6,
        },
    )
    temperatures = [point["temperature"] for point in found]
    assert temperatures == sorted(temperatures)
    assert (temperatures[0], temperatures[-1]) == (pytest.approx(0.01, rel=0.13), 100)
    for point in found[::7]:
        expected, _ = by_the_lab(arrangement, point["temperature"])
        assert point["loss"] == pytest.approx(expected, rel=1e-6, abs=1e-300)
