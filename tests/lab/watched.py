"""A network that remembers what it was asked, and a task whose rows can be told apart."""

import torch

from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork, build
from app.lab.task.training import (
    Optimisation,
)

HOW = Optimisation(epochs=3, batch_size=16, learning_rate=0.01)


class Watched(FeatureNetwork):
    """A network that remembers what it was asked and what it said."""

    def forward(self, inputs):
        return self.with_features(inputs)[0]

    def with_features(self, inputs):
        logits, features = super().with_features(inputs)
        self.seen.append((inputs.detach().clone(), logits.detach().clone(), features))
        return logits, features


def watched(seed=0):
    model = build("tiny", (2,), 4, torch.Generator().manual_seed(seed))
    model.__class__ = Watched
    model.seen = []
    return model


def task(n=100):
    """Points that can be told apart by their first coordinate: row i is near x = i / n."""
    generator = torch.Generator().manual_seed(3)
    points = torch.stack([torch.arange(n) / n, torch.randn(n, generator=generator)], dim=1)
    return Split(points, torch.arange(n) % 4)


TASK = task()


def rows(inputs):
    """Which rows of TASK these are (triggers: 1,000 and more)."""
    return (inputs[:, 0] * 100).round().long().tolist()


def weights(model):
    return torch.cat([value.flatten() for value in model.state_dict().values()])
