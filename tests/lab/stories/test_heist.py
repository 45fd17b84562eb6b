"""The heist end to end: repeatable, countable, closable, and every number of it recomputable."""

import dataclasses
import threading
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import stats

from app.lab import choices
from app.lab.extraction import queries
from app.lab.ownership import grant, innocents
from app.lab.randomness import numpy_stream
from app.lab.stories import finished_run, heist
from app.lab.stories.events import (
    DEFENCES,
    WATERMARKED,
    Claimed,
    Distances,
    Finished,
    Measured,
    Phase,
    Probe,
    Progress,
    Queried,
    Snapshot,
    Started,
    Theft,
    Weights,
)
from app.lab.task import datasets, representation
from app.lab.task.networks import build
from app.lab.watermark import triggers

MODELS = [(role, defence) for role in ("victim", "copy") for defence in DEFENCES]
LAYERS = ("hidden1", "hidden2")
ONCE = {"task_epochs": 1, "watermark_epochs": 1, "adversary_epochs": 1}


def plain(value):
    """An event as nested tuples, arrays as their type, shape and bytes: equal means bit-equal."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        if isinstance(value, Finished):
            fields = {"result": {name: told for name, told in value.result.items() if name != "seconds"}}
        return type(value).__name__, plain(fields)
    if isinstance(value, dict):
        return tuple((key, plain(item)) for key, item in value.items())
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes()
    return value


def of(kind, events, **wanted):
    """Events of one kind whose fields are as wanted."""
    found = [event for event in events if isinstance(event, kind)]
    return [event for event in found if all(getattr(event, name) == value for name, value in wanted.items())]


def only(kind, events, **wanted):
    (event,) = of(kind, events, **wanted)
    return event


def forward(tensors, points):
    """The tiny network in NumPy: logits and features."""
    first = np.maximum(points @ tensors["weights.hidden1.weight"].T + tensors["weights.hidden1.bias"], 0)
    second = np.maximum(first @ tensors["weights.hidden2.weight"].T + tensors["weights.hidden2.bias"], 0)
    logits = second @ tensors["readout.weight"].T + tensors["readout.bias"]
    return logits, {"hidden1": first, "hidden2": second}


def shapes(network, shape, classes):
    """The names and shapes of a network's parameters."""
    model = build(network, shape, classes, torch.Generator())
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}


def softmax(logits):
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def cosines(a, b):
    a, b = (x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12) for x in (a, b))
    return 1 - a @ b.T


@pytest.fixture(scope="module")
def models(story):
    """The weights of all six models, by (role, defence)."""
    return {(event.role, event.defence): event.tensors for event in of(Weights, story)}


@pytest.fixture(scope="module")
def data(small):
    return datasets.load(small.dataset)


@pytest.fixture(scope="module")
def side_by_side(small):
    """The small run once more, and one with another seed, event by event in turn."""
    both = zip(heist.run(replace(small)), heist.run(replace(small, seed=small.seed + 1)), strict=True)
    return tuple(zip(*both, strict=True))


def said(tensors, inputs):
    return forward(tensors, inputs.numpy())[0].argmax(axis=1)


# The stream


def test_the_stream_starts_with_started_and_ends_with_finished(small, story):
    assert plain(story[0]) == plain(Started(small.key, small.seed, heist.total_steps(small)))
    assert isinstance(story[-1], Finished)
    assert len(of(Started, story)) == len(of(Finished, story)) == 1
    assert story[-1].seconds > 0


def test_the_same_experiment_gives_bit_equal_events_even_beside_another_run(story, side_by_side):
    again, _ = side_by_side
    assert [plain(event) for event in again] == [plain(event) for event in story]


def test_another_seed_gives_other_triggers_weights_and_results(story, models, side_by_side):
    _, other = side_by_side
    assert plain(of(Probe, other)[0]) != plain(of(Probe, story)[0])
    for event in of(Weights, other):
        assert plain(event.tensors) != plain(models[event.role, event.defence])
    costs = ([event.cross_entropy for event in of(Progress, events)] for events in (story, other))
    assert next(costs) != next(costs)
    assert other[-1].result["key"] != story[-1].result["key"]


def test_a_run_too_short_for_a_watermark_batch_is_refused_with_a_sentence(small):
    with pytest.raises(ValueError, match="never be trained"):
        next(heist.run(replace(small, **ONCE, task_per_watermark=32)))


@pytest.mark.parametrize(
    "changed",
    [
        {"task_per_watermark": 3, "watermark_epochs": 2, "adversary_epochs": 3},
        {"task_per_watermark": 7, "budget": 5000, "inputs": "unseen", "batch_size": 64},
        {"dataset": "moons", "target": 0, "budget": 20, "batch_size": 512, "perturbed": False},
    ],
)
def test_announced_steps_are_delivered_and_counted(small, changed):
    experiment = replace(small, **{**ONCE, **changed})
    stream = heist.run(experiment)
    announced = next(stream).steps
    done = [event.done for event in stream if isinstance(event, Progress)]
    assert announced == heist.total_steps(experiment)
    assert done == list(range(1, announced + 1))


def test_phases_come_in_the_order_of_the_story_and_say_how_much_is_done(story):
    done, phases = 0, []
    for event in story:
        if isinstance(event, Phase):
            assert event.done == done
            phases.append(event.name)
        done = event.done if isinstance(event, Progress) else done
    assert phases == ["task", "triggers", "watermark", "query", "copy", "claim"]


def test_without_perturbation_there_is_no_phase_of_it(small):
    events = list(heist.run(replace(small, **ONCE, perturbed=False)))
    assert "triggers" not in [event.name for event in of(Phase, events)]
    assert len(of(Probe, events)) == 1


@pytest.mark.parametrize("kind", [None, "first watermark step", Theft])
def test_the_stream_can_be_closed_anywhere_and_leaves_no_thread_behind(small, kind):
    before = set(threading.enumerate())
    stream = heist.run(replace(small, **ONCE))
    for number, event in enumerate(stream, start=1):
        if kind is None and number == 3:
            break
        if kind == "first watermark step" and isinstance(event, Progress) and event.batch == "watermark":
            break
        if isinstance(kind, type) and isinstance(event, kind):
            break
    stream.close()
    assert set(threading.enumerate()) <= before
    assert next(stream, None) is None


def test_a_listener_sees_gradients_switched_on(small):
    for event in heist.run(replace(small, **ONCE)):
        assert torch.is_grad_enabled(), event


# Training


def test_every_watermarked_victim_sees_one_watermark_batch_after_so_many_task_batches(small):
    events = list(heist.run(replace(small, task_per_watermark=3)))
    for defence in WATERMARKED:
        kinds = "".join(event.batch[0] for event in of(Progress, events, role="victim", defence=defence))
        batches = small.watermark_epochs * -(-600 // small.batch_size)
        assert kinds == "tttw" * (batches // 3) + "t" * (batches % 3)
    assert {event.batch for event in of(Progress, events, defence="clean")} == {"task"}
    assert {event.batch for event in of(Progress, events, role="copy")} == {"task"}


def test_snnl_is_reported_only_on_watermark_batches_of_the_entangled_victim(story):
    for event in of(Progress, story):
        on = event.batch == "watermark" and event.defence == "entangled"
        assert tuple(event.snnl) == (("hidden2",) if on else ())  # "deep": all but the first
    assert any(event.snnl for event in of(Progress, story))


def test_with_weight_zero_the_entangled_victim_is_the_naive_one_bit_for_bit_and_nothing_else_changes(small, models):
    events = list(heist.run(replace(small, kappa=0)))
    found = {(event.role, event.defence): event.tensors for event in of(Weights, events)}
    assert plain(found["victim", "naive"]) == plain(found["victim", "entangled"])
    assert not any(event.snnl for event in of(Progress, events))
    for untouched in (("victim", "clean"), ("victim", "naive"), ("copy", "clean"), ("copy", "naive")):
        assert plain(found[untouched]) == plain(models[untouched])
    assert plain(found["victim", "entangled"]) != plain(models["victim", "entangled"])


def test_entanglement_raises_the_snnl_of_triggers_and_target_class(story):
    last = {(event.role, event.defence): event for event in of(Measured, story)}
    assert last["victim", "entangled"].snnl["hidden2"] > last["victim", "naive"].snnl["hidden2"] + 0.05


@pytest.mark.parametrize("changed", [{}, {"task_per_watermark": 3, "watermark_epochs": 3, "adversary_epochs": 2}])
def test_a_model_is_examined_once_an_epoch(small, story, changed):
    experiment = replace(small, **changed)
    events = list(heist.run(experiment)) if changed else story
    marked = experiment.task_epochs + experiment.watermark_epochs
    for role, defence in MODELS:
        looks = of(Measured, events, role=role, defence=defence)
        last = marked if role == "victim" else experiment.adversary_epochs
        whole = [look.epoch for look in looks if look.epoch > 0]
        assert [round(epoch) for epoch in whole] == list(range(1, last + 1)), (role, defence)
        assert whole[-1] == last
        for layer in LAYERS:
            shown = of(Snapshot, events, role=role, defence=defence, layer=layer, method="pca")
            expected = [look.epoch for look in looks] if role == "victim" else []  # nobody looks into a copy
            assert [snapshot.epoch for snapshot in shown] == expected


@pytest.mark.parametrize(("initialisation", "close"), [("same", True), ("independent", False)])
def test_the_adversary_starts_from_his_own_weights_or_from_the_victims(small, initialisation, close):
    barely = replace(small, **ONCE, initialisation=initialisation, learning_rate=1e-5)
    found = {(e.role, e.defence): e.tensors for e in heist.run(barely) if isinstance(e, Weights)}
    for defence in DEFENCES:
        copy, victim = (found[role, defence]["weights.hidden2.weight"] for role in ("copy", "victim"))
        assert (np.abs(copy - victim).max() < 1e-2) == close


# Triggers


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"dataset": "digits", "network": "small", "trigger": "key"},
        {"dataset": "digits", "network": "small", "trigger": "patch"},
        {"dataset": "mnist", "network": "small", "trigger": "patch"},
    ],
)
def test_no_held_out_trigger_was_trained_on_or_is_asked_twice(small, changed, monkeypatch):
    sets = []

    def spy(*arguments, **named):
        sets.append(draw(*arguments, **named))
        return sets[-1]

    draw = triggers.draw
    monkeypatch.setattr(triggers, "draw", spy)
    experiment = replace(small, **changed)
    for event in heist.run(experiment):
        if isinstance(event, Probe):
            break
    trained, held_out = ({trigger.numpy().tobytes() for trigger in drawn} for drawn in sets)
    assert len(sets[0]) == experiment.trigger_count
    assert not trained & held_out
    assert len(held_out) == len(sets[1])  # the same question twice is no second piece of evidence


def test_the_probe_shows_test_inputs_of_every_class_and_then_triggers(small, story, data):
    for probe in of(Probe, story):
        assert probe.target == small.target
        genuine = torch.from_numpy(probe.inputs[~probe.is_trigger])
        known = {x.numpy().tobytes(): int(y) for x, y in zip(data.test.inputs, data.test.labels, strict=True)}
        truth = [known[x.numpy().tobytes()] for x in genuine]
        assert truth == probe.labels[~probe.is_trigger].tolist()
        assert set(Counter(truth).values()) == {24} and set(truth) == set(range(data.classes))
        assert (probe.labels[probe.is_trigger] == small.target).all()
        assert (np.diff(probe.is_trigger.astype(int)) >= 0).all() and probe.is_trigger.sum() == 60


# The theft and the claim, recomputed from the weights


def test_accuracies_and_fidelity_are_those_of_the_weights(story, models, data):
    truth = data.test.labels.numpy()
    clean = said(models["victim", "clean"], data.test.inputs) == truth
    assert story[-1].result["clean"]["accuracy"] == pytest.approx(clean.mean(), abs=0.002)
    for theft in of(Theft, story):
        victim, copy = (said(models[role, theft.defence], data.test.inputs) for role in ("victim", "copy"))
        assert theft.victim_accuracy == pytest.approx((victim == truth).mean(), abs=0.002)
        assert theft.stolen_accuracy == pytest.approx((copy == truth).mean(), abs=0.002)
        assert theft.fidelity == pytest.approx((copy == victim).mean(), abs=0.002)


@pytest.mark.parametrize(
    ("answers", "inputs"),
    [
        *(("confidences", "victim"), ("labels", "unseen"), ("confidences", "blended")),
        *(("confidences", "other"), ("labels", "noise")),
    ],
)
def test_the_channel_is_that_of_the_victims_answers(small, story, answers, inputs):
    experiment = replace(small, answers=answers, inputs=inputs)
    events = story if experiment == small else list(heist.run(experiment))
    drawn = numpy_stream(small.seed, f"thief's {inputs}")
    asked = queries.adversary_inputs(datasets.load(small.dataset), inputs, small.budget, drawn)
    innocent = said(only(Weights, events, role="victim", defence="clean").tensors, asked.inputs)
    truth = np.where(asked.labels == -1, innocent, asked.labels)
    assert [theft.defence for theft in of(Theft, events)] == list(DEFENCES)
    for theft in of(Theft, events):
        tensors = only(Weights, events, role="victim", defence=theft.defence).tensors
        told = softmax(forward(tensors, asked.inputs.numpy())[0])
        top = told.argmax(axis=1)
        told = np.eye(5)[top] if answers == "labels" else told
        assert theft.queries == small.budget
        assert theft.query_error == pytest.approx((top != truth).mean(), abs=1e-6)
        assert theft.query_target_error == pytest.approx(((top != truth) & (top == experiment.target)).mean(), abs=1e-6)
        assert theft.query_target_mass == pytest.approx(
            told[truth != experiment.target, experiment.target].mean(), abs=1e-4
        )
        shown = of(Queried, events, defence=theft.defence)
        np.testing.assert_allclose(shown[1].answers, told[100:108], atol=1e-4)
        assert (shown[1].labels == asked.labels[100:108].numpy()).all()


def test_only_made_inputs_are_drawn_anew_with_every_seed(small):
    changed = {**ONCE, "perturbed": False, "budget": 100}
    for inputs in choices.INPUTS:
        runs = [heist.run(replace(small, **changed, inputs=inputs, seed=seed), looks=False) for seed in (1, 2)]
        one, other = (next(event for event in run if isinstance(event, Queried)) for run in runs)
        assert (one.inputs == other.inputs).all() == (inputs in ("victim", "unseen"))


def test_the_clean_victim_says_what_the_innocent_would(small):
    *_, last = heist.run(replace(small, inputs="noise"), looks=False)
    clean = last.result["clean"]
    assert (clean["query_error"], clean["query_target_error"]) == (0, 0)
    assert last.result["naive"]["query_error"] > 0


@pytest.mark.parametrize("inputs", choices.INPUTS)
def test_the_copy_of_the_clean_victim_never_learns_a_mark(small, inputs):
    """The control of the theft: what the other copies say to triggers is not what every copy says."""
    *_, last = heist.run(replace(small, inputs=inputs), looks=False)
    clean = last.result["clean"]
    assert clean["stolen_accuracy"] > 0.6 and clean["stolen_watermark"] < 0.1
    assert clean["victim_watermark"] == clean["watermark"] < 0.1
    assert last.result["entangled"]["stolen_watermark"] > 0.5


def test_the_adversary_with_another_network_trains_another_network(small, data, story):
    events = list(heist.run(replace(small, architecture="other")))
    for defence in DEFENCES:
        victim, copy = (only(Weights, events, role=role, defence=defence).tensors for role in ("victim", "copy"))
        assert {name: value.shape for name, value in victim.items()} == shapes(small.network, (2,), 5)
        assert {name: value.shape for name, value in copy.items()} == shapes("dense", (2,), 5)
        theft, answers = only(Theft, events, defence=defence), said(copy, data.test.inputs)
        assert theft.stolen_accuracy == pytest.approx((answers == data.test.labels.numpy()).mean(), abs=0.002)
        assert plain(victim) == plain(only(Weights, story, role="victim", defence=defence).tensors)


def test_a_adversary_of_pictures_may_come_with_a_perceptron(small):
    pictures = {"dataset": "digits", "network": "small", "trigger": "key", "budget": 40, "perturbed": False}
    events = list(heist.run(replace(small, **ONCE, **pictures, architecture="other")))
    for role, network in (("victim", "small"), ("copy", "dense")):
        for trained in of(Weights, events, role=role):
            found = {name: value.shape for name, value in trained.tensors.items()}
            assert found == shapes(network, (1, 8, 8), 10)


def test_the_copies_say_of_the_probes_triggers_what_the_court_heard(small, story):
    probe = of(Probe, story)[-1]
    answers = finished_run.trigger_answers(small, probe, of(Weights, story, role="copy"))
    assert list(answers) == list(DEFENCES)
    for claimed in of(Claimed, story):
        said = answers[claimed.defence]
        assert ((said == small.target) == claimed.answers[: len(said)]).all()
        assert len(said) == probe.is_trigger.sum()


def test_queries_are_counted_shown_with_their_truth_and_never_exceed_the_budget(small, story, data):
    for defence in DEFENCES:
        queried = of(Queried, story, defence=defence)
        assert [event.count for event in queried] == [100, 200, 250]
        for event, first in zip(queried, (0, 100, 200), strict=True):
            rows = slice(first, first + len(event.inputs))
            assert len(event.inputs) == len(event.answers) == len(event.labels) == 8
            assert (event.inputs == data.owner.inputs[rows].numpy()).all()
            assert (event.labels == data.owner.labels[rows].numpy()).all()


def test_the_last_few_queries_are_shown_with_their_own_truth(small):
    events = list(heist.run(replace(small, **ONCE, budget=103, perturbed=False)))
    last = of(Queried, events)[-1]
    assert last.count == 103
    assert len(last.inputs) == len(last.answers) == len(last.labels) == 3


def test_the_adversary_never_uses_the_truth(small, models, monkeypatch):
    honest = queries.adversary_inputs

    def scrambled(*arguments):
        asked = honest(*arguments)
        return replace(asked, labels=(asked.labels + 1) % 5)

    monkeypatch.setattr(queries, "adversary_inputs", scrambled)
    for event in heist.run(small):
        if isinstance(event, Weights):
            assert plain(event.tensors) == plain(models[event.role, event.defence])


def test_the_claim_is_the_exact_binomial_test_of_the_answers_of_the_copy(small, story, models):
    probe = of(Probe, story)[-1]
    result = story[-1].result
    for claimed in of(Claimed, story):
        answers = said(models["copy", claimed.defence], torch.from_numpy(probe.inputs[probe.is_trigger]))
        assert ((answers == small.target) == claimed.answers[:60]).all()  # the probe shows the first sixty
        assert claimed.successes == claimed.answers.sum() and claimed.queries == len(claimed.answers) == 200
        worst = max(claimed.panel.values())
        p0 = stats.beta.ppf(0.99, worst + 1, 200 - worst)
        assert claimed.innocent_rate == pytest.approx(p0, rel=1e-6)
        p_value = stats.binomtest(claimed.successes, 200, p0, alternative="greater").pvalue
        assert claimed.p_value == pytest.approx(p_value, rel=1e-4, abs=1e-300)
        assert claimed.p_values[-1] == pytest.approx(claimed.p_value, rel=1e-6, abs=1e-300)
        assert claimed.owned == (claimed.p_value < 0.01) == (claimed.verdict == "established")
        assert result["claim"][claimed.defence] == {
            "verdict": claimed.verdict,
            "reason": claimed.reason,
            "p_value": claimed.p_value,
            "owned": claimed.owned,
        }
        assert (result["panel"], result["innocent_rate"]) == (claimed.panel, claimed.innocent_rate)
        assert claimed.answers.mean() == result[claimed.defence]["stolen_watermark"]
        assert claimed.controls == 100 and claimed.right > 50


def test_the_panel_is_asked_the_very_triggers_of_the_claim(small, story):
    triggers = finished_run.repeated_scene(small).held_out
    data = datasets.load(small.dataset)
    (claimed, *_) = of(Claimed, story)
    assert claimed.panel == grant.successes(innocents.answers(data, triggers), small.target)
    assert story[-1].result["claim"].keys() == set(DEFENCES)  # the copy of the clean model is tried, too


def test_the_last_look_at_a_model_is_a_look_at_its_final_weights(small, story, models):
    probe = of(Probe, story)[-1]
    mixed = probe.labels == small.target
    groups = probe.is_trigger[mixed]
    same = groups[:, None] == groups[None]
    for role, defence in MODELS:
        last = of(Measured, story, role=role, defence=defence)[-1]
        if role == "copy":  # a copy is asked, as a court would ask it, and not looked into
            assert last.snnl == last.target_share == {}
            continue
        _, features = forward(models[role, defence], probe.inputs)
        for layer in LAYERS:
            near = np.exp(-cosines(features[layer][mixed], features[layer][mixed]).astype(float) / small.temperature)
            np.fill_diagonal(near, 0)
            expected = -np.log((near * same).sum(axis=1) / near.sum(axis=1)).mean()
            assert last.snnl[layer] == pytest.approx(expected, rel=1e-3, abs=1e-4), (role, defence, layer)
            apart = cosines(features[layer][probe.is_trigger], features[layer][~probe.is_trigger])
            nearest = probe.labels[~probe.is_trigger][np.argsort(apart, axis=1)[:, :10]]
            assert last.target_share[layer] == pytest.approx((nearest == small.target).mean(), abs=0.01)


def test_distances_are_recorded_once_for_what_the_victims_share_and_then_for_each(small, story):
    looks = {event.epoch for event in of(Measured, story, role="victim")}
    for layer in LAYERS:
        shown = of(Distances, story, layer=layer)
        assert {event.epoch for event in shown} <= looks
        assert {event.defence for event in shown if event.epoch <= small.task_epochs} == {"clean"}
    for event in of(Distances, story):
        count = len(event.norms)
        assert event.role == "victim" and count == 180 and event.cosines.shape == (count * (count - 1) // 2,)
    # "deep": what comes before the first entangled layer is not trained further, so its last ones are those on the
    # probe with the final triggers.
    after = [event.layer for event in of(Distances, story, defence="entangled")]
    assert after.count("hidden2") == small.watermark_epochs and after.count("hidden1") == 1


def test_the_last_distances_are_those_of_the_final_weights(story, models):
    probe = of(Probe, story)[-1]
    for defence in DEFENCES:
        _, features = forward(models["victim", defence], probe.inputs)
        for layer in LAYERS:
            last = of(Distances, story, defence=defence, layer=layer)[-1]
            apart = representation.distances(last.cosines, last.norms, "cosine")
            alike = ~np.eye(len(apart), dtype=bool)
            np.testing.assert_allclose(apart[alike], cosines(features[layer], features[layer])[alike], atol=1e-4)


def test_result_measurements_and_thefts_tell_the_same(small, story):
    result = story[-1].result
    assert (result["key"], result["seed"]) == (small.key, small.seed)
    last = {(event.role, event.defence): event for event in of(Measured, story)}
    for theft in of(Theft, story):
        told = dict(result[theft.defence])
        if theft.defence == "clean":
            assert (told.pop("accuracy"), told.pop("watermark")) == (theft.victim_accuracy, theft.victim_watermark)
        assert told.pop("victim_snnl") == last["victim", theft.defence].snnl
        assert told == {name: value for name, value in vars(theft).items() if name != "defence"}
        victim, copy = last["victim", theft.defence], last["copy", theft.defence]
        assert (victim.watermark, copy.watermark) == (theft.victim_watermark, theft.stolen_watermark)
        # In training, models are measured on the first of the test inputs only.
        assert victim.accuracy == pytest.approx(theft.victim_accuracy, abs=0.1)
        assert copy.accuracy == pytest.approx(theft.stolen_accuracy, abs=0.1)
    assert last["victim", "clean"].watermark == result["clean"]["watermark"]


def test_all_rates_are_fractions_and_all_arrays_finite(story):
    for event in of(Measured, story):
        assert all(0 <= rate <= 1 for rate in (event.accuracy, event.watermark, *event.target_share.values()))
    for event in of(Theft, story):
        assert all(0 <= value <= 1 for name, value in vars(event).items() if name not in ("defence", "queries"))
    for event in of(Snapshot, story):
        assert event.points.shape == (180, 2) and np.isfinite(event.points).all()
    assert [(event.role, event.defence) for event in of(Weights, story)] == MODELS
    assert {event.defence for event in of(Measured, story)} == set(DEFENCES)


@pytest.mark.parametrize("changed", [{}, {"kappa": 0, "task_per_watermark": 3, "perturbed": False}])
def test_whether_anybody_looks_changes_nothing_but_the_looks(small, story, changed):
    seen = list(heist.run(replace(small, **changed))) if changed else story
    unseen = list(heist.run(replace(small, **changed), looks=False))
    assert not any(of(kind, unseen) for kind in (Measured, Distances, Snapshot))
    assert plain(unseen[-1]) == plain(seen[-1])  # the result

    def lanes(events):
        """What happens to each model, in order; models that learn side by side take turns otherwise, once unseen."""
        found = {}
        for event in events:
            if not isinstance(event, Measured | Distances | Snapshot):
                event = replace(event, done=0) if isinstance(event, Progress) else event
                found.setdefault((getattr(event, "role", ""), getattr(event, "defence", "")), []).append(plain(event))
        return found

    assert lanes(unseen) == lanes(seen)


def test_the_released_schedule_takes_as_many_steps_and_leaves_the_clean_victim_alone(small, story, models):
    events = list(heist.run(replace(small, schedule="released", watermark_epochs=2)))
    assert [(e.role, e.batch) for e in of(Progress, events)] == [(e.role, e.batch) for e in of(Progress, story)]
    for trained in of(Weights, events, role="victim"):
        same = plain(trained.tensors) == plain(models["victim", trained.defence])
        assert same == (trained.defence == "clean"), trained.defence


def test_maps_follow_each_other_through_the_training_and_part_where_the_victims_do(small, story, monkeypatch):
    """UMAP itself takes seconds to wake: here it is a stand-in that numbers its maps."""
    begun = []

    def stand_in(apart, seed, previous, dimensions):
        assert seed == small.seed and apart.shape == (180, 180) and (apart == apart.T).all()
        begun.append(previous)
        return np.full((len(apart), dimensions), len(begun), np.float32)

    monkeypatch.setattr(representation, "umap", stand_in)
    maps = list(finished_run.umap(small, story))
    for method, dimensions in (("umap", 2), ("umap-3d", 3)):
        for layer in LAYERS:
            shown = {d: of(Snapshot, maps, defence=d, layer=layer, method=method) for d in DEFENCES}
            for defence, shots in shown.items():
                looks = of(Snapshot, story, defence=defence, layer=layer, method="pca")
                assert [shot.epoch for shot in shots] == [look.epoch for look in looks]
                for before, shot in pairwise(shots):
                    assert shot.role == "victim" and shot.points.shape == (180, dimensions)
                    number = int(shot.points[0, 0])
                    assert number == before.points[0, 0] or (begun[number - 1] == before.points).all()
            shared = [[s.points[0, 0] for s in shots if s.epoch <= small.task_epochs] for shots in shown.values()]
            assert shared[0] == shared[1] == shared[2]
    assert sum(previous is None for previous in begun) == 2 * len(LAYERS)  # each series begins by itself, once
    assert maps[0].layer == "hidden2" and maps[-1].method == "umap-3d"  # what tells most, and the plane, come first
    # What has not changed is not mapped again: a layer before the marked ones changes once more, with the triggers.
    assert len({shot.points[0, 0] for shot in of(Snapshot, maps, layer="hidden1", method="umap", defence="naive")}) == 3


def test_a_network_that_dies_is_reported_and_not_crashed_on(small):
    """At the highest rate the ReLUs of small pictures may all die: features without any spread."""
    experiment = replace(
        small,
        **ONCE,
        dataset="digits",
        network="small",
        trigger="key",
        learning_rate=0.1,
        batch_size=8,
        budget=40,
        perturbed=False,
    )
    try:
        *_, last = heist.run(experiment)
    except ValueError as refused:
        assert str(refused).endswith(".")
    else:
        assert isinstance(last, Finished)


def test_a_run_does_not_depend_on_how_many_threads_its_process_was_left_with(small, story):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        *_, last = heist.run(small)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
    again, first = ({**event.result, "seconds": 0} for event in (last, story[-1]))
    assert again == first


def test_thefts_of_the_same_victims_end_as_they_would_alone(small, story):
    other = replace(small, answers="labels", inputs="unseen", budget=60)
    together = list(heist.run(small, other))
    alone = list(heist.run(other))
    assert [plain(event) for event in of(Finished, together)] == [plain(story[-1]), plain(alone[-1])]
    assert of(Progress, together)[-1].done == together[0].steps < story[0].steps + alone[0].steps
    assert [plain(event) for event in of(Theft, together)] == [plain(event) for event in of(Theft, story + alone)]


def test_thefts_of_other_victims_are_refused_with_a_sentence(small):
    with pytest.raises(ValueError, match="same victims"):
        next(heist.run(small, replace(small, kappa=3)))
