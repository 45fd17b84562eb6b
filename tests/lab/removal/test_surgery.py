"""Pruning and fewer bits, beside arithmetic written out."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app.lab.removal import surgery

weights = hnp.arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-3, 3, width=32))


@settings(max_examples=60)
@given(weights, st.floats(0, 1))
def test_pruning_zeroes_the_smallest_weights_and_no_others(values, share):
    expected = values.flatten().copy()
    for place in sorted(range(values.size), key=lambda place: abs(expected[place]))[: int(share * values.size)]:
        expected[place] = 0
    found = surgery.pruned(torch.from_numpy(values), share).numpy()
    np.testing.assert_array_equal(found, expected.reshape(values.shape))


@settings(max_examples=60)
@given(weights, st.integers(2, 8))
def test_quantisation_takes_the_nearest_of_its_levels(values, bits):
    highest = np.abs(values).max()
    found = surgery.quantised(torch.from_numpy(values), bits).numpy()
    count = 2 ** (bits - 1) - 1
    levels = highest / count * np.arange(-count, count + 1) if highest else np.zeros(1)
    for value, rounded in zip(values.flat, found.flat, strict=True):
        assert np.abs(levels - rounded).min() == pytest.approx(0, abs=1e-5)
        assert abs(rounded - value) == pytest.approx(np.abs(levels - value).min(), abs=1e-5)


def test_a_single_bit_is_refused():
    with pytest.raises(ValueError, match="2 bits"):
        surgery.quantised(torch.ones(3), 1)
