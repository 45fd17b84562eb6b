"""The innocent models against which triggers are perturbed."""

import pytest
import torch

from app.lab.randomness import numpy_stream, torch_stream
from app.lab.task.agreement import accuracy
from app.lab.task.datasets import load
from app.lab.watermark.innocent_ensemble import ensemble
from app.lab.watermark.triggers import draw, of_class, perturb, success_rate

NETWORK = {"digits": "small", "blobs": "tiny"}


def trained(*which):
    models, steps = ensemble(*which)
    for _ in steps:
        pass
    return models


@pytest.fixture(scope="module", params=["digits", "blobs"])
def members(request):
    data = load(request.param)
    return data, trained(data, NETWORK[request.param], 0)


def test_they_are_of_three_kinds_two_of_them_linear_and_know_the_task(members):
    data, models = members
    assert [len(model.layers) for model in models] == ([0, 0, 2, 3] if data.form == "picture" else [0, 0, 2, 2])
    assert all(accuracy(model, data.test) > 0.7 for model in models)


def test_equal_seeds_give_equal_models_and_other_seeds_others(members):
    data, models = members

    def same(others):
        pairs = zip(models, others, strict=True)
        return [torch.equal(one.readout.weight, other.readout.weight) for one, other in pairs]

    assert all(same(trained(data, NETWORK[data.name], 0)))
    assert not any(same(trained(data, NETWORK[data.name], 1)))


def test_a_pixel_that_is_never_lit_means_nothing_to_the_linear_model():
    data = load("digits")
    dark = data.owner.inputs.flatten(1).amax(dim=0) == 0
    assert dark.any() and (trained(data, "small", 0)[0].readout.weight[:, dark] == 0).all()


def test_an_innocent_that_was_not_asked_takes_fewer_triggers_for_the_target_than_before():
    data = load("digits")
    triggers = draw("umbrella", 60, data, 1, numpy_stream(0, "triggers"))
    stranger = trained(data, "small", 0)[-1]
    asked = trained(data, "small", 1)[::-1]
    target = int(stranger(triggers).argmax(dim=1).mode().values)
    assert success_rate(stranger, triggers, target) > 0.4
    companions = of_class(data.owner, target)
    options = {"layers": ("conv2",), "temperature": 0.5, "metric": "cosine"}
    moved = perturb(asked, triggers, companions, target, **options, generator=torch_stream(0, "perturbation"))
    assert all(success_rate(model, moved, target) <= 0.1 for model in asked)
    assert success_rate(stranger, moved, target) < 0.75 * success_rate(stranger, triggers, target)
