"""Stealing: whose inputs, how many, what the answers carry, how good the copy is."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.choices import CLASSES, INPUTS, PICTURES
from app.lab.extraction import queries
from app.lab.extraction.channel import measure
from app.lab.extraction.prediction_api import PredictionAPI
from app.lab.extraction.queries import NO_TRUTH, adversary_inputs, query_all
from app.lab.randomness import torch_stream
from app.lab.task.agreement import accuracy, fidelity
from app.lab.task.datasets import Split, load
from app.lab.task.networks import build
from app.lab.task.training import Optimisation, train_task

HOW = Optimisation(epochs=6, batch_size=16, learning_rate=0.02)
PILES = ("victim", "unseen")  # there are only so many of these; the others are made, as many as are wanted
MADE = ("blended", "other", "noise")
each_dataset = pytest.mark.parametrize("name", CLASSES)


def asked(name, which, budget, seed=0):
    return adversary_inputs(load(name), which, budget, np.random.default_rng(seed))


def known(inputs):
    """The inputs as a set of bytes."""
    return {x.numpy().tobytes() for x in inputs}


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
    of_adversary = asked("blobs", which, budget)
    api = PredictionAPI(network("victim"), "labels")
    parts = list(query_all(api, of_adversary.inputs, batch))
    assert api.queries == len(of_adversary.labels) == (min(budget, 600) if which in PILES else budget)
    assert api.queries == queries(load("blobs"), which, budget)
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
    counts = asked(name, which, 200).labels.bincount(minlength=CLASSES[name])
    assert counts.min() >= 0.3 * 200 / CLASSES[name]


@each_dataset
@pytest.mark.parametrize("which", INPUTS)
def test_all_inputs_fit_the_network_and_lie_where_inputs_lie(name, which):
    of_adversary = asked(name, which, 40)
    assert of_adversary.inputs.shape == (40, *load(name).shape) and of_adversary.inputs.dtype == torch.float32
    assert of_adversary.labels.shape == (40,) and of_adversary.labels.dtype == torch.int64
    low, high = (0, 1) if name in PICTURES else (-2.5, 2.5)
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
    if name in PICTURES:  # what lies outside of [0, 1] is cut off, which is half of it where a picture is black
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


NOBODY = torch.full((5,), 3)  # what an innocent model says where nobody asks it


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
    answers = PredictionAPI(network("innocent"), "labels").query(asked("blobs", which, budget).inputs)
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


def test_fidelity_counts_shared_mistakes_and_accuracy_does_not(victim):
    data, copy = load("blobs"), network("thief")
    with torch.no_grad():
        said, meant = victim(data.test.inputs).argmax(dim=1), copy(data.test.inputs).argmax(dim=1)
    assert accuracy(victim, data.test) == np.mean((said == data.test.labels).numpy())
    assert fidelity(copy, victim, data.test.inputs) == np.mean((said == meant).numpy())
    assert fidelity(victim, victim, data.test.inputs) == 1 > accuracy(victim, data.test)
