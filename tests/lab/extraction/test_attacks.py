"""The attacks: exact to the query, repeatable from the seed, and each does what its paper says."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.extraction import attacks, rounds
from app.lab.extraction.attacks import EXTRACTION_ATTACKS, Adversary
from app.lab.extraction.prediction_api import PredictionAPI
from app.lab.extraction.rounds import Answered, Fitted, extract, fitting_steps, totals
from app.lab.randomness import torch_stream
from app.lab.task.datasets import load
from app.lab.task.networks import build
from app.lab.task.training import Optimisation, Step, train_task

DATA = load("blobs")
QUICK = Optimisation(epochs=1, batch_size=512, learning_rate=0.02)
LEARNING = [name for name, attack in EXTRACTION_ATTACKS.items() if not attack.solves]


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
