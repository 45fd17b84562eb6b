"""Training on the task by what it does: which rows it visits, in which order, at what rate."""

import math
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.lab.randomness import torch_stream
from app.lab.task.networks import build
from app.lab.task.training import batches_per_epoch, blending_stream, task_loss, train_task
from tests.lab.watched import HOW, TASK, rows, watched, weights


def test_every_row_is_visited_exactly_once_in_each_epoch_of_the_task():
    model = watched()
    steps = list(train_task(model, TASK.inputs, TASK.labels, HOW, torch_stream(1, "order")))
    visited = [rows(inputs) for inputs, _, _ in model.seen]
    each = batches_per_epoch(100, 16)
    assert [step.number for step in steps] == list(range(1, 3 * each + 1))
    epochs = [list(chain(*visited[start : start + each])) for start in range(0, 3 * each, each)]
    assert all(sorted(epoch) == list(range(100)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2] != list(range(100))


def test_one_hot_answers_teach_what_labels_teach():
    by_label, by_answer = watched(), watched()
    one_hot = torch.nn.functional.one_hot(TASK.labels, 4).float()
    first = list(train_task(by_label, TASK.inputs, TASK.labels, HOW, torch_stream(1, "order")))
    second = list(train_task(by_answer, TASK.inputs, one_hot, HOW, torch_stream(1, "order")))
    np.testing.assert_allclose([s.cross_entropy for s in first], [s.cross_entropy for s in second], rtol=1e-3)
    torch.testing.assert_close(weights(by_label), weights(by_answer), atol=1e-3, rtol=1e-2)


@given(st.integers(1, 10_000), st.integers(1, 600))
def test_the_last_smaller_batch_counts(inputs, batch_size):
    assert batches_per_epoch(inputs, batch_size) == len(range(0, inputs, batch_size))


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


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.3])
def test_smoothed_labels_are_blends_with_the_uniform_distribution(smoothing):
    model, how = watched(), replace(HOW, smoothing=smoothing)
    blended = (1 - smoothing) * torch.nn.functional.one_hot(TASK.labels, 4).float() + smoothing / 4
    expected = -(blended * torch.log_softmax(model(TASK.inputs), dim=1)).sum(dim=1).mean()
    loss = task_loss(model, TASK.inputs, TASK.labels, how, np.random.default_rng(0))
    torch.testing.assert_close(loss, expected)


@given(st.floats(0.05, 4), st.integers(0, 100))
def test_mixup_is_the_loss_of_blended_inputs_with_labels_blended_alike(alpha, seed):
    model, drawn = watched(), np.random.default_rng(seed)
    share, partner = drawn.beta(alpha, alpha), torch.from_numpy(drawn.permutation(len(TASK.labels)))
    labels = torch.nn.functional.one_hot(TASK.labels, 4).float()
    inputs = share * TASK.inputs + (1 - share) * TASK.inputs[partner]
    expected = -((share * labels + (1 - share) * labels[partner]) * torch.log_softmax(model(inputs), 1)).sum(1).mean()
    loss = task_loss(model, TASK.inputs, TASK.labels, replace(HOW, mixing=alpha), np.random.default_rng(seed))
    torch.testing.assert_close(loss, expected, rtol=1e-4, atol=1e-5)


def test_mixup_leaves_the_order_of_the_batches_alone():
    generator = torch_stream(1, "order")
    before = generator.get_state()
    blending_stream(generator)
    assert torch.equal(generator.get_state(), before)


def test_the_result_is_the_exponential_mean_of_the_weights_of_the_second_half():
    plain, averaged = (build("tiny", (2,), 4, torch.Generator().manual_seed(0)) for _ in range(2))
    keep = 0.7
    steps = train_task(plain, TASK.inputs, TASK.labels, HOW, torch_stream(1, "order"))
    visited = [weights(plain).clone() for _ in steps]
    expected = visited[len(visited) // 2]
    for later in visited[len(visited) // 2 + 1 :]:
        expected = keep * expected + (1 - keep) * later
    how = replace(HOW, averaging=keep)
    list(train_task(averaged, TASK.inputs, TASK.labels, how, torch_stream(1, "order")))
    torch.testing.assert_close(weights(averaged), expected, rtol=1e-5, atol=1e-6)
