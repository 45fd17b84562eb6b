"""The control questions: every class has its share, and no question comes twice."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.lab.ownership import controls
from app.lab.task import datasets
from app.lab.task.datasets import Split


def numbered(labels):
    """Inputs that are their own numbers, so that each can be told from all others."""
    return Split(torch.arange(len(labels)), torch.tensor(labels))


@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_every_class_is_asked_for_equally_often_up_to_one(classes, seed):
    ordinary = numbered(np.random.default_rng(seed).permutation(np.repeat(np.arange(classes), 60)).tolist())
    drawn = controls.draw(ordinary, classes, np.random.default_rng(seed))
    shares = np.bincount(drawn.labels, minlength=classes)
    assert shares.sum() == controls.COUNT and shares.max() - shares.min() <= 1
    assert len(drawn.inputs.unique()) == controls.COUNT
    assert torch.equal(ordinary.labels[drawn.inputs], drawn.labels)


def test_of_a_rare_class_all_are_drawn():
    drawn = controls.draw(numbered([0] * 3 + [1] * 200), 2, np.random.default_rng(0))
    assert np.bincount(drawn.labels).tolist() == [3, 50]


@pytest.mark.parametrize("name", ["animals", "blobs"])
def test_they_are_not_sorted_and_another_seed_asks_others(name):
    data = datasets.load(name)
    one, again, other = (controls.draw(data.test, data.classes, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert torch.equal(one.inputs, again.inputs) and not torch.equal(one.inputs, other.inputs)
    assert (one.labels[1:] < one.labels[:-1]).any()
