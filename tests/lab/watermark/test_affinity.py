"""Affinity: what innocent models take triggers for, and which targets that rules out."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lab.watermark.affinity import affinity

ANSWERS = {"tree": np.array([0] * 9 + [1]), "neighbour": np.array([0] * 6 + [2] * 4)}


@given(
    st.integers(1, 30).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 4), min_size=n, max_size=n), min_size=1, max_size=6)
    )
)
def test_shares_are_counts_and_the_worst_is_the_largest_of_them(drawn):
    found = affinity({str(number): np.array(labels) for number, labels in enumerate(drawn)}, 5)
    counted = [[Counter(labels)[c] / len(labels) for c in range(5)] for labels in drawn]
    assert found.shares.tolist() == counted
    assert found.worst.tolist() == [max(column) for column in zip(*counted, strict=True)]
    for target in range(5):
        assert counted[int(found.worst_model(target))][target] == found.worst[target]
        assert found.is_ruled_out(target) == (target not in found.allowed())
    assert list(found.worst[list(found.allowed())]) == sorted(found.worst[list(found.allowed())])


def test_one_model_that_inclines_to_a_target_is_enough_to_rule_it_out():
    found = affinity(ANSWERS, 4)
    assert found.looks_like == 0
    assert [found.is_ruled_out(target) for target in range(4)] == [True, True, True, False]
    assert found.worst_model(2) == "neighbour" and found.worst_model(1) == "tree"
    assert found.allowed() == (3,)


def test_what_is_exactly_at_the_bound_is_allowed_and_the_least_taken_comes_first():
    answers = {"one": np.array([0] * 18 + [1, 2]), "other": np.array([0] * 19 + [1])}
    found = affinity(answers, 5)
    assert found.allowed() == (3, 4, 2, 1)  # 1 and 2 are both taken by a twentieth at most; 1 by two models
    assert found.allowed(bound=0.01) == (3, 4)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "at least one innocent model"),
        ({"one": np.array([], dtype=np.int64)}, "one trigger"),
        ({"one": np.array([1]), "other": np.array([1, 2])}, "the same triggers"),
        ({"one": np.array([5])}, "classes from 0 to 4"),
        ({"one": np.array([-1])}, "classes from 0 to 4"),
    ],
)
def test_answers_that_are_none_get_a_clear_sentence(answers, sentence):
    with pytest.raises(ValueError, match=sentence):
        affinity(answers, 5)
