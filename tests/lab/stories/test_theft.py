"""An attack as a run: told, repeatable, the same alone and in company."""

from dataclasses import replace

import pytest
import torch

from app.lab.experiment import PRESETS
from app.lab.extraction import rounds
from app.lab.extraction.attacks import EXTRACTION_ATTACKS
from app.lab.randomness import torch_stream
from app.lab.stories import theft
from app.lab.stories.events import Copied, Finished, Progress, Queried, Started, Territory, Weights
from app.lab.stories.run_clock import RunClock
from app.lab.task.datasets import load
from app.lab.task.networks import build

SMALL = replace(PRESETS["blobs"], budget=130, adversary_epochs=1, task_epochs=2, watermark_epochs=2)
DATA = load("blobs")


@pytest.fixture(autouse=True)
def short_fits(monkeypatch):
    monkeypatch.setattr(rounds, "_LEAST_STEPS", 3)


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


def test_same_initialisation_and_another_network_are_controls():
    def copy(**settings):
        return theft._untrained(replace(SMALL, **settings), EXTRACTION_ATTACKS["task"], DATA)

    def same(one, other):
        return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=False))

    born = build("tiny", (2,), 5, torch_stream(SMALL.seed, "victim"))
    assert same(copy(initialisation="same"), born) and not same(copy(), born)
    assert copy(architecture="other").readout.in_features != born.readout.in_features


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
    clean = next(each for each in story if isinstance(each, Weights) and each.defence == "clean")
    schooled = theft._victim(RunClock(), small, logistic=False)
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
