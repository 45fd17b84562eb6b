"""Washing the copies of a heist: every attempt is told, and the account is honest."""

from dataclasses import replace

import pytest

from app.lab.extraction import queries
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import finished_run
from app.lab.stories.events import DEFENCES, Attempted, Finished, FromScratch, Phase, Progress, Started, Theft
from app.lab.stories.washing import LABELLED, price, remove, suitable
from app.lab.task import datasets


def attempted(accuracy, watermark=0.5, *, owned, strength=0.0):
    return Attempted("noise", "naive", strength, accuracy, watermark, 0.9, 0.0, 0.0, 0.03, 0.5, owned, {})


def test_the_price_is_the_least_accuracy_lost_at_which_the_claim_fails():
    curve = [
        attempted(0.96, owned=True),
        attempted(0.90, owned=False, strength=1.0),
        attempted(0.94, owned=False, strength=2.0),
        attempted(0.95, owned=True, strength=3.0),
    ]
    paid = price(curve, from_scratch=0.87)
    assert paid is not None and paid.attempt is curve[2]
    assert (round(paid.lost, 6), paid.pointless) == (0.02, False)
    assert price(curve, from_scratch=0.94).pointless
    assert price([attempt for attempt in curve if attempt.owned], 0.87) is None
    never = price([attempted(0.96, owned=False), attempted(0.96, owned=False, strength=1.0)], 0.87)
    assert never.attempt.strength == 0 and never.lost == 0


@pytest.fixture(scope="module")
def washed(small, story):
    return list(remove(small, story, ["pruning", "distillation"]))


def test_the_trial_tells_every_attempt_in_order_and_ends_with_the_account(washed, small):
    assert isinstance(washed[0], Started) and isinstance(washed[-1], Finished)
    told = [event for event in washed if isinstance(event, Attempted)]
    expected = [
        (name, s, lane)
        for name in ("pruning", "distillation")
        for s in REMOVAL_ATTACKS[name].strengths
        for lane in DEFENCES
    ]
    assert [(event.attack, event.strength, event.defence) for event in told] == expected
    assert [event.done for event in washed if isinstance(event, Phase)][-1] == washed[0].steps
    result = washed[-1].result
    assert (result["key"], list(result["attacks"])) == (small.key, ["pruning", "distillation"])
    own = next(event for event in washed if isinstance(event, FromScratch))
    assert own.labels == len(datasets.load(small.dataset).adversary.labels) // LABELLED


def test_before_any_washing_the_numbers_are_those_of_the_heist(washed, story):
    thefts = {event.defence: event for event in story if isinstance(event, Theft)}
    claims = next(event for event in story if isinstance(event, Finished)).result["claim"]
    for event in washed:
        if isinstance(event, Attempted) and event.strength == 0:
            theft = thefts[event.defence]
            assert (event.accuracy, event.watermark, event.fidelity) == (
                theft.stolen_accuracy,
                theft.stolen_watermark,
                theft.fidelity,
            )
            if event.defence != "clean":
                assert event.owned == claims[event.defence]["owned"]


def test_the_court_grants_an_innocent_what_the_same_washing_does_to_a_clean_copy(washed):
    rounds: dict[tuple[str, float], dict[str, Attempted]] = {}
    for event in washed:
        if isinstance(event, Attempted):
            rounds.setdefault((event.attack, event.strength), {})[event.defence] = event
    for lanes in rounds.values():
        assert lanes["naive"].innocent_rate == lanes["entangled"].innocent_rate >= lanes["clean"].innocent_rate
        assert lanes["naive"].innocent_rate >= lanes["clean"].watermark


def test_the_trial_repeats_itself_and_runs_the_heist_where_it_was_not_run(washed, small):
    again = list(remove(small, (), ["pruning", "distillation"]))
    assert any(isinstance(event, Progress) for event in again)
    told = [[event for event in stream if isinstance(event, Attempted)] for stream in (washed, again)]
    assert told[0] == told[1]
    done = [event.done for event in again if isinstance(event, Progress | Phase)]
    assert done == sorted(done) and done[-1] == again[0].steps


def test_an_attack_that_does_not_suit_the_data_is_refused_with_a_sentence(small):
    assert "neural_cleanse" not in suitable(small)
    for name in ("neural_cleanse", "magic"):
        with pytest.raises(ValueError, match=f"There is no attack '{name}' on blobs"):
            next(remove(small, (), [name]))


def test_the_queries_of_the_trial_are_those_of_the_theft(small, story):
    scene = finished_run.repeated_scene(small)
    weights = [event for event in story if type(event).__name__ == "Weights" and event.role == "victim"]
    victim = finished_run.rebuilt(small, weights[0])
    asked, answers = finished_run.repeated_queries(scene, victim, weights[0].defence)
    assert len(asked) == len(answers) == queries.queries(scene.data, small.inputs, small.budget)
    fewer = replace(small, budget=100)
    assert len(finished_run.repeated_queries(replace(scene, experiment=fewer), victim, "clean")[0]) == 100
