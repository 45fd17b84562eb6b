"""Small networks with named feature layers.

A feature is the activation of a layer after its ReLU: the SNNL entangles features, and the maps project them.
"""

import math

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from app.lab.choices import NETWORKS, form_of, layer_names, suits

_PERCEPTRONS = {"tiny": (32, 32), "dense": (128, 64)}
_CONVOLUTIONAL = {"small": (8, 16, 256), "two_conv": (32, 64, 128)}
_CHUNK = 250  # inputs whose signals fit into the cache
_LSTM = (256, 128)  # units of the state, and of the dense layer
_RESIDUAL = 64  # channels of the first of four stages; each further one has twice as many


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

    def tail(self, first: str) -> "FeatureNetwork":
        """Return the network of the stages from ``first`` on; it shares their weights with this one."""
        stages = {name: (layer, self.pools[name]) for name, layer in self.weights.items()}
        kept = self.layers[self.layers.index(first) :]
        return FeatureNetwork({name: stages[name] for name in kept}, self.readout)

    @torch.no_grad()
    def before(self, first: str, inputs: Tensor) -> Tensor:
        """Return what the stage ``first`` gets for each of ``inputs`` ``(n, ...)``, without gradients."""
        stages = self.layers[: self.layers.index(first)]

        def signal(part: Tensor) -> Tensor:
            for name in stages:
                part = functional.relu(self.pools[name](self.weights[name](part)))
            return part

        return torch.cat([signal(part) for part in inputs.split(_CHUNK)])


class _Block(nn.Module):
    """A basic block of a residual network (He et al. 2016): two convolutions 3x3, and what went in added again.

    With group instead of batch normalisation: an answer then depends on its own input alone, in training as after it,
    and a watermark batch, half of it triggers, does not change what task batches are normalised by.
    """

    def __init__(self, entering: int, leaving: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(entering, leaving, 3, stride, padding=1, bias=False)
        self.first_norm = _norm(leaving)
        self.second = nn.Conv2d(leaving, leaving, 3, padding=1, bias=False)
        self.second_norm = _norm(leaving)
        self.short_cut: nn.Module = nn.Identity()
        if entering != leaving or stride > 1:
            self.short_cut = nn.Sequential(nn.Conv2d(entering, leaving, 1, stride, bias=False), _norm(leaving))

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = functional.relu(self.first_norm(self.first(inputs)))
        return functional.relu(self.second_norm(self.second(hidden)) + self.short_cut(inputs))


class RecurrentNetwork(FeatureNetwork):
    """The paper's network for speech: an LSTM over the frames, then a dense layer on its last state.

    Its features are the state at the middle and at the last frame of each sequence, and the dense layer, each after a
    ReLU; the states themselves go on unrectified. Frames of zeros at the end belong to no sequence.
    """

    def __init__(self, values: int, units: tuple[int, int], classes: int) -> None:
        """Take ``values`` a frame; ``units``: of the state, and of the dense layer."""
        state, dense = units
        stages = {"lstm": nn.LSTM(values, state, batch_first=True), "dense": nn.Linear(state, dense)}
        super().__init__({name: (stage, nn.Identity()) for name, stage in stages.items()}, nn.Linear(dense, classes))

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the feature layers, from the input to the output."""
        return layer_names("lstm")

    def tail(self, first: str) -> FeatureNetwork:
        """Return this network: one stage makes its first two features."""
        return self

    def before(self, first: str, inputs: Tensor) -> Tensor:
        """Return the inputs, which that stage gets."""
        return inputs

    def forward(self, inputs: Tensor) -> Tensor:
        """Return logits ``(b, classes)`` for sequences ``(b, frames, values)``."""
        return self.with_features(inputs)[0]

    def with_features(self, inputs: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return logits ``(b, classes)`` and, for each named layer, its features ``(b, width)``."""
        spoken = (inputs != 0).any(dim=2)
        last = (spoken * torch.arange(inputs.shape[1])).amax(dim=1)  # 0 for a sequence of zeros alone
        rows = torch.arange(len(inputs))
        # Values of speech keep to a part of [0, 1]; spread around 0, they are learnt in half the epochs.
        states = self.weights["lstm"](4 * (inputs - 0.5))[0]  # what follows the end does not reach back
        middle, end = states[rows, last // 2], states[rows, last]
        dense = functional.relu(self.weights["dense"](end))
        features = dict(zip(self.layers, (functional.relu(middle), functional.relu(end), dense), strict=True))
        return self.readout(dense), features


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
            (a quarter of the channels, dense 256, to train live), ``"tiny"`` (two hidden
            layers, for points in the plane), ``"dense"`` (two wider ones, for all forms), ``"lstm"``
            (the paper's: 256 units, then dense 128) or ``"resnet18"`` (the paper's, for small pictures).
        shape: the shape of one input (:func:`~app.lab.choices.form_of`).
        classes: number of classes.
        generator: for the initial weights.
        narrower: divides the number of channels or units of each layer.

    Raises:
        ValueError: if there is no such network, or it does not accept inputs of this shape.
    """
    if network not in NETWORKS:
        raise ValueError(f"There is no network {network!r}; choose one of {', '.join(NETWORKS)}.")
    if not suits(network, form_of(shape)):
        raise ValueError(f"The network {network!r} does not take inputs of shape {shape}.")
    if network in _PERCEPTRONS:
        first, second = (max(width // narrower, 1) for width in _PERCEPTRONS[network])
        model = _perceptron(math.prod(shape), (first, second), classes)
    elif network == "resnet18":
        model = _residual(shape[0], max(_RESIDUAL // narrower, 1), classes)
    elif network == "lstm":
        state, dense = (max(width // narrower, 1) for width in _LSTM)
        model = RecurrentNetwork(shape[1], (state, dense), classes)
    else:
        first, second, dense = (max(width // narrower, 1) for width in _CONVOLUTIONAL[network])
        model = _convolutional(shape, (first, second, dense), classes)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.xavier_uniform_(parameter, generator=generator)
        else:
            nn.init.zeros_(parameter)
    for module in model.modules():
        if isinstance(module, nn.GroupNorm):
            nn.init.ones_(module.weight)
    for name, parameter in model.named_parameters():
        if name.endswith("bias_ih_l0"):  # as in TensorFlow, an LSTM forgets nothing at first
            nn.init.ones_(parameter.data.chunk(4)[1])
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
    return torch.cat([model(part) for part in inputs.split(_CHUNK)])


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


def _residual(channels: int, width: int, classes: int) -> FeatureNetwork:
    """Build a ResNet-18 for small pictures: a convolution 3x3 and four stages of two blocks, all but the first halving.

    Its features are the paper's: the output of stage 3, the first block of the last stage, the pooled output.
    """

    def stage(number: int) -> tuple[_Block, _Block]:
        entering, leaving = width * 2 ** max(number - 2, 0), width * 2 ** (number - 1)
        return _Block(entering, leaving, 1 if number == 1 else 2), _Block(leaving, leaving, 1)

    stem = (nn.Conv2d(channels, width, 3, padding=1, bias=False), _norm(width), nn.ReLU())
    first, last = stage(4)
    stages: list[tuple[nn.Module, nn.Module]] = [
        (nn.Sequential(*stem, *stage(1), *stage(2), *stage(3)), nn.Identity()),
        (first, nn.Identity()),
        (nn.Sequential(last, nn.AdaptiveAvgPool2d(1), nn.Flatten()), nn.Identity()),
    ]
    return FeatureNetwork(dict(zip(layer_names("resnet18"), stages, strict=True)), nn.Linear(8 * width, classes))


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(max(channels // 16, 1), channels)
