"""Queries: whose inputs the adversary sends, how many, and what is true of them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.choices import CLASSES, EMBEDDED, FORMS, INPUTS
from app.lab.extraction import queries
from app.lab.extraction.prediction_api import PredictionAPI
from app.lab.extraction.queries import NO_TRUTH, adversary_inputs, query_all
from app.lab.randomness import torch_stream
from app.lab.task.datasets import load
from app.lab.task.networks import build

PILES = ("victim", "unseen")  # there are only so many of these; the others are made, as many as are wanted
MADE = ("blended", "other", "noise")
each_dataset = pytest.mark.parametrize("name", EMBEDDED)


def asked(name, which, budget, seed=0):
    return adversary_inputs(load(name), which, budget, np.random.default_rng(seed))


def known(inputs):
    """The inputs as a set of bytes."""
    return {x.numpy().tobytes() for x in inputs}


def network(name):
    return build("tiny", (2,), 5, torch_stream(0, name))


@settings(max_examples=40)
@given(st.integers(1, 800), st.integers(1, 200), st.sampled_from(INPUTS))
def test_the_budget_is_never_exceeded_and_every_input_is_asked_once_in_order(budget, batch, which):
    of_adversary = asked("blobs", which, budget)
    api = PredictionAPI(network("victim"), "labels")
    parts = list(query_all(api, of_adversary.inputs, batch))
    assert api.queries == len(of_adversary.labels) == (min(budget, 600) if which in PILES else budget)
    assert api.queries == queries.queries(load("blobs"), which, budget)
    assert torch.equal(torch.cat([inputs for inputs, _ in parts]), of_adversary.inputs)
    assert all(len(inputs) == len(answers) <= batch for inputs, answers in parts)


def test_a_query_is_counted_when_it_is_sent_and_not_before():
    api = PredictionAPI(network("victim"), "labels")
    stream = query_all(api, load("blobs").adversary.inputs, 100)
    for count in (100, 200, 300):
        next(stream)
        assert api.queries == count


@each_dataset
def test_victims_inputs_are_the_owners_and_unseen_ones_are_not(name):
    data = load(name)
    owners = known(data.owner.inputs)
    assert torch.equal(asked(name, "victim", 50).inputs, data.owner.inputs[:50])
    assert torch.equal(asked(name, "victim", 50).labels, data.owner.labels[:50])
    unseen = asked(name, "unseen", 50)
    assert torch.equal(unseen.inputs, data.adversary.inputs[:50])
    assert torch.equal(unseen.labels, data.adversary.labels[:50])
    assert (
        np.mean([x.numpy().tobytes() in owners for x in unseen.inputs]) <= 0.02
    )  # a few of the small digits are twins


@each_dataset
@pytest.mark.parametrize("which", PILES)
def test_a_small_budget_still_asks_about_every_class(name, which):
    counts = asked(name, which, 180).labels.bincount(minlength=CLASSES[name])
    assert counts.min() >= 0.3 * 180 / CLASSES[name]


@each_dataset
@pytest.mark.parametrize("which", INPUTS)
def test_all_inputs_fit_the_network_and_lie_where_inputs_lie(name, which):
    of_adversary = asked(name, which, 40)
    assert of_adversary.inputs.shape == (40, *load(name).shape) and of_adversary.inputs.dtype == torch.float32
    assert of_adversary.labels.shape == (40,) and of_adversary.labels.dtype == torch.int64
    low, high = (-2.5, 2.5) if FORMS[name] == "point" else (0, 1)
    assert low <= of_adversary.inputs.min() < of_adversary.inputs.max() <= high


@each_dataset
@pytest.mark.parametrize("which", INPUTS)
def test_equal_generators_give_equal_inputs_and_others_do_not_where_any_are_made(name, which):
    first, again, other = (asked(name, which, 40, seed) for seed in (1, 1, 2))
    assert torch.equal(first.inputs, again.inputs) and torch.equal(first.labels, again.labels)
    assert torch.equal(first.inputs, other.inputs) == (which in PILES)


def parents(name, budget, seed=0):
    """Rows of the adversary's pile that a blend is made of: every input has a first, a mixed one a second."""
    generator = np.random.default_rng(seed)
    return [generator.integers(len(load(name).adversary.labels), size=budget) for _ in range(2)]


@each_dataset
def test_blends_are_a_third_each_plain_mixed_and_grainy(name):
    pile, blended = load(name).adversary.inputs.numpy(), asked(name, "blended", 93).inputs.numpy()
    first, second = parents(name, 93)
    assert (blended[0::3] == pile[first[0::3]]).all()
    np.testing.assert_allclose(blended[1::3], (pile[first[1::3]] + pile[second[1::3]]) / 2, atol=1e-6)
    grain = blended[2::3] - pile[first[2::3]]
    if (
        FORMS[name] != "point"
    ):  # what lies outside of [0, 1] is cut off, which is half of it where a picture is black, or a sequence over
        grain = grain[pile[first[2::3]] == 0]
        assert np.mean(grain == 0) == pytest.approx(0.5, abs=0.05)
        assert np.sqrt(np.mean(grain**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)
    else:
        assert grain.mean() == pytest.approx(0, abs=0.15) and grain.std() == pytest.approx(0.3, rel=0.25)


@each_dataset
def test_blends_have_no_truth_exactly_where_two_classes_were_mixed(name):
    labels, found = load(name).adversary.labels.numpy(), asked(name, "blended", 300).labels.numpy()
    one, two = (labels[rows] for rows in parents(name, 300))
    mixed = np.arange(300) % 3 == 1
    assert ((found == NO_TRUTH) == (mixed & (one != two))).all()
    assert (found[found != NO_TRUTH] == one[found != NO_TRUTH]).all()
    assert set(found[mixed]) > {NO_TRUTH}  # mixed within a class, it still has one


def test_blending_leaves_the_data_as_they_were():
    before = load("digits").adversary.inputs.clone(), load("digits").adversary.labels.clone()
    asked("digits", "blended", 900)
    assert torch.equal(load("digits").adversary.inputs, before[0])
    assert torch.equal(load("digits").adversary.labels, before[1])


@each_dataset
@pytest.mark.parametrize("which", ["other", "noise"])
def test_inputs_of_another_kind_and_noise_are_nobodys_and_have_no_truth(name, which):
    data, of_adversary = load(name), asked(name, which, 120)
    assert (of_adversary.labels == NO_TRUTH).all()
    for part in (data.owner, data.adversary, data.test):
        assert not known(of_adversary.inputs) & known(part.inputs)


def test_unknown_inputs_get_a_clear_sentence():
    with pytest.raises(ValueError, match=r"victim, unseen, blended, other, noise, not 'random'\.$"):
        asked("blobs", "random", 10)
