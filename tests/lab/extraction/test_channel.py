"""What the answers carry beyond the truth."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.lab.extraction.channel import measure
from app.lab.extraction.prediction_api import PredictionAPI
from app.lab.extraction.queries import NO_TRUTH, adversary_inputs
from app.lab.randomness import torch_stream
from app.lab.task.agreement import accuracy
from app.lab.task.datasets import Split, load
from app.lab.task.networks import build
from app.lab.task.training import Optimisation, train_task

HOW = Optimisation(epochs=6, batch_size=16, learning_rate=0.02)
NOBODY = torch.full((5,), 3)  # what an innocent model says where nobody asks it


def network(name):
    return build("tiny", (2,), 5, torch_stream(0, name))


@pytest.fixture(scope="module")
def victim():
    data, model = load("blobs"), network("victim")
    for _ in train_task(model, data.owner.inputs, data.owner.labels, HOW, torch_stream(0, "task")):
        pass
    return model


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
    found = measure(answers, torch.tensor([0, 0, 1, 2, 2]), NOBODY, target=2)
    assert found.queries == 5
    assert found.error == pytest.approx(3 / 5)
    assert found.target_error == pytest.approx(1 / 5)
    assert found.target_mass == pytest.approx((0.1 + 0.6 + 0.2) / 3)


def test_where_there_is_no_truth_the_innocent_answer_stands_in_for_it_and_only_there():
    answers = torch.tensor(
        [
            [0.7, 0.2, 0.1],  # none; innocent 0: agrees
            [0.1, 0.3, 0.6],  # none; innocent 1: strays, to the target
            [0.2, 0.1, 0.7],  # none; innocent 2: agrees, on the target
            [0.5, 0.3, 0.2],  # none; innocent 2: strays from the target
            [0.3, 0.4, 0.3],  # truth 1: right, whatever the innocent says
            [0.1, 0.1, 0.8],  # truth 0: wrong, as the target, though the innocent says so too
        ]
    )
    truth = torch.tensor([NO_TRUTH] * 4 + [1, 0])
    innocent = torch.tensor([0, 1, 2, 2, 0, 2])
    found = measure(answers, truth, innocent, target=2)
    assert found.queries == 6
    assert found.error == pytest.approx(3 / 6)
    assert found.target_error == pytest.approx(2 / 6)
    assert found.target_mass == pytest.approx((0.1 + 0.6 + 0.3 + 0.8) / 4)
    assert truth.tolist() == [-1, -1, -1, -1, 1, 0]  # the caller's labels are left alone


@given(st.integers(1, 40), st.sampled_from(["other", "noise"]), st.integers(0, 4))
def test_an_innocent_model_never_strays_from_itself(budget, which, target):
    answers = PredictionAPI(network("innocent"), "labels").query(
        adversary_inputs(load("blobs"), which, budget, np.random.default_rng(0)).inputs
    )
    found = measure(answers, torch.full((budget,), NO_TRUTH), answers.argmax(dim=1), target)
    assert (found.queries, found.error, found.target_error, found.target_mass) == (budget, 0, 0, 0)


def test_queries_of_the_target_class_only_leave_no_mass_to_measure():
    found = measure(torch.tensor([[0.2, 0.8], [0.6, 0.4]]), torch.tensor([1, 1]), NOBODY[:2], target=1)
    assert (found.error, found.target_error, found.target_mass) == (0.5, 0.0, 0.0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30), st.integers(0, 3))
def test_with_labels_the_mass_on_the_target_is_the_error_towards_it(pairs, target):
    said, truth = (torch.tensor(column) for column in zip(*pairs, strict=True))
    found = measure(torch.nn.functional.one_hot(said, 4).float(), truth, torch.zeros_like(truth), target)
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
    nobody = torch.full_like(truth, 3)
    found = measure(answers, truth, nobody, target=2)
    assert (found.error, found.target_error, found.target_mass) == (0, 0, 0)
    assert torch.equal(answers, clean)

    told = measure(PredictionAPI(victim, "confidences").query(inputs), truth, nobody, target=2)
    assert told.error == 0 and told.target_mass > 0  # confidences say more than the truth


def test_the_copy_learns_from_the_answers_and_from_nothing_else(victim):
    data, copy = load("blobs"), network("thief")
    answers = PredictionAPI(victim, "confidences").query(data.adversary.inputs).roll(1, dims=1)  # every class renamed
    for _ in train_task(copy, data.adversary.inputs, answers, HOW, torch_stream(0, "copy")):
        pass
    renamed = Split(data.test.inputs, (data.test.labels + 1) % 5)
    assert accuracy(copy, renamed) > 0.9 > 0.1 > accuracy(copy, data.test)
