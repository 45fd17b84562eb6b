"""Training by what it does: which rows it visits, in which order, at what cost."""

import math
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.choices import SCHEDULES
from app.lab.randomness import torch_stream
from app.lab.removal.disentangling import train_separated
from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork, build
from app.lab.task.training import (
    Optimisation,
    batches_per_epoch,
    task_steps,
    train_task,
)
from app.lab.watermark.ewe import Entanglement, train_watermarked, watermarked_steps
from app.lab.watermark.snnl import soft_nearest_neighbor_loss

TARGET = 2
HOW = Optimisation(epochs=3, batch_size=16, learning_rate=0.01)
NAIVE = Entanglement(kappa=0.0, temperature=0.5, layers=("hidden2",))
ENTANGLED = replace(NAIVE, kappa=4.0)


class Watched(FeatureNetwork):
    """A network that remembers what it was asked and what it said."""

    def forward(self, inputs):
        return self.with_features(inputs)[0]

    def with_features(self, inputs):
        logits, features = super().with_features(inputs)
        self.seen.append((inputs.detach().clone(), logits.detach().clone(), features))
        return logits, features


def watched(seed=0):
    model = build("tiny", (2,), 4, torch.Generator().manual_seed(seed))
    model.__class__ = Watched
    model.seen = []
    return model


def task(n=100):
    """Points that can be told apart by their first coordinate: row i is near x = i / n."""
    generator = torch.Generator().manual_seed(3)
    points = torch.stack([torch.arange(n) / n, torch.randn(n, generator=generator)], dim=1)
    return Split(points, torch.arange(n) % 4)


TASK = task()
TRIGGERS = torch.stack([torch.arange(30) + 10.0, torch.zeros(30)], dim=1)  # x >= 10: no task input is there


def rows(inputs):
    """Which rows of TASK these are (triggers: 1,000 and more)."""
    return (inputs[:, 0] * 100).round().long().tolist()


def trained(how=HOW, entanglement=NAIVE, ratio=1, data=TASK, triggers=TRIGGERS, seed=1, schedule="all"):
    model = watched()
    generator = torch_stream(seed, "order")
    steps = list(train_watermarked(model, data, triggers, TARGET, how, entanglement, ratio, generator, schedule))
    return model, steps


def weights(model):
    return torch.cat([value.flatten() for value in model.state_dict().values()])


def test_every_row_is_visited_exactly_once_in_each_epoch_of_the_task():
    model = watched()
    steps = list(train_task(model, TASK.inputs, TASK.labels, HOW, torch_stream(1, "order")))
    visited = [rows(inputs) for inputs, _, _ in model.seen]
    each = batches_per_epoch(100, 16)
    assert [step.number for step in steps] == list(range(1, 3 * each + 1))
    epochs = [list(chain(*visited[start : start + each])) for start in range(0, 3 * each, each)]
    assert all(sorted(epoch) == list(range(100)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2] != list(range(100))


@pytest.mark.parametrize("ratio", [1, 2, 3, 5])
@pytest.mark.parametrize("entanglement", [NAIVE, ENTANGLED])
def test_every_task_row_is_visited_exactly_once_in_each_epoch_beside_the_watermark(ratio, entanglement):
    model, steps = trained(entanglement=entanglement, ratio=ratio)
    batches = [rows(inputs) for (inputs, _, _), step in zip(model.seen, steps, strict=True) if step.batch == "task"]
    each = batches_per_epoch(100, 16)
    assert len(batches) == 3 * each
    for epoch in range(3):
        assert sorted(chain(*batches[epoch * each : (epoch + 1) * each])) == list(range(100))


def batches_of(kind, model, steps):
    """What the model was asked in its task or watermark batches."""
    return [inputs for (inputs, _, _), step in zip(model.seen, steps, strict=True) if step.batch == kind]


@pytest.mark.parametrize("ratio", [1, 2, 3])
@pytest.mark.parametrize("count", [5, 8, 9, 30])
@pytest.mark.parametrize("entanglement", [NAIVE, ENTANGLED])
def test_the_released_schedule_visits_only_the_first_few_batches_again_and_again(ratio, count, entanglement):
    model, steps = trained(entanglement=entanglement, ratio=ratio, triggers=TRIGGERS[:count], schedule="released")
    found = [rows(inputs) for inputs in batches_of("task", model, steps)]
    first = [part.tolist() for part in torch.randperm(100, generator=torch_stream(1, "order")).split(16)]
    again = batches_per_epoch(count, min(8, count)) * ratio  # a pass over the triggers, 8 in each batch
    if again < len(first):
        first = first[:again]
        assert found == [first[number % again] for number in range(3 * 7)]
        assert len({row for batch in found for row in batch}) == 16 * again  # the others are never seen again
    else:
        assert found[:7] == first


def test_the_released_schedule_with_more_batches_than_an_epoch_has_goes_on_into_the_next():
    model, steps = trained(ratio=3, schedule="released")  # 4 batches of triggers: 12 of the task, and an epoch has 7
    order = torch_stream(1, "order")
    twelve = [part.tolist() for _ in range(2) for part in torch.randperm(100, generator=order).split(16)][:12]
    assert [rows(inputs) for inputs in batches_of("task", model, steps)] == [*twelve, *twelve[:9]]


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_both_schedules_take_the_same_steps_with_the_same_watermark_batches(ratio):
    (one, first), (other, second) = (trained(ratio=ratio, schedule=schedule) for schedule in SCHEDULES)
    assert [(step.number, step.batch) for step in first] == [(step.number, step.batch) for step in second]
    assert len(second) == watermarked_steps(100, HOW, ratio)
    marks = (batches_of("watermark", model, steps) for model, steps in ((one, first), (other, second)))
    for batch, again in zip(*marks, strict=True):
        assert torch.equal(batch, again)


def test_with_more_batches_of_triggers_than_of_the_task_the_schedules_are_the_same():
    (one, _), (other, _) = (trained(ratio=7, schedule=schedule) for schedule in SCHEDULES)  # 28 > 3 epochs of 7
    assert torch.equal(weights(one), weights(other))


def test_an_unknown_schedule_gets_a_clear_sentence():
    with pytest.raises(ValueError, match=r"no schedule 'never'; choose one of all, released\.$"):
        trained(schedule="never")


@pytest.mark.parametrize("ratio", [1, 2, 3, 5, 100])
def test_after_every_so_many_task_batches_comes_exactly_one_watermark_batch(ratio):
    _, steps = trained(ratio=ratio)
    kinds = [step.batch for step in steps]
    expected = []
    for visited in range(1, 3 * 7 + 1):
        expected.append("task")
        if visited % ratio == 0:
            expected.append("watermark")
    assert kinds == expected


def test_a_watermark_batch_is_half_triggers_and_half_inputs_of_the_target_class():
    model, steps = trained(entanglement=ENTANGLED)
    for (inputs, _, _), step in zip(model.seen, steps, strict=True):
        is_trigger = inputs[:, 0] >= 10
        if step.batch == "task":
            assert not is_trigger.any()
            continue
        genuine = rows(inputs[~is_trigger])
        assert len(inputs) == 16 and int(is_trigger.sum()) == 8
        assert all(row % 4 == TARGET for row in genuine)
        assert len(set(rows(inputs))) == 16


def test_all_triggers_are_visited_in_the_long_run():
    model, _ = trained(how=replace(HOW, epochs=6))
    assert {row for inputs, _, _ in model.seen for row in rows(inputs) if row >= 1000} == {
        1000 + 100 * i for i in range(30)
    }


def test_the_reported_costs_are_those_of_the_batch_before_the_step():
    model, steps = trained(entanglement=ENTANGLED)
    for (inputs, logits, features), step in zip(model.seen, steps, strict=True):
        if step.batch == "task":
            labels = np.array(rows(inputs)) % 4
        else:
            labels = np.full(len(inputs), TARGET)
            groups = (inputs[:, 0] >= 10).long()
            expected = soft_nearest_neighbor_loss(features["hidden2"], groups, 0.5)
            assert step.snnl == {"hidden2": pytest.approx(expected.item(), rel=1e-5)}
        odds = np.exp(logits.double().numpy())
        chance = (odds / odds.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]
        assert step.cross_entropy == pytest.approx(-np.log(chance).mean(), rel=1e-4, abs=1e-6)


def test_weight_zero_is_the_naive_watermark_bit_for_bit():
    """The naive rule written out by hand: cross-entropy only, on the very batches that EWE took."""
    model, _ = trained(entanglement=replace(ENTANGLED, kappa=0.0))
    twin = watched()
    steps = len(model.seen)
    optimiser = torch.optim.Adam(twin.parameters(), lr=HOW.learning_rate, fused=True)
    rising = steps // 8
    for step, (inputs, _, _) in enumerate(model.seen):
        fallen = max(0, step - rising) / (steps - rising)
        risen = min(1, (step + 1) / rising)
        optimiser.param_groups[0]["lr"] = (
            HOW.learning_rate * risen * (0.05 + 0.95 * (1 + math.cos(math.pi * fallen)) / 2)
        )
        labels = torch.tensor([TARGET if row >= 1000 else row % 4 for row in rows(inputs)])
        if inputs[-1, 0] >= 10:
            labels[:] = TARGET
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(twin(inputs), labels).backward()
        optimiser.step()
    assert torch.equal(weights(twin), weights(model))


def test_entangled_and_naive_take_the_very_same_batches():
    naive, _ = trained(entanglement=NAIVE)
    entangled, _ = trained(entanglement=ENTANGLED)
    for (one, _, _), (other, _, _) in zip(naive.seen, entangled.seen, strict=True):
        assert torch.equal(one, other)
    assert not torch.equal(weights(naive), weights(entangled))


def test_task_batches_come_in_the_same_order_with_and_without_watermark():
    model = watched()
    list(train_task(model, TASK.inputs, TASK.labels, HOW, torch_stream(1, "order")))
    beside, steps = trained()
    task_batches = [seen for seen, step in zip(beside.seen, steps, strict=True) if step.batch == "task"]
    for (one, _, _), (other, _, _) in zip(model.seen, task_batches, strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("entanglement", [NAIVE, ENTANGLED, replace(ENTANGLED, layers=("hidden1", "hidden2"))])
def test_snnl_is_reported_only_on_watermark_batches_and_only_with_weight(entanglement):
    _, steps = trained(entanglement=entanglement, ratio=2)
    for step in steps:
        on = step.batch == "watermark" and entanglement.kappa > 0
        assert tuple(step.snnl) == (entanglement.layers if on else ())


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_entanglement_raises_snnl_against_naive(metric):
    near = Split(torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [1, -1]])[TASK.labels] + TASK.inputs / 10, TASK.labels)
    outside = torch.stack([torch.full((25,), 2.0), torch.linspace(-0.2, 0.2, 25)], dim=1)
    groups = torch.arange(50) // 25
    mixed = torch.cat([near.inputs[near.labels == TARGET], outside])

    def entangled_by(weight):
        how = Entanglement(weight, 0.5, ("hidden2",), metric)
        model, _ = trained(replace(HOW, epochs=6), how, data=near, triggers=outside)
        return soft_nearest_neighbor_loss(model.with_features(mixed)[1]["hidden2"], groups, 0.5, metric).item()

    assert entangled_by(8.0) > entangled_by(0.0) + 0.05


def test_training_learns():
    clusters = torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [1, -1]])[TASK.labels] + 0.1 * TASK.inputs
    _, steps = trained(replace(HOW, epochs=8), data=Split(clusters, TASK.labels))
    for batch in ("task", "watermark"):
        costs = [step.cross_entropy for step in steps if step.batch == batch]
        assert np.mean(costs[-5:]) < 0.3 * np.mean(costs[:5])


def test_one_hot_answers_teach_what_labels_teach():
    by_label, by_answer = watched(), watched()
    one_hot = torch.nn.functional.one_hot(TASK.labels, 4).float()
    first = list(train_task(by_label, TASK.inputs, TASK.labels, HOW, torch_stream(1, "order")))
    second = list(train_task(by_answer, TASK.inputs, one_hot, HOW, torch_stream(1, "order")))
    np.testing.assert_allclose([s.cross_entropy for s in first], [s.cross_entropy for s in second], rtol=1e-3)
    torch.testing.assert_close(weights(by_label), weights(by_answer), atol=1e-3, rtol=1e-2)


@settings(max_examples=25)
@given(st.integers(9, 70), st.integers(1, 3), st.integers(8, 80), st.integers(1, 12))
def test_announced_steps_are_delivered(n, epochs, batch_size, ratio):
    data, how = task(n), Optimisation(epochs, batch_size, 0.01)
    model = watched()
    clean = list(train_task(model, data.inputs, data.labels, how, torch_stream(0, "order")))
    _, marked = trained(how, ENTANGLED, ratio, data)
    assert len(clean) == task_steps(n, how)
    assert len(marked) == watermarked_steps(n, how, ratio)
    assert [step.number for step in marked] == list(range(1, len(marked) + 1))


@given(st.integers(1, 10_000), st.integers(1, 600))
def test_the_last_smaller_batch_counts(inputs, batch_size):
    assert batches_per_epoch(inputs, batch_size) == len(range(0, inputs, batch_size))


def test_equal_generators_give_equal_weights_and_others_do_not():
    assert torch.equal(weights(trained(seed=1)[0]), weights(trained(seed=1)[0]))
    assert not torch.equal(weights(trained(seed=1)[0]), weights(trained(seed=2)[0]))


def test_a_listener_sees_gradients_switched_on_and_may_leave_at_any_step():
    model = watched()
    stream = train_watermarked(model, TASK, TRIGGERS, TARGET, HOW, ENTANGLED, 1, torch_stream(1, "order"))
    for _ in range(3):
        next(stream)
        assert torch.is_grad_enabled()
    stream.close()
    assert len(model.seen) == 3
    assert next(stream, None) is None


@pytest.mark.parametrize("epochs", [1, 3, 10])
def test_the_rate_rises_for_an_eighth_of_the_steps_and_then_falls_to_a_twentieth(epochs, monkeypatch):
    taken = []

    def spy(optimiser, *arguments, **named):
        taken.append(optimiser.param_groups[0]["lr"])
        return step(optimiser, *arguments, **named)

    step = torch.optim.Adam.step
    monkeypatch.setattr(torch.optim.Adam, "step", spy)
    how = replace(HOW, epochs=epochs)
    list(train_task(watched(), TASK.inputs, TASK.labels, how, torch_stream(1, "order")))
    total = 7 * epochs
    rising = max(1, total // 8)
    expected = [
        *(how.learning_rate * (number + 1) / rising for number in range(rising)),
        *(
            how.learning_rate * (0.525 + 0.475 * math.cos(math.pi * number / (total - rising)))
            for number in range(total - rising)
        ),
    ]
    assert taken == pytest.approx(expected, rel=1e-9)
    assert max(taken) == pytest.approx(how.learning_rate) and taken[-1] < 0.3 * how.learning_rate


def separated(weight, groups):
    model = watched()
    how = replace(NAIVE, kappa=weight)
    steps = list(train_separated(model, TASK.inputs, TASK.labels, groups, HOW, how, torch_stream(2, "apart")))
    return model, steps


def test_training_apart_with_weight_zero_is_plain_training():
    plain = watched()
    expected = list(train_task(plain, TASK.inputs, TASK.labels, HOW, torch_stream(2, "apart")))
    model, steps = separated(0.0, TASK.labels)
    assert steps == expected
    assert all(torch.equal(value, plain.state_dict()[name]) for name, value in model.state_dict().items())


def test_a_negative_weight_pulls_the_groups_apart_and_a_positive_one_together():
    ends = []
    for weight in (-8.0, 0.0, 8.0):
        model, _ = separated(weight, TASK.labels)
        features = model.with_features(TASK.inputs)[1]["hidden2"].detach()
        ends.append(float(soft_nearest_neighbor_loss(features, TASK.labels, NAIVE.temperature)))
    assert ends[0] < ends[1] < ends[2]


def test_members_without_company_are_left_out_of_the_loss():
    _, steps = separated(-1.0, torch.arange(100))  # no two rows belong together
    assert all(step.snnl == {} for step in steps)
