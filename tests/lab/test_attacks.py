"""The attacks: exact to the query, repeatable from the seed, and each does what its paper says."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab import attacks, campaign, equation_solving, stealing
from app.lab.attacks import ATTACKS, Thief
from app.lab.campaign import Fitted, Haul, fitting_steps, play, rounds
from app.lab.datasets import load
from app.lab.events import Copied, Finished, Progress, Queried, Started, Territory
from app.lab.experiment import PRESETS
from app.lab.models import build
from app.lab.prediction_api import Policy, PredictionAPI
from app.lab.randomness import torch_stream
from app.lab.training import Optimisation, Step, train_task

DATA = load("blobs")
QUICK = Optimisation(epochs=1, batch_size=512, learning_rate=0.02)
LEARNING = [name for name, attack in ATTACKS.items() if not attack.solves]
SMALL = replace(PRESETS["blobs"], budget=130, thief_epochs=1, task_epochs=2, watermark_epochs=2)


def network(name):
    return build("tiny", (2,), 5, torch_stream(0, name))


@pytest.fixture(scope="module")
def victim():
    model = network("victim")
    how = Optimisation(epochs=4, batch_size=32, learning_rate=0.02)
    for _ in train_task(model, DATA.owner.inputs, DATA.owner.labels, how, torch_stream(0, "task")):
        pass
    return model


@pytest.fixture(autouse=True)
def short_fits(monkeypatch):
    monkeypatch.setattr(campaign, "_LEAST_STEPS", 3)


def played(name, victim, budget, policy="confidences", seed=0, how=QUICK):
    """What an attack yields, its thief and its API."""
    api = PredictionAPI(victim, policy, budget=budget)
    thief = Thief(DATA, network("thief"), np.random.default_rng(seed))
    return list(play(ATTACKS[name], thief, api, budget, how, torch_stream(seed, "copy"))), thief, api


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 450), st.sampled_from(LEARNING), st.sampled_from(["labels", "confidences"]))
def test_every_attack_spends_its_budget_to_the_query(budget, name, answers):
    victim = network("victim")
    happened, thief, api = played(name, victim, budget, answers)
    hauls = [each for each in happened if isinstance(each, Haul)]
    assert api.queries == budget == len(thief.inputs) == sum(len(each.inputs) for each in hauls)
    assert torch.equal(torch.cat([each.inputs for each in hauls]), thief.inputs)
    assert torch.equal(torch.cat([each.answers for each in hauls]), thief.answers)
    assert all(len(each.inputs) == len(each.answers) == len(each.labels) <= campaign.BATCH for each in hauls)
    fits = [each.queries for each in happened if isinstance(each, Fitted)]
    assert fits[-1] == budget and set(rounds(budget)) <= set(fits)


@given(st.integers(1, 5000))
def test_rounds_double_up_to_the_budget(budget):
    totals = rounds(budget)
    assert totals[-1] == budget and totals == sorted(set(totals))
    assert all(later <= 2 * earlier for earlier, later in pairwise(totals))


@pytest.mark.parametrize("name", LEARNING)
def test_the_steps_are_those_announced(name, victim):
    happened, _, _ = played(name, victim, 230)
    steps = sum(isinstance(each, Step) for each in happened)
    assert steps == fitting_steps(ATTACKS[name], DATA, 230, QUICK)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_repeats_itself_from_its_seed(name):
    experiment = replace(SMALL, attack=name)
    first, again = (list(stealing.steal(experiment)) for _ in range(2))
    assert [type(each) for each in first] == [type(each) for each in again]
    ends = [{**story[-1].result, "seconds": 0} for story in (first, again)]
    assert ends[0] == ends[1]
    for one, other in zip(first, again, strict=True):
        if isinstance(one, Queried):
            assert (one.inputs == other.inputs).all() and (one.answers == other.answers).all()


def test_the_task_like_thief_stops_where_his_pile_ends(victim):
    _, thief, api = played("task", victim, 2000)
    assert api.queries == len(DATA.thief.labels) == 600
    assert torch.equal(thief.inputs, DATA.thief.inputs)


def test_copycat_learns_the_same_from_confidences_as_from_labels(victim):
    copies = [played("copycat", victim, 60, answers)[1].copy for answers in ("labels", "confidences")]
    assert all(torch.equal(a, b) for a, b in zip(*(copy.parameters() for copy in copies), strict=True))


def test_jacobian_augmentation_moves_known_inputs_by_lambda_along_the_sign(victim):
    _, thief, _ = played("jbda", victim, 100)
    seeds, moved = thief.inputs[:50], thief.inputs[50:]
    assert torch.equal(seeds, DATA.thief.inputs[:50])
    gaps = (moved[:, None] - seeds[None]).abs()
    assert all(any(torch.allclose(gap, torch.full((2,), 0.1), atol=1e-6) for gap in of_one) for of_one in gaps)


def test_boundary_queries_lie_nearer_to_the_substitutes_boundary_than_its_seeds(victim):
    how = Optimisation(epochs=40, batch_size=32, learning_rate=0.03)
    thief = Thief(DATA, network("thief"), np.random.default_rng(0))
    asking = attacks.boundary(thief)
    thief.wanted = attacks.SEEDS
    seeds = next(asking)
    thief.inputs, thief.answers = seeds.inputs, PredictionAPI(victim, "confidences").query(seeds.inputs)
    for _ in train_task(thief.copy, thief.inputs, thief.answers, how, torch_stream(0, "copy")):
        pass
    near = next(asking).inputs

    def confidence(inputs):
        return thief.copy(inputs).softmax(dim=1).max(dim=1).values.mean()

    assert len(near) == attacks.SEEDS and confidence(near) < 0.8 * confidence(seeds.inputs)


def test_same_initialisation_and_another_network_are_controls():
    def copy(**settings):
        return stealing._untrained(replace(SMALL, **settings), ATTACKS["task"], DATA)

    def same(one, other):
        return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=False))

    born = build("tiny", (2,), 5, torch_stream(SMALL.seed, "victim"))
    assert same(copy(initialisation="same"), born) and not same(copy(), born)
    assert copy(architecture="other").readout.in_features != born.readout.in_features


def regression(shape, classes, seed=0):
    model = equation_solving.logistic_regression(shape, classes, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        model.readout.bias.normal_(generator=torch.Generator().manual_seed(seed + 1))
    return model


@pytest.mark.parametrize(("shape", "classes"), [((2,), 2), ((2,), 5), ((1, 8, 8), 10), ((1, 28, 28), 10)])
def test_equations_recover_a_logistic_regression_from_d_plus_one_confidences(shape, classes):
    victim, copy = regression(shape, classes), regression(shape, classes, seed=9)
    asked = equation_solving.inputs(shape)
    d = int(np.prod(shape))
    api = PredictionAPI(victim, "confidences", budget=d + 1)
    equation_solving.solve(copy, api.query(asked))
    assert api.queries == equation_solving.queries(shape) == d + 1
    assert equation_solving.largest_error(copy, victim) < 1e-6
    inputs = torch.rand(50, *shape, dtype=torch.float64)
    assert torch.allclose(copy(inputs).softmax(1), victim(inputs).softmax(1), atol=1e-6)


@pytest.mark.parametrize("policy", [Policy(decimals=2), Policy("labels"), Policy(reverse_sigmoid=1.0)])
def test_equations_fail_where_the_api_says_less(policy):
    victim, copy = regression((2,), 2), regression((2,), 2, seed=9)
    equation_solving.solve(copy, PredictionAPI(victim, policy).query(equation_solving.inputs((2,))))
    assert equation_solving.largest_error(copy, victim) > 1e-3


@pytest.mark.parametrize("name", ["task", "cloudleak", "equations"])
def test_the_story_of_an_attack(name):
    experiment = replace(SMALL, attack=name, price=3.0)
    story = list(stealing.steal(experiment))
    started, ended = story[0], story[-1]
    assert isinstance(started, Started) and isinstance(ended, Finished)
    assert [each.done for each in story if isinstance(each, Progress)] == list(range(1, started.steps + 1))
    fits = [each for each in story if isinstance(each, Copied)]
    assert ended.result["queries"] == fits[-1].queries == (3 if name == "equations" else 130)
    assert ended.result["dollars"] == pytest.approx(fits[-1].queries * 0.003)
    maps = [each for each in story if isinstance(each, Territory)]
    assert [each.role for each in maps] == ["victim"] + ["copy"] * len(fits)


def test_an_attack_in_company_ends_as_it_does_alone():
    first, second = (replace(SMALL, attack=name) for name in ("knockoff", "jbda"))
    ends = [each.result for each in stealing.steal(first, second) if isinstance(each, Finished)]
    alone = [each.result for each in stealing.steal(second) if isinstance(each, Finished)]
    assert {**ends[1], "seconds": 0} == {**alone[0], "seconds": 0}
    with pytest.raises(ValueError, match="must have the same victim"):
        next(stealing.steal(first, replace(second, seed=1)))


def test_the_victim_is_the_clean_one_of_the_heist(story, small):
    from app.lab.events import Weights

    clean = next(each for each in story if isinstance(each, Weights) and each.defence == "clean")
    schooled = stealing._schooled(small, logistic=False)
    while True:
        try:
            next(schooled)
        except StopIteration as done:
            model = done.value.model
            break
    for name, value in model.state_dict().items():
        assert (value.numpy() == clean.tensors[name]).all()


def test_an_attack_closes_cleanly_in_the_middle():
    telling = stealing.steal(SMALL)
    for _ in range(5):
        next(telling)
    telling.close()
