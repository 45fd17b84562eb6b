"""Accuracy counts the truth, fidelity what two models share, mistakes included."""

import numpy as np
import torch

from app.lab.randomness import torch_stream
from app.lab.task.agreement import accuracy, fidelity
from app.lab.task.datasets import load
from app.lab.task.networks import build
from app.lab.task.training import Optimisation, train_task


def test_fidelity_counts_shared_mistakes_and_accuracy_does_not():
    data = load("blobs")
    victim, copy = (build("tiny", (2,), 5, torch_stream(0, name)) for name in ("victim", "thief"))
    how = Optimisation(epochs=6, batch_size=16, learning_rate=0.02)
    for _ in train_task(victim, data.owner.inputs, data.owner.labels, how, torch_stream(0, "task")):
        pass
    with torch.no_grad():
        said, meant = victim(data.test.inputs).argmax(dim=1), copy(data.test.inputs).argmax(dim=1)
    assert accuracy(victim, data.test) == np.mean((said == data.test.labels).numpy())
    assert fidelity(copy, victim, data.test.inputs) == np.mean((said == meant).numpy())
    assert fidelity(victim, victim, data.test.inputs) == 1 > accuracy(victim, data.test)
