"""The panel of innocents: honest models of every family, the same each time, the worst of which counts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from app.lab.ownership import grant, innocents
from app.lab.task import datasets
from app.lab.task.datasets import Dataset, Split


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets.load("digits")


@pytest.mark.parametrize("family", innocents.families("picture"))
def test_every_family_learns_the_task_and_the_same_each_time(digits, family):
    inputs, labels = digits.owner.inputs, digits.owner.labels
    first, again = (innocents.fit(family, inputs, labels, seed=3) for _ in range(2))
    found = first.predict(digits.test.inputs)
    assert found.dtype == np.int64 and found.shape == digits.test.labels.shape
    assert (found == digits.test.labels.numpy()).mean() > 0.8
    assert (again.predict(digits.test.inputs) == found).all()


def test_sequences_have_a_family_of_their_own_and_points_have_none():
    assert set(innocents.families("picture")) ^ set(innocents.families("sequence")) == {
        "convolutional network",
        "recurrent network",
    }
    assert set(innocents.families("point")) == set(innocents.families("picture")) - {"convolutional network"}
    vowels = datasets.load("vowels")
    model = innocents.fit("recurrent network", vowels.owner.inputs, vowels.owner.labels, seed=0)
    assert (model.predict(vowels.test.inputs) == vowels.test.labels.numpy()).mean() > 2 / 9


@pytest.mark.parametrize("family", ["random forest", "multilayer perceptron", "convolutional network"])
def test_another_seed_is_another_model(digits, family):
    inputs, labels = digits.owner.inputs, digits.owner.labels
    noise = datasets.noise(digits, 300, np.random.default_rng(0))
    one, other = (innocents.fit(family, inputs, labels, seed).predict(noise) for seed in (0, 1))
    assert (one != other).any()


def test_the_panel_is_fitted_once_for_each_data_set(monkeypatch):
    data = datasets.load("blobs")
    panel = innocents.panel(data)
    assert {grant.family_of(name) for name in panel} == set(innocents.families("point"))
    monkeypatch.setattr(innocents, "fit", None)
    assert innocents.panel(data) is panel


def test_a_panel_that_was_left_off_goes_on_and_two_who_fit_it_share_the_work(monkeypatch):
    known = datasets.load("blobs")
    data = replace(known, owner=replace(known.owner, inputs=known.owner.inputs.clone()))  # which has no panel yet
    begun = list(islice(innocents.fit_panel(data), 3))
    fit, fitted = innocents.fit, []
    monkeypatch.setattr(innocents, "fit", lambda family, *how, seed: fitted.append(family) or fit(family, *how, seed))
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(innocents.panel, (data, data))
    assert one is other and list(one) == list(innocents.panel(known)), "in the same order"
    assert list(one)[:3] == begun and len(begun) + len(fitted) == len(one), "each model is fitted once"
    assert list(innocents.fit_panel(data)) == []


def test_each_model_of_the_panel_sees_another_half_of_2000_of_the_owners_inputs(monkeypatch):
    rng = np.random.default_rng(0)
    points = torch.from_numpy(rng.normal(size=(2500, 2)).astype(np.float32))
    labels = torch.from_numpy(rng.choice(3, size=2500, p=[0.7, 0.299, 0.001]))
    labels[0] = 2
    unseen = Split(points[:0], labels[:0])
    seen = {}

    def fit(family, inputs, truth, seed):
        seen.setdefault(family, []).append((inputs, truth))

    monkeypatch.setattr(innocents, "fit", fit)
    innocents.panel(Dataset("blobs", 3, Split(points, labels), unseen, unseen))
    counts, places = np.bincount(labels[:2000]), {point: row for row, point in enumerate(map(tuple, points.tolist()))}
    for fitted in seen.values():
        halves = [frozenset(places[tuple(point)] for point in inputs.tolist()) for inputs, _ in fitted]
        assert len(set(halves)) == len(halves) > 1
        for half, (inputs, truth) in zip(halves, fitted, strict=True):
            assert max(half) < 2000 and len(half) == len(inputs)
            assert np.bincount(truth).tolist() == [-(-count // 2) for count in counts]
            assert all(
                labels[places[tuple(point)]] == label for point, label in zip(inputs.tolist(), truth, strict=True)
            )


def test_a_data_set_of_a_few_inputs_has_a_panel_as_well():
    points = torch.tensor([[0.0, 0.0], [0.1, 0.0], [1.0, 1.0], [1.0, 0.9]])
    few = Split(points, torch.tensor([0, 0, 1, 1]))
    said = innocents.answers(Dataset("moons", 2, few, few, few), points)
    assert all(set(labels.tolist()) <= {0, 1} for labels in said.values())


def test_all_models_are_asked_the_same_inputs():
    data = datasets.load("blobs")
    asked = data.test.inputs[:50]
    said = innocents.answers(data, asked)
    assert all((said[name] == model.predict(asked)).all() for name, model in innocents.panel(data).items())


def test_an_unknown_family_gets_a_sentence(digits):
    with pytest.raises(ValueError, match=r"no family of innocent models 'oracle'.*random forest"):
        innocents.fit("oracle", digits.owner.inputs, digits.owner.labels, 0)
