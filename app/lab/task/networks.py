"""Small networks with named feature layers.

A feature is the activation of a layer after its ReLU: the SNNL entangles features, and the maps project them.
"""

import math

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from app.lab.choices import NETWORKS, layer_names, suits

_PERCEPTRONS = {"tiny": (32, 32), "dense": (128, 64)}
_CONVOLUTIONAL = {"small": (8, 16, 64), "two_conv": (32, 64, 128)}


class FeatureNetwork(nn.Module):
    """A sequence of named stages, followed by a linear read-out.

    Each stage is (layer, pooling). The *feature* of a stage is the output of its layer after the ReLU;
    the next stage gets the feature after pooling. ``layers`` names the stages in order.
    """

    def __init__(self, stages: dict[str, tuple[nn.Module, nn.Module]], readout: nn.Linear) -> None:
        """Connect the ``stages``, in order and by name, and the ``readout``."""
        super().__init__()
        self.weights = nn.ModuleDict({name: layer for name, (layer, _) in stages.items()})
        self.pools = nn.ModuleDict({name: pool for name, (_, pool) in stages.items()})
        self.readout = readout

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the feature layers, from the input to the output."""
        return tuple(self.weights)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return logits ``(b, classes)`` for ``inputs`` ``(b, ...)``."""
        signal = inputs
        for name, layer in self.weights.items():
            # ReLU and max-pooling commute; the ReLU has a quarter of the work after pooling.
            signal = functional.relu(self.pools[name](layer(signal)))
        logits: Tensor = self.readout(signal)
        return logits

    def with_features(self, inputs: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return logits ``(b, classes)`` and, for each named layer, its features ``(b, ...)``."""
        features = {}
        signal = inputs
        for name, layer in self.weights.items():
            features[name] = functional.relu(layer(signal))
            signal = self.pools[name](features[name])
        return self.readout(signal), features


class _FlatLinear(nn.Linear):
    """A linear layer that flattens its inputs, so that it accepts pictures and points."""

    def forward(self, inputs: Tensor) -> Tensor:
        return super().forward(inputs.flatten(start_dim=1))


def build(
    network: str, shape: tuple[int, ...], classes: int, generator: Generator, *, narrower: int = 1
) -> FeatureNetwork:
    """Build a network with Glorot-uniform weights and zero biases (the paper's initialisation).

    Args:
        network: ``"two_conv"`` (the paper's "2-conv": 32 and 64 channels, dense 128), ``"small"``
            (the same, at about a quarter of the width, to train live), ``"tiny"`` (two hidden
            layers, for points in the plane) or ``"dense"`` (two wider ones, for both).
        shape: the shape of one input: ``(1, side, side)`` for pictures, ``(2,)`` for points.
        classes: number of classes.
        generator: for the initial weights.
        narrower: divides the number of channels or units of each layer.

    Raises:
        ValueError: if there is no such network, or it does not accept inputs of this shape.
    """
    if network not in NETWORKS:
        raise ValueError(f"There is no network {network!r}; choose one of {', '.join(NETWORKS)}.")
    if not suits(network, on_plane=len(shape) == 1):
        raise ValueError(f"The network {network!r} does not take inputs of shape {shape}.")
    if network in _PERCEPTRONS:
        first, second = (max(width // narrower, 1) for width in _PERCEPTRONS[network])
        model = _perceptron(math.prod(shape), (first, second), classes)
    else:
        first, second, dense = (max(width // narrower, 1) for width in _CONVOLUTIONAL[network])
        model = _convolutional(shape, (first, second, dense), classes)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.xavier_uniform_(parameter, generator=generator)
        else:
            nn.init.zeros_(parameter)
    # Three times faster than the default layout for these convolutions on a CPU; torch's types omit it.
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def linear(shape: tuple[int, ...], classes: int, generator: Generator) -> FeatureNetwork:
    """Build a logistic regression: a read-out without feature layers."""
    readout = _FlatLinear(math.prod(shape), classes)
    nn.init.xavier_uniform_(readout.weight, generator=generator)
    nn.init.zeros_(readout.bias)
    return FeatureNetwork({}, readout)


@torch.no_grad()
def predict(model: nn.Module, inputs: Tensor) -> Tensor:
    """Return logits ``(n, classes)`` for all of ``inputs``, without gradients, in chunks that fit into the cache."""
    return torch.cat([model(part) for part in inputs.split(250)])


def chosen_layers(names: tuple[str, ...], which: str) -> tuple[str, ...]:
    """Return the layers to entangle: ``"all"`` of ``names``, or the ``"deep"`` ones, all but the first."""
    return names if which == "all" else names[1:]


def _perceptron(inputs: int, widths: tuple[int, int], classes: int) -> FeatureNetwork:
    first, second = widths
    stages: list[tuple[nn.Module, nn.Module]] = [
        (_FlatLinear(inputs, first), nn.Identity()),
        (nn.Linear(first, second), nn.Identity()),
    ]
    return FeatureNetwork(dict(zip(layer_names("tiny"), stages, strict=True)), nn.Linear(second, classes))


def _convolutional(shape: tuple[int, ...], widths: tuple[int, int, int], classes: int) -> FeatureNetwork:
    first, second, dense = widths
    side = shape[1] // 2 // 2  # after two poolings
    stages: list[tuple[nn.Module, nn.Module]] = [
        (nn.Conv2d(shape[0], first, 5, padding="same"), nn.MaxPool2d(2)),
        (nn.Conv2d(first, second, 3, padding="same"), nn.Sequential(nn.MaxPool2d(2), nn.Flatten())),
        (nn.Linear(second * side * side, dense), nn.Identity()),
    ]
    return FeatureNetwork(dict(zip(layer_names("small"), stages, strict=True)), nn.Linear(dense, classes))
