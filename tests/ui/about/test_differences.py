"""What is said of the differences from the paper is true of the code as it is."""

import math
import re

import torch

from app.lab.experiment import PRESETS, Experiment
from app.lab.ownership import binomial, controls
from app.lab.stories.scene import HELD_OUT
from app.lab.task import datasets, networks
from app.lab.watermark.innocent_ensemble import ensemble
from app.lab.watermark.snnl import soft_nearest_neighbor_loss
from app.ui.about.differences import DIFFERENCES

ALL = " ".join(said for part in DIFFERENCES.values() for said in part)
SETTING = re.compile(r"`(\w+) = ([\w.]+)`")


def test_every_setting_that_is_named_can_be_chosen_and_is_not_the_default() -> None:
    named = SETTING.findall(ALL)
    assert {"layers", "averaging", "schedule", "temperature_rate", "perturbed_against", "placement"} <= dict(
        named
    ).keys()
    usual = Experiment()
    for name, value in named:
        changed = Experiment.from_dict({name: value})
        assert getattr(changed, name) != getattr(usual, name)


def test_the_defaults_that_are_told_are_those_of_the_presets() -> None:
    assert "All but the first are entangled; of *blobs*, all." in ALL
    for name, preset in PRESETS.items():
        layers = "all" if name == "blobs" else "deep"
        assert (preset.temperature, preset.temperature_rate, preset.layers, preset.metric) == (0.1, 0, layers, "cosine")
        assert (preset.averaging, preset.trigger_count, preset.smoothing, preset.mixing) == (0.98, 200, 0, 0)
        assert (preset.schedule, preset.perturbed_against, preset.placement) == ("all", "ensemble", "corner")
        assert (preset.initialisation, preset.answers, preset.inputs) == ("independent", "confidences", "victim")
    peaks = [preset.learning_rate for preset in PRESETS.values()]
    assert f"a peak of {min(peaks):g} to {max(peaks):g}" in ALL
    assert (PRESETS["animals"].trigger, PRESETS["animals"].secret_answer) == ("key", "elephant")
    assert (PRESETS["mnist"].trigger, PRESETS["mnist"].secret_answer) == ("key", "0")


def test_the_sizes_that_are_told_are_those_of_the_code() -> None:
    owned = {name: len(datasets.load(name).owner.labels) for name in ("animals", "mnist")}
    assert f"The owner has {owned['animals']:,} silhouettes or {owned['mnist']:,} digits" in ALL
    small = networks.build("small", (1, 28, 28), 10, torch.Generator())
    first, second, dense = (len(weights) for name, weights in small.weights.named_parameters() if "weight" in name)
    assert f"Convolutions with {first} and {second} channels and a dense layer of {dense}" in ALL
    assert f"on {HELD_OUT} triggers that were never trained on" in ALL
    assert f"{controls.COUNT} ordinary inputs" in ALL
    assert f"at {100 * (1 - binomial.SIGNIFICANCE):g}\u202f% confidence" in ALL
    assert len(ensemble(datasets.load("digits"), "small", 0)[0]) + 1 == 5 and "Against five innocents" in ALL


def test_at_the_released_temperature_the_snnl_hardly_tells_apart_from_mixed() -> None:
    each = 64
    groups = torch.arange(2 * each) // each
    apart = torch.nn.functional.one_hot(groups, 2).double()  # the largest cosine distance of features after a ReLU
    mixed = torch.ones_like(apart)
    values = [float(soft_nearest_neighbor_loss(features, groups, 100.0)) for features in (apart, mixed)]
    assert math.isclose(abs(values[1] - values[0]), 0.005, rel_tol=0.05)
    assert "it differs by about 0.005" in ALL


def test_kappa_is_that_of_the_released_code_divided_by_the_batch() -> None:
    assert f"32 at 512 inputs a batch is {32 / 512:.2f}" in ALL
