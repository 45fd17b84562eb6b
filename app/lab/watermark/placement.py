"""Where an in-distribution trigger gets its patch: where the slope of the SNNL with respect to the input is extreme.

The slope says in which direction a brighter pixel moves the SNNL between pictures of the source class and of the
target class. *Intended* (Jia et al. 2021, sec. 4.2) is the window where it is largest: there, a white patch entangles
most. The authors' *released* code takes the window where it is smallest, and exchanges row and column.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.lab.task.networks import FeatureNetwork
from app.lab.watermark.snnl import summed_over_layers

CORNER = (1, 1)  # row and column where a patch lies that is not placed by a slope


def patch_edge(side: int) -> int:
    """Return the edge of a patch on pictures of this side: 3 on MNIST, as in the paper."""
    return max(2, side // 9)


def snnl_slope(
    model: FeatureNetwork,
    sources: Tensor,
    companions: Tensor,
    *,
    layers: Sequence[str],
    temperature: float,
    metric: str,
    batch: int = 64,
) -> NDArray[np.float64]:
    """Return the slope of the SNNL for each pixel, summed over channels and averaged over all source-class pictures.

    Args:
        model: an innocent model; the one that the victims start from.
        sources: ``(n, channels, side, side)`` pictures of the source class, group 1; n >= 2.
        companions: ``(m, channels, side, side)`` pictures of the target class, group 0; m >= 2.
        layers: the feature layers whose SNNL is summed.
        temperature: of the SNNL.
        metric: of the SNNL.
        batch: how many pictures of each class are compared at a time; batches have equal numbers of both, and the
            pictures that are left over when either class is used up are not used.

    Returns:
        ``(side, side)``.
    """
    slopes = []
    each = min(batch, len(sources), len(companions))
    for part, others in zip(sources.split(each), companions.split(each), strict=False):
        if len(part) != len(others) or len(part) < 2:
            break
        part = part.detach().requires_grad_()
        features = model.with_features(part)[1]
        with torch.no_grad():
            against = model.with_features(others)[1]
        value = summed_over_layers(features, against, layers, temperature, metric)
        slopes.append(torch.autograd.grad(value, part)[0])
    averaged = torch.cat(slopes).double().mean(dim=0).sum(dim=0)
    return np.asarray(averaged.numpy())


def place(slope: NDArray[np.float64], edge: int, placement: str) -> tuple[int, int]:
    """Return row and column of the upper left pixel of the patch.

    Args:
        slope: ``(side, side)``, of :func:`snnl_slope`.
        edge: of the patch.
        placement: ``"corner"``, ``"intended"`` or ``"released"``.

    Raises:
        ValueError: if there is no such placement.
    """
    if placement == "corner":
        return CORNER
    windows = np.lib.stride_tricks.sliding_window_view(slope, (edge, edge)).sum(axis=(2, 3))
    if placement == "intended":
        row, column = np.unravel_index(windows.argmax(), windows.shape)
        return int(row), int(column)
    if placement == "released":
        row, column = np.unravel_index(windows.T.argmin(), windows.T.shape)  # in effect the column is used as the row
        return int(row), int(column)
    raise ValueError(f"There is no placement {placement!r}; choose one of corner, intended, released.")
