"""Where a patch is placed, on cases with a known location."""

import numpy as np
import pytest
import torch
from torch import nn

from app.lab.choices import PLACEMENTS
from app.lab.task.networks import FeatureNetwork
from app.lab.watermark.placement import CORNER, patch_edge, place, snnl_slope
from app.lab.watermark.snnl import soft_nearest_neighbor_loss

SIDE = 9
SNNL = {"layers": ("dense",), "temperature": 1.0, "metric": "euclidean"}


def looking_at(row, column, edge=3):
    """A network whose only feature is the sum of the pixels in one window."""
    layer = nn.Linear(SIDE * SIDE, 1)
    window = torch.zeros(SIDE, SIDE)
    window[row : row + edge, column : column + edge] = 1
    with torch.no_grad():
        layer.weight[:] = window.flatten()
        layer.bias.zero_()
    return FeatureNetwork({"dense": (nn.Sequential(nn.Flatten(), layer), nn.Identity())}, nn.Linear(1, 2))


def pictures(level, count=16):
    """Grey pictures of almost the same level."""
    jitter = torch.linspace(-0.01, 0.01, count)[:, None, None, None]
    return torch.full((count, 1, SIDE, SIDE), level) + jitter


@pytest.mark.parametrize(("row", "column"), [(0, 0), (2, 5), (6, 1), (6, 6)])
def test_intended_is_the_window_in_which_white_brings_the_classes_together(row, column):
    slope = snnl_slope(looking_at(row, column), pictures(0.2), pictures(0.6), **SNNL)
    assert place(slope, 3, "intended") == (row, column)  # brighter sources come nearer to the brighter companions


@pytest.mark.parametrize(("row", "column"), [(0, 0), (2, 5), (6, 1), (6, 6)])
def test_released_is_the_window_in_which_white_drives_them_apart_with_row_and_column_exchanged(row, column):
    slope = snnl_slope(looking_at(row, column), pictures(0.6), pictures(0.2), **SNNL)
    assert place(slope, 3, "released") == (column, row)


def test_the_released_place_is_that_of_a_literal_account_of_the_authors_loops():
    slope = np.random.default_rng(0).normal(size=(7, 7))
    sums = np.array([[slope[i : i + 3, j : j + 3].sum() for i in range(5)] for j in range(5)])
    assert place(slope, 3, "released") == tuple(np.unravel_index(sums.argmin(), sums.shape))


def test_the_slope_is_that_of_differences_averaged_over_batches():
    model, sources, companions = looking_at(3, 2).double(), pictures(0.2, 8).double(), pictures(0.5, 9).double()
    slope = snnl_slope(model, sources, companions, **SNNL, batch=4)
    assert slope.shape == (SIDE, SIDE)

    def value(change):
        total = 0.0
        for first in (0, 4):
            both = torch.cat([sources[first : first + 4] + change, companions[first : first + 4]])
            groups = (torch.arange(8) < 4).long()
            features = model.with_features(both)[1]["dense"].detach()
            total += float(soft_nearest_neighbor_loss(features, groups, 1.0, "euclidean")) / 8
        return total

    for row, column in ((3, 2), (5, 4), (0, 0)):
        step = torch.zeros(1, SIDE, SIDE, dtype=torch.float64)
        step[0, row, column] = 1e-5
        assert slope[row, column] == pytest.approx((value(step) - value(-step)) / 2e-5, abs=1e-6)


def test_a_corner_needs_no_slope_and_an_unknown_placement_gets_a_sentence():
    assert place(np.zeros((9, 9)), 3, "corner") == CORNER == (1, 1)
    assert all(place(np.zeros((9, 9)), 3, name) for name in PLACEMENTS)
    with pytest.raises(ValueError, match="no placement 'middle'"):
        place(np.zeros((9, 9)), 3, "middle")


@pytest.mark.parametrize(("side", "edge"), [(28, 3), (8, 2), (32, 3)])
def test_a_patch_is_three_pixels_wide_on_mnist(side, edge):
    assert patch_edge(side) == edge
