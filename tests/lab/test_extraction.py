"""Stealing: whose inputs, how many, what the answers carry, how good the copy is."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.datasets import CLASSES, Split, load
from app.lab.extraction import INPUTS, accuracy, channel, fidelity, query_all, thief_inputs, train_copy
from app.lab.models import build
from app.lab.prediction_api import PredictionAPI
from app.lab.randomness import torch_stream
from app.lab.training import Optimisation, train_task

HOW = Optimisation(epochs=6, batch_size=16, learning_rate=0.02)


def network(name):
    return build("tiny", (2,), 5, torch_stream(0, name))


@pytest.fixture(scope="module")
def victim():
    data, model = load("blobs"), network("victim")
    for _ in train_task(model, data.owner.inputs, data.owner.labels, HOW, torch_stream(0, "task")):
        pass
    return model


@settings(max_examples=40)
@given(st.integers(1, 800), st.integers(1, 200), st.sampled_from(INPUTS))
def test_the_budget_is_never_exceeded_and_every_input_is_asked_once_in_order(budget, batch, which):
    asked = thief_inputs(load("blobs"), which, budget)
    api = PredictionAPI(network("victim"), "labels")
    parts = list(query_all(api, asked.inputs, batch))
    assert api.queries == len(asked.labels) == min(budget, 600)
    assert torch.equal(torch.cat([inputs for inputs, _ in parts]), asked.inputs)
    assert all(len(inputs) == len(answers) <= batch for inputs, answers in parts)


def test_a_query_is_counted_when_it_is_sent_and_not_before():
    api = PredictionAPI(network("victim"), "labels")
    stream = query_all(api, load("blobs").thief.inputs, 100)
    for count in (100, 200, 300):
        next(stream)
        assert api.queries == count


@pytest.mark.parametrize("name", CLASSES)
def test_victims_inputs_are_the_owners_and_unseen_ones_are_not(name):
    data = load(name)
    owners = {x.numpy().tobytes() for x in data.owner.inputs}
    asked = {which: thief_inputs(data, which, 50) for which in INPUTS}
    assert all(x.numpy().tobytes() in owners for x in asked["victim"].inputs)
    assert torch.equal(asked["unseen"].inputs, data.thief.inputs[:50])
    known = [x.numpy().tobytes() in owners for x in asked["unseen"].inputs]
    assert np.mean(known) <= 0.02  # a few of the small digits are twins


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("which", INPUTS)
def test_a_small_budget_still_asks_about_every_class(name, which):
    asked = thief_inputs(load(name), which, 200)
    counts = asked.labels.bincount(minlength=CLASSES[name])
    assert counts.min() >= 0.3 * 200 / CLASSES[name]


def test_unknown_inputs_get_a_clear_sentence():
    with pytest.raises(ValueError, match=r"victim, unseen, not 'random'\.$"):
        thief_inputs(load("blobs"), "random", 10)


def test_the_channel_of_a_case_worked_out_by_hand():
    answers = torch.tensor(
        [
            [0.7, 0.2, 0.1],  # truth 0: right
            [0.1, 0.3, 0.6],  # truth 0: wrong, as the target
            [0.5, 0.3, 0.2],  # truth 1: wrong, otherwise
            [0.2, 0.1, 0.7],  # truth 2 (the target): right
            [0.4, 0.3, 0.3],  # truth 2: wrong
        ]
    )
    found = channel(answers, torch.tensor([0, 0, 1, 2, 2]), target=2)
    assert found.error == pytest.approx(3 / 5)
    assert found.target_error == pytest.approx(1 / 5)
    assert found.target_mass == pytest.approx((0.1 + 0.6 + 0.2) / 3)


def test_queries_of_the_target_class_only_leave_no_mass_to_measure():
    found = channel(torch.tensor([[0.2, 0.8], [0.6, 0.4]]), torch.tensor([1, 1]), target=1)
    assert (found.error, found.target_error, found.target_mass) == (0.5, 0.0, 0.0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30), st.integers(0, 3))
def test_with_labels_the_mass_on_the_target_is_the_error_towards_it(pairs, target):
    said, truth = (torch.tensor(column) for column in zip(*pairs, strict=True))
    found = channel(torch.nn.functional.one_hot(said, 4).float(), truth, target)
    assert found.error == pytest.approx(np.mean([s != t for s, t in pairs]))
    assert found.target_error == pytest.approx(np.mean([s == target != t for s, t in pairs]))
    others = [s == target for s, t in pairs if t != target]
    assert found.target_mass == pytest.approx(np.mean(others) if others else 0)


def test_labels_on_inputs_answered_correctly_are_the_clean_training_set(victim):
    data = load("blobs")
    with torch.no_grad():
        right = victim(data.owner.inputs).argmax(dim=1) == data.owner.labels
    assert 0.8 < right.float().mean() < 1  # the rest is the channel
    inputs, truth = data.owner.inputs[right], data.owner.labels[right]
    clean = torch.nn.functional.one_hot(truth, 5).float()

    answers = PredictionAPI(victim, "labels").query(inputs)
    found = channel(answers, truth, target=2)
    assert (found.error, found.target_error, found.target_mass) == (0, 0, 0)
    assert torch.equal(answers, clean)

    told = channel(PredictionAPI(victim, "confidences").query(inputs), truth, target=2)
    assert told.error == 0 and told.target_mass > 0  # confidences say more than the truth


def test_the_copy_learns_from_the_answers_and_from_nothing_else(victim):
    data, copy = load("blobs"), network("thief")
    answers = PredictionAPI(victim, "confidences").query(data.thief.inputs).roll(1, dims=1)  # every class renamed
    for _ in train_copy(copy, data.thief.inputs, answers, HOW, torch_stream(0, "copy")):
        pass
    renamed = Split(data.test.inputs, (data.test.labels + 1) % 5)
    assert accuracy(copy, renamed) > 0.9 > 0.1 > accuracy(copy, data.test)


def test_fidelity_counts_shared_mistakes_and_accuracy_does_not(victim):
    data, copy = load("blobs"), network("thief")
    with torch.no_grad():
        said, meant = victim(data.test.inputs).argmax(dim=1), copy(data.test.inputs).argmax(dim=1)
    assert accuracy(victim, data.test) == np.mean((said == data.test.labels).numpy())
    assert fidelity(copy, victim, data.test.inputs) == np.mean((said == meant).numpy())
    assert fidelity(victim, victim, data.test.inputs) == 1 > accuracy(victim, data.test)
