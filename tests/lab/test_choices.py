"""The names of settings are those of the tables that they stand for, in the same order."""

import inspect

import numpy as np
import pytest
import torch

import app.lab.snnl
from app.lab import choices
from app.lab import watermark as watermark_room
from app.lab.experiment import Experiment
from app.lab.extraction.attacks import EXTRACTION_ATTACKS
from app.lab.extraction.prediction_api import Policy
from app.lab.extraction.queries import adversary_inputs
from app.lab.randomness import numpy_stream
from app.lab.task.datasets import load
from app.lab.task.networks import build
from app.lab.watermark import drawings, ewe, icons, triggers
from app.lab.watermark.snnl import soft_nearest_neighbor_loss

SHAPES = {"point": (2,), "sequence": (9, 4), "picture": (1, 8, 8)}


def test_the_icons_and_the_attacks_are_those_of_their_tables():
    assert tuple(icons.SHAPES) == choices.ICONS
    assert tuple(EXTRACTION_ATTACKS) == choices.ATTACKS


@pytest.mark.parametrize("name", choices.EMBEDDED)
def test_every_data_set_loads_and_has_so_many_classes(name):
    data = load(name)
    assert data.classes == choices.CLASSES[name] == len(data.owner.labels.unique())
    assert data.form == choices.FORMS[name]
    assert choices.CLASSES[name] <= choices.ALL_CLASSES


@pytest.mark.parametrize("network", choices.NETWORKS)
def test_every_network_is_built_with_the_layers_that_are_named(network):
    shapes = [shape for shape in SHAPES.values() if choices.suits(network, choices.form_of(shape))]
    assert shapes
    for shape in shapes:
        model = build(network, shape, 5, torch.Generator().manual_seed(0))
        assert tuple(model.layers) == choices.layer_names(network)
        assert choices.another(network, choices.form_of(shape)) in choices.NETWORKS


@pytest.mark.parametrize("form", SHAPES)
def test_a_form_is_told_by_its_shape_and_has_triggers_and_networks_of_its_own(form):
    assert choices.form_of(SHAPES[form]) == form
    assert set(choices.triggers_of(form)) <= set(choices.TRIGGERS)
    assert [choices.suits(network, form) for network in choices.NETWORKS].count(True) >= 2
    others = set(SHAPES) - {form}
    assert not any(set(choices.triggers_of(form)) & set(choices.triggers_of(other)) for other in others)


@pytest.mark.parametrize("kind", choices.TRIGGERS)
def test_every_trigger_can_be_drawn(kind):
    name = {"cluster": "blobs", "burst": "vowels"}.get(kind, "digits")
    stroke = drawings.encode(np.pad(np.full((20, 4), 255, np.uint8), ((4, 4), (12, 12))))
    named = {"drawing": stroke} if kind == choices.DRAWING else {}
    drawn = triggers.draw(kind, 3, load(name), 1, numpy_stream(0, "triggers"), **named)
    assert drawn.shape == (3, *load(name).shape)


@pytest.mark.parametrize("metric", choices.METRICS)
def test_every_distance_is_accepted_by_the_loss_and_no_other(metric):
    points, groups = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [2.0, 1.0]]), torch.tensor([0, 0, 1, 1])
    assert torch.isfinite(soft_nearest_neighbor_loss(points, groups, 0.5, metric))
    with pytest.raises(ValueError, match=metric):
        soft_nearest_neighbor_loss(points, groups, 0.5, "manhattan")


@pytest.mark.parametrize("which", choices.INPUTS)
def test_every_kind_of_query_can_be_asked(which):
    assert len(adversary_inputs(load("blobs"), which, 5, np.random.default_rng(0)).inputs) == 5


@pytest.mark.parametrize("answers", choices.ANSWERS)
def test_every_kind_of_answer_is_a_policy_of_the_api(answers):
    assert Policy(answers).answers == answers


def test_the_loss_has_a_short_address_that_is_the_same_function():
    assert app.lab.snnl.soft_nearest_neighbor_loss is watermark_room.soft_nearest_neighbor_loss
    assert app.lab.snnl.neutral_value is watermark_room.neutral_value


def test_an_experiment_of_every_name_can_be_described():
    for field in Experiment.__dataclass_fields__.values():
        if field.metadata["choices"]:
            assert field.default in field.metadata["choices"]
    assert set(inspect.signature(ewe.train_watermarked).parameters) >= {"schedule"}


@pytest.mark.parametrize("dataset", choices.CLASSES)
def test_the_name_of_a_class_leads_back_to_its_number_and_a_number_stays_what_it_is(dataset):
    for label in range(choices.CLASSES[dataset]):
        name = choices.class_name(dataset, label)
        assert int(choices.class_number(dataset, f" {name.upper()} ")) == label
        assert choices.class_number(dataset, label) == label
        assert choices.class_number(dataset, str(label)) == str(label)


def test_one_of_a_class_has_the_article_that_its_name_is_spoken_with():
    assert choices.one_of_class("animals", 5) == "an elephant"
    assert choices.one_of_class("animals", 0) == "a bear"
    assert [choices.one_of_class("mnist", label) for label in (5, 8)] == ["a 5", "an 8"]
    assert choices.one_of_class("vowels", 2) == "speaker 3"


def test_several_of_a_class_are_spoken_of_in_the_plural():
    assert [choices.several_of_class("animals", label) for label in (5, 8)] == ["elephants", "sheep"]
    assert choices.several_of_class("mnist", 5) == "5s"
    assert choices.several_of_class("vowels", 2) == "inputs of speaker 3"
