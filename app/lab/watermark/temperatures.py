"""The temperatures of the SNNL, one for each entangled layer: fixed, or learned as in the paper.

A minimum over the temperatures inside the maximum over the weights (Jia et al. 2021, sec. 3.2): where the SNNL is
maximised, each layer's temperature goes the other way, so that the loss cannot be raised by a temperature at which
distances count for little or much.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

SCALE = 100.0  # T = SCALE / t, as in the authors' code
COLDEST, HOTTEST = 1e-3, 1e4  # limits of a learned temperature, so that t stays positive and distances finite


class Temperatures:
    """The temperature of each layer, T = 100 / t, where t follows ``t <- t - rate * dSNNL/dt`` on watermark steps.

    All layers start from the same temperature. At rate 0, they stay there, and no slope is computed.
    """

    def __init__(self, layers: Sequence[str], start: float, rate: float) -> None:
        """Start all ``layers`` from the temperature ``start``.

        Raises:
            ValueError: if the rate is negative.
        """
        if rate < 0:
            raise ValueError(f"The rate of the temperatures must not be negative; it is {rate}.")
        self._rate, self._start = rate, start
        self._inverse = {layer: self._leaf(torch.tensor(SCALE / start)) for layer in layers}

    @property
    def values(self) -> dict[str, float | Tensor]:
        """The temperature of each layer now; where they are learned, scalar tensors through which slopes flow to t."""
        if not self._rate:
            return dict.fromkeys(self._inverse, self._start)
        return {layer: SCALE / inverse for layer, inverse in self._inverse.items()}

    def follow(self, snnl: Mapping[str, Tensor]) -> None:
        """Move each layer's t down the slope of its SNNL, which was computed with :attr:`values`.

        The graphs of ``snnl`` are kept for the step of the weights, which may come before or after this one.
        """
        if not self._rate:
            return
        for layer, value in snnl.items():
            inverse = self._inverse[layer]
            slope = torch.autograd.grad(value, inverse, retain_graph=True)[0]
            moved = (inverse - self._rate * slope).detach().clamp(SCALE / HOTTEST, SCALE / COLDEST)
            self._inverse[layer] = self._leaf(moved)

    @staticmethod
    def _leaf(inverse: Tensor) -> Tensor:
        return inverse.requires_grad_()
