"""The attacks: exact to the query, repeatable from the seed, and each does what its paper says."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.experiment import PRESETS
from app.lab.extraction import attacks, equation_solving, rounds
from app.lab.extraction.attacks import EXTRACTION_ATTACKS, Adversary
from app.lab.extraction.prediction_api import Policy, PredictionAPI
from app.lab.extraction.rounds import Answered, Fitted, extract, fitting_steps, totals
from app.lab.randomness import torch_stream
from app.lab.stories import theft
from app.lab.stories.events import Copied, Finished, Progress, Queried, Started, Territory
from app.lab.task.datasets import load
from app.lab.task.networks import build
from app.lab.task.training import Optimisation, Step, train_task

DATA = load("blobs")
QUICK = Optimisation(epochs=1, batch_size=512, learning_rate=0.02)
LEARNING = [name for name, attack in EXTRACTION_ATTACKS.items() if not attack.solves]
SMALL = replace(PRESETS["blobs"], budget=130, adversary_epochs=1, task_epochs=2, watermark_epochs=2)


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
    monkeypatch.setattr(rounds, "_LEAST_STEPS", 3)


def played(name, victim, budget, policy="confidences", seed=0, how=QUICK):
    """What an attack yields, its adversary and its API."""
    api = PredictionAPI(victim, policy, budget=budget)
    adversary = Adversary(DATA, network("thief"), np.random.default_rng(seed))
    return (
        list(extract(EXTRACTION_ATTACKS[name], adversary, api, budget, how, torch_stream(seed, "copy"))),
        adversary,
        api,
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 450), st.sampled_from(LEARNING), st.sampled_from(["labels", "confidences"]))
def test_every_attack_spends_its_budget_to_the_query(budget, name, answers):
    victim = network("victim")
    happened, adversary, api = played(name, victim, budget, answers)
    answered = [each for each in happened if isinstance(each, Answered)]
    assert api.queries == budget == len(adversary.inputs) == sum(len(each.inputs) for each in answered)
    assert torch.equal(torch.cat([each.inputs for each in answered]), adversary.inputs)
    assert torch.equal(torch.cat([each.answers for each in answered]), adversary.answers)
    assert all(len(each.inputs) == len(each.answers) == len(each.labels) <= rounds.BATCH for each in answered)
    fits = [each.queries for each in happened if isinstance(each, Fitted)]
    assert fits[-1] == budget and set(totals(budget)) <= set(fits)


@given(st.integers(1, 5000))
def test_rounds_double_up_to_the_budget(budget):
    asked = totals(budget)
    assert asked[-1] == budget and asked == sorted(set(asked))
    assert all(later <= 2 * earlier for earlier, later in pairwise(asked))


@pytest.mark.parametrize("name", LEARNING)
def test_the_steps_are_those_announced(name, victim):
    happened, _, _ = played(name, victim, 230)
    steps = sum(isinstance(each, Step) for each in happened)
    assert steps == fitting_steps(EXTRACTION_ATTACKS[name], DATA, 230, QUICK)


@pytest.mark.parametrize("name", EXTRACTION_ATTACKS)
def test_an_attack_repeats_itself_from_its_seed(name):
    experiment = replace(SMALL, attack=name)
    first, again = (list(theft.steal(experiment)) for _ in range(2))
    assert [type(each) for each in first] == [type(each) for each in again]
    ends = [{**story[-1].result, "seconds": 0} for story in (first, again)]
    assert ends[0] == ends[1]
    for one, other in zip(first, again, strict=True):
        if isinstance(one, Queried):
            assert (one.inputs == other.inputs).all() and (one.answers == other.answers).all()


def test_the_task_like_adversary_stops_where_his_pile_ends(victim):
    _, adversary, api = played("task", victim, 2000)
    assert api.queries == len(DATA.adversary.labels) == 600
    assert torch.equal(adversary.inputs, DATA.adversary.inputs)


def test_copycat_learns_the_same_from_confidences_as_from_labels(victim):
    copies = [played("copycat", victim, 60, answers)[1].copy for answers in ("labels", "confidences")]
    assert all(torch.equal(a, b) for a, b in zip(*(copy.parameters() for copy in copies), strict=True))


def test_jacobian_augmentation_moves_known_inputs_by_lambda_along_the_sign(victim):
    _, adversary, _ = played("jbda", victim, 100)
    seeds, moved = adversary.inputs[:50], adversary.inputs[50:]
    assert torch.equal(seeds, DATA.adversary.inputs[:50])
    gaps = (moved[:, None] - seeds[None]).abs()
    assert all(any(torch.allclose(gap, torch.full((2,), 0.1), atol=1e-6) for gap in of_one) for of_one in gaps)


def test_boundary_queries_lie_nearer_to_the_substitutes_boundary_than_its_seeds(victim):
    how = Optimisation(epochs=40, batch_size=32, learning_rate=0.03)
    adversary = Adversary(DATA, network("thief"), np.random.default_rng(0))
    asking = attacks.boundary(adversary)
    adversary.wanted = attacks.SEEDS
    seeds = next(asking)
    adversary.inputs, adversary.answers = seeds.inputs, PredictionAPI(victim, "confidences").query(seeds.inputs)
    for _ in train_task(adversary.copy, adversary.inputs, adversary.answers, how, torch_stream(0, "copy")):
        pass
    near = next(asking).inputs

    def confidence(inputs):
        return adversary.copy(inputs).softmax(dim=1).max(dim=1).values.mean()

    assert len(near) == attacks.SEEDS and confidence(near) < 0.8 * confidence(seeds.inputs)


def test_same_initialisation_and_another_network_are_controls():
    def copy(**settings):
        return theft._untrained(replace(SMALL, **settings), EXTRACTION_ATTACKS["task"], DATA)

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
    story = list(theft.steal(experiment))
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
    ends = [each.result for each in theft.steal(first, second) if isinstance(each, Finished)]
    alone = [each.result for each in theft.steal(second) if isinstance(each, Finished)]
    assert {**ends[1], "seconds": 0} == {**alone[0], "seconds": 0}
    with pytest.raises(ValueError, match="must have the same victim"):
        next(theft.steal(first, replace(second, seed=1)))


def test_the_victim_is_the_clean_one_of_the_heist(story, small):
    from app.lab.stories.events import Weights

    clean = next(each for each in story if isinstance(each, Weights) and each.defence == "clean")
    schooled = theft._schooled(small, logistic=False)
    while True:
        try:
            next(schooled)
        except StopIteration as done:
            model = done.value.model
            break
    for name, value in model.state_dict().items():
        assert (value.numpy() == clean.tensors[name]).all()


def test_an_attack_closes_cleanly_in_the_middle():
    telling = theft.steal(SMALL)
    for _ in range(5):
        next(telling)
    telling.close()
