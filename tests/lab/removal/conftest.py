"""One copy and what the adversary has to wash it with."""

import numpy as np
import pytest
import torch

from app.lab.randomness import torch_stream
from app.lab.removal.resources import Resources, fit
from app.lab.task import datasets
from app.lab.task.datasets import Split
from app.lab.task.networks import build
from app.lab.task.training import Optimisation

HOW = Optimisation(epochs=2, batch_size=32, learning_rate=0.01)


@pytest.fixture(scope="session")
def data():
    return datasets.load("digits")


@pytest.fixture(scope="session")
def resources(data):
    asked = data.owner.inputs[:200]
    return Resources(
        network="small",
        classes=data.classes,
        asked=asked,
        answers=torch.nn.functional.one_hot(data.owner.labels[:200], data.classes).float(),
        own=Split(data.adversary.inputs[:60], data.adversary.labels[:60]),
        spare=data.adversary.inputs[60:260],
        far=datasets.noise(data, 40, np.random.default_rng(0)),
        how=HOW,
    )


@pytest.fixture(scope="session")
def copy(data, resources):
    model = build("small", data.shape, data.classes, torch_stream(0, "copy"))
    fit(model, data.owner.inputs, data.owner.labels, HOW, 4, torch_stream(0, "copying"))
    return model
