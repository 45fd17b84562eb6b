"""Training that pulls groups apart, or together."""

from dataclasses import replace

import torch

from app.lab.randomness import torch_stream
from app.lab.removal.disentangling import train_separated
from app.lab.task.training import (
    train_task,
)
from app.lab.watermark.ewe import Entanglement
from app.lab.watermark.snnl import soft_nearest_neighbor_loss
from tests.lab.watched import HOW, TASK, watched

NAIVE = Entanglement(kappa=0.0, temperature=0.5, layers=("hidden2",))


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
