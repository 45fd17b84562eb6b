"""Neural Cleanse finds a planted patch, and its index is the paper's."""

import numpy as np
import torch

from app.lab.randomness import torch_stream
from app.lab.removal import neural_cleanse
from app.lab.removal.resources import fit
from app.lab.task.networks import build, predict
from app.lab.task.training import Optimisation


def test_the_anomaly_index_is_the_papers():
    sizes = [30.0, 32.0, 35.0, 29.0, 31.0, 8.0, 33.0]
    median = sorted(sizes)[3]
    deviation = sorted(abs(size - median) for size in sizes)[3]
    expected = [abs(size - median) / (1.4826 * deviation) for size in sizes]
    np.testing.assert_allclose(neural_cleanse.anomaly_indices(sizes), expected)
    assert neural_cleanse.flagged(sizes) == [5]
    assert neural_cleanse.flagged([30.0, 32.0, 35.0, 29.0, 31.0, 90.0, 33.0]) == []  # large is no shortcut
    assert neural_cleanse.anomaly_indices([4.0, 4.0, 4.0]).tolist() == [0, 0, 0]


def test_a_planted_patch_is_found(data, monkeypatch):
    monkeypatch.setattr(neural_cleanse, "STEPS", 150)
    target = 3
    patched = data.owner.inputs[:300].clone()
    patched[:, :, :2, :2] = 1.0
    inputs = torch.cat([data.owner.inputs, patched])
    labels = torch.cat([data.owner.labels, torch.full((300,), target)])
    model = build("small", data.shape, data.classes, torch_stream(1, "backdoor"))
    fit(model, inputs, labels, Optimisation(1, 64, 0.01), 12, torch_stream(1, "planting"))
    masks, patterns = neural_cleanse.patches(model, data.adversary.inputs, data.classes, torch_stream(1, "search"))
    sizes = masks.sum(dim=(1, 2)).tolist()
    assert neural_cleanse.flagged(sizes) == [target]
    stamped = neural_cleanse.stamp(data.test.inputs, masks[target], patterns[target])
    assert (predict(model, stamped).argmax(dim=1) == target).float().mean() > 0.8
    assert float(masks.min()) >= 0 and float(masks.max()) <= 1
