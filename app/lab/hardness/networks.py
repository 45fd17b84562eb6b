"""Networks of rectified linear units with whole weights: small enough to draw, exact in every sum."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Layer:
    """Units that take weighted sums: ``weights`` ``(units, inputs)``, ``bias`` ``(units,)``, rectified or not."""

    weights: Whole
    bias: Whole
    rectified: bool = True

    def __call__(self, inputs: Whole) -> Whole:
        """Return the activity of the units, ``(n, units)``, for inputs ``(n, inputs)``."""
        sums = inputs @ self.weights.T + self.bias
        return np.maximum(sums, 0) if self.rectified else sums


@dataclass(frozen=True)
class ReluNetwork:
    """Layers, one after the other; the last one has a single unit, the output."""

    layers: tuple[Layer, ...]

    def __call__(self, inputs: Whole) -> Whole:
        """Return the outputs ``(n,)`` for inputs ``(n, d)``."""
        return self.activities(inputs)[-1][:, 0]

    def activities(self, inputs: Whole) -> list[Whole]:
        """Return the activity of every layer, ``(n, units)`` each: what a drawing lights up."""
        found = []
        for layer in self.layers:
            inputs = layer(inputs)
            found.append(inputs)
        return found


def silenced(network: ReluNetwork) -> ReluNetwork:
    """Return the network with the weights into its output set to zero: it is 0 everywhere."""
    *hidden, last = network.layers
    return ReluNetwork((*hidden, Layer(np.zeros_like(last.weights), np.zeros_like(last.bias), last.rectified)))


def layer(weights: Sequence[Sequence[int]], bias: Sequence[int], *, rectified: bool = True) -> Layer:
    """Return a layer from plain numbers."""
    return Layer(np.array(weights, dtype=np.int64), np.array(bias, dtype=np.int64), rectified)


def differing(first: ReluNetwork, second: ReluNetwork, inputs: Whole) -> int:
    """Return on how many of the inputs ``(n, d)`` two networks differ."""
    return int((first(inputs) != second(inputs)).sum())


def random_inputs(count: int, width: int, generator: np.random.Generator) -> Whole:
    """Return ``count`` random inputs of zeros and ones, ``(count, width)``."""
    return generator.integers(0, 2, (count, width), dtype=np.int64)
