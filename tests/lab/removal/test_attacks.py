"""Every attack on a mark: strength 0 is the copy itself, and equal seeds repeat it."""

from copy import deepcopy

import pytest
import torch

from app.lab.randomness import torch_stream
from app.lab.removal import neural_cleanse
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.removal.resources import answers_of

each_attack = pytest.mark.parametrize("name", REMOVAL_ATTACKS)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    monkeypatch.setattr(neural_cleanse, "STEPS", 3)


@each_attack
def test_at_strength_0_every_attack_gives_the_copy_as_it_was_stolen_and_leaves_it_so(name, copy, resources, data):
    before = deepcopy(copy.state_dict())
    attack = REMOVAL_ATTACKS[name]
    (attempt,) = attack.perform(copy, resources, (0.0,), torch_stream(0, name))
    assert attempt.strength == 0
    assert torch.equal(attempt.answer(data.test.inputs), answers_of(copy)(data.test.inputs))
    list(attack.perform(copy, resources, attack.strengths[-1:], torch_stream(0, name)))
    assert all(torch.equal(copy.state_dict()[key], value) for key, value in before.items())


@each_attack
def test_equal_seeds_give_equal_attempts_one_for_each_strength(name, copy, resources, data):
    strengths = REMOVAL_ATTACKS[name].strengths[1:3]
    first, second = (
        list(REMOVAL_ATTACKS[name].perform(copy, resources, strengths, torch_stream(3, name))) for _ in range(2)
    )
    assert [attempt.strength for attempt in first] == list(strengths)
    for one, other in zip(first, second, strict=True):
        assert torch.equal(one.answer(data.test.inputs), other.answer(data.test.inputs))
        assert one.found == other.found


@each_attack
def test_strengths_rise_from_0_and_each_has_its_words(name):
    strengths = REMOVAL_ATTACKS[name].strengths
    assert strengths[0] == 0 and list(strengths) == sorted(set(strengths))
    assert len({REMOVAL_ATTACKS[name].words(strength) for strength in strengths}) == len(strengths)
