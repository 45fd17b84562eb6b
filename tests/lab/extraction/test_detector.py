"""The detector against a slow reference, and on clients whose nature is known."""

import numpy as np
import pytest
import torch
from scipy import stats

from app.lab.extraction.detector import ALARM, Detector, accuses, false_alarms
from app.lab.task.datasets import load


def slow_distances(points, classes):
    """Algorithm 3 of the paper, as it reads."""
    kept, growth, bar, distances = {}, {}, {}, []
    for x, c in zip(points, classes, strict=True):
        if c not in kept:
            kept[c], growth[c], bar[c] = [x], [], 0.0
            continue
        d = min(sum((a - b) ** 2 for a, b in zip(x, y, strict=True)) ** 0.5 for y in kept[c])
        distances.append(d)
        if d > bar[c]:
            kept[c].append(x)
            growth[c].append(d)
            mean = sum(growth[c]) / len(growth[c])
            deviation = (sum((g - mean) ** 2 for g in growth[c]) / len(growth[c])) ** 0.5
            bar[c] = max(bar[c], mean - deviation)
    return distances


@pytest.mark.parametrize("seed", range(4))
def test_the_detector_agrees_with_the_paper_step_by_step(seed):
    random = np.random.default_rng(seed)
    points, classes = random.normal(size=(150, 3)), random.integers(3, size=150)
    client = Detector()
    for part in np.array_split(np.arange(150), 4):  # in requests of any size
        client.see(torch.from_numpy(points[part]), torch.from_numpy(classes[part]))
    slow = np.array(slow_distances(points.tolist(), classes.tolist()))
    np.testing.assert_allclose(client.distances, slow, atol=1e-12)
    typical = slow[np.abs(slow - slow.mean()) <= 3 * slow.std()]
    assert client.normality() == pytest.approx(stats.shapiro(typical).statistic)


def test_too_few_queries_are_no_evidence_and_equal_distances_are():
    client = Detector()
    client.see(torch.zeros(100, 1), torch.zeros(100, dtype=torch.int64))
    assert client.normality() is None and not accuses(None)
    client.see(torch.zeros(30, 1), torch.zeros(30, dtype=torch.int64))
    assert client.normality() == 0.0 and accuses(0.0)
    assert not accuses(ALARM)


def test_honest_clients_pass_where_queries_are_pictures():
    test = load("digits").test
    alarms = false_alarms(test.inputs, test.labels, clients=5, queries=200, generator=np.random.default_rng(0))
    assert alarms <= 0.2
