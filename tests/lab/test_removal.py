"""Washing a mark out: strength 0 is the copy itself, the arithmetic is right, and the account is honest."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app.lab.extraction import queries
from app.lab.randomness import torch_stream
from app.lab.removal import filtering, neural_cleanse, retraining, surgery
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.removal.resources import REFUSED, Resources, answers_of, fit
from app.lab.stories import finished_run
from app.lab.stories.events import DEFENCES, Attempted, Finished, FromScratch, Phase, Progress, Started, Theft
from app.lab.stories.washing import LABELLED, price, remove, suitable
from app.lab.task import datasets
from app.lab.task.datasets import Split
from app.lab.task.networks import build, predict
from app.lab.task.training import Optimisation

HOW = Optimisation(epochs=2, batch_size=32, learning_rate=0.01)
each_attack = pytest.mark.parametrize("name", REMOVAL_ATTACKS)


@pytest.fixture(scope="module")
def data():
    return datasets.load("digits")


@pytest.fixture(scope="module")
def resources(data):
    asked = data.owner.inputs[:200]
    return Resources(
        network="small",
        classes=data.classes,
        asked=asked,
        answers=torch.nn.functional.one_hot(data.owner.labels[:200], data.classes).float(),
        own=Split(data.adversary.inputs[:60], data.adversary.labels[:60]),
        spare=data.adversary.inputs[60:260],
        far=datasets.noise(data, 40, np.random.default_rng(0)),
        how=HOW,
    )


@pytest.fixture(scope="module")
def copy(data, resources):
    model = build("small", data.shape, data.classes, torch_stream(0, "copy"))
    fit(model, data.owner.inputs, data.owner.labels, HOW, 4, torch_stream(0, "copying"))
    return model


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


weights = hnp.arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-3, 3, width=32))


@settings(max_examples=60)
@given(weights, st.floats(0, 1))
def test_pruning_zeroes_the_smallest_weights_and_no_others(values, share):
    expected = values.flatten().copy()
    for place in sorted(range(values.size), key=lambda place: abs(expected[place]))[: int(share * values.size)]:
        expected[place] = 0
    found = surgery.pruned(torch.from_numpy(values), share).numpy()
    np.testing.assert_array_equal(found, expected.reshape(values.shape))


@settings(max_examples=60)
@given(weights, st.integers(2, 8))
def test_quantisation_takes_the_nearest_of_its_levels(values, bits):
    highest = np.abs(values).max()
    found = surgery.quantised(torch.from_numpy(values), bits).numpy()
    count = 2 ** (bits - 1) - 1
    levels = highest / count * np.arange(-count, count + 1) if highest else np.zeros(1)
    for value, rounded in zip(values.flat, found.flat, strict=True):
        assert np.abs(levels - rounded).min() == pytest.approx(0, abs=1e-5)
        assert abs(rounded - value) == pytest.approx(np.abs(levels - value).min(), abs=1e-5)


def test_a_single_bit_is_refused():
    with pytest.raises(ValueError, match="2 bits"):
        surgery.quantised(torch.ones(3), 1)


def test_units_that_fine_pruning_switched_off_stay_off(copy, resources, monkeypatch):
    seen = []
    monkeypatch.setattr(retraining, "answers_of", lambda model: seen.append(model) or answers_of(model))
    list(retraining.fine_pruning(copy, resources, (0.5,), torch_stream(0, "fine-pruning")))
    features = seen[0].with_features(resources.spare)[1][copy.layers[-1]]
    assert int((features == 0).all(dim=0).sum()) >= features.shape[1] // 2


@pytest.mark.parametrize("perform", [filtering.isolation_forest, filtering.local_outlier_factor])
def test_a_filter_refuses_about_as_many_honest_inputs_as_it_may_and_never_fewer_when_stricter(
    perform, copy, resources, data
):
    refused = []
    for attempt in perform(copy, resources, (0.0, 0.1, 0.4), torch_stream(0, "filter")):
        answers = attempt.answer(data.test.inputs)
        refused.append(float((answers == REFUSED).float().mean()))
        kept = answers != REFUSED
        assert torch.equal(answers[kept], answers_of(copy)(data.test.inputs)[kept])
    assert refused == sorted(refused) and refused[0] == 0
    assert refused[1] == pytest.approx(0.1, abs=0.1) and refused[2] == pytest.approx(0.4, abs=0.15)


def test_the_anomaly_index_is_the_papers():
    sizes = [30.0, 32.0, 35.0, 29.0, 31.0, 8.0, 33.0]
    median = sorted(sizes)[3]
    deviation = sorted(abs(size - median) for size in sizes)[3]
    expected = [abs(size - median) / (1.4826 * deviation) for size in sizes]
    np.testing.assert_allclose(neural_cleanse.anomaly_indices(sizes), expected)
    assert neural_cleanse.flagged(sizes) == [5]
    assert neural_cleanse.flagged([30.0, 32.0, 35.0, 29.0, 31.0, 90.0, 33.0]) == []  # large is no shortcut
    assert neural_cleanse.anomaly_indices([4.0, 4.0, 4.0]).tolist() == [0, 0, 0]


def test_a_planted_patch_is_found(data, monkeypatch):
    monkeypatch.setattr(neural_cleanse, "STEPS", 150)
    target = 3
    patched = data.owner.inputs[:300].clone()
    patched[:, :, :2, :2] = 1.0
    inputs = torch.cat([data.owner.inputs, patched])
    labels = torch.cat([data.owner.labels, torch.full((300,), target)])
    model = build("small", data.shape, data.classes, torch_stream(1, "backdoor"))
    fit(model, inputs, labels, Optimisation(1, 64, 0.01), 12, torch_stream(1, "planting"))
    masks, patterns = neural_cleanse.patches(model, data.adversary.inputs, data.classes, torch_stream(1, "search"))
    sizes = masks.sum(dim=(1, 2)).tolist()
    assert neural_cleanse.flagged(sizes) == [target]
    stamped = neural_cleanse.stamp(data.test.inputs, masks[target], patterns[target])
    assert (predict(model, stamped).argmax(dim=1) == target).float().mean() > 0.8
    assert float(masks.min()) >= 0 and float(masks.max()) <= 1


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
    asked, answers = finished_run.repeated_queries(scene, victim)
    assert len(asked) == len(answers) == queries.queries(scene.data, small.inputs, small.budget)
    fewer = replace(small, budget=100)
    assert len(finished_run.repeated_queries(replace(scene, experiment=fewer), victim)[0]) == 100
