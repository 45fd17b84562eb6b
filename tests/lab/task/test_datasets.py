"""The data: read whole, split once, the same for all."""

from collections import Counter

import numpy as np
import pytest
import torch
from scipy.ndimage import label
from sklearn.datasets import load_digits

from app.lab.choices import CLASSES, PICTURES
from app.lab.task.datasets import ASSETS, from_display, load, noise, of_another_kind, to_display

SIZES = {
    "mnist": (2000, 2000, 1000),
    "digits": (700, 700, 397),
    "blobs": (600, 600, 600),
    "moons": (600, 600, 600),
    "rings": (600, 600, 600),
}
each_dataset = pytest.mark.parametrize("name", CLASSES)


def parts(dataset):
    return dataset.owner, dataset.adversary, dataset.test


def rows(split):
    """Count each (input, label), so that two parts can be compared as multisets."""
    return Counter((x.tobytes(), int(y)) for x, y in zip(split.inputs.numpy(), split.labels, strict=True))


@each_dataset
def test_parts_have_the_announced_sizes_types_and_shape(name):
    dataset = load(name)
    assert tuple(len(part.labels) for part in parts(dataset)) == SIZES[name]
    for part in parts(dataset):
        assert part.inputs.dtype == torch.float32 and part.labels.dtype == torch.int64
        assert part.inputs.shape == (len(part.labels), *dataset.shape)
    assert dataset.is_pictures == (len(dataset.shape) == 3) == (name in PICTURES)


@each_dataset
def test_parts_are_stratified(name):
    dataset = load(name)
    assert dataset.classes == CLASSES[name]
    everybody = torch.cat([part.labels for part in parts(dataset)]).bincount(minlength=dataset.classes)
    assert len(everybody) == dataset.classes and everybody.min() > 0
    for part in parts(dataset):
        expected = everybody.double() * len(part.labels) / everybody.sum()
        assert (part.labels.bincount(minlength=dataset.classes) - expected).abs().max() <= 1


@pytest.mark.parametrize("name", ["blobs", "moons", "rings"])
def test_no_point_is_in_two_parts(name):
    owner, adversary, test = (rows(part) for part in parts(load(name)))
    assert not (owner & adversary or owner & test or adversary & test)


def test_the_parts_of_digits_are_all_digits_each_once():
    whole = load_digits()
    pictures = (whole.images / 16).astype(np.float32)[:, None]
    expected = Counter((x.tobytes(), int(y)) for x, y in zip(pictures, whole.target, strict=True))
    assert sum((rows(part) for part in parts(load("digits"))), Counter()) == expected


def test_the_parts_of_mnist_are_the_embedded_pictures_each_once():
    with np.load(ASSETS / "mnist5k.npz") as archive:
        pictures, labels = archive["images"], archive["labels"]
    expected = Counter((x.tobytes(), int(y)) for x, y in zip(pictures, labels, strict=True))
    found = Counter()
    for part in parts(load("mnist")):
        bytes_again = (part.inputs * 255).round().to(torch.uint8).numpy()
        found += Counter((x.tobytes(), int(y)) for x, y in zip(bytes_again, part.labels, strict=True))
    assert found == expected


@each_dataset
def test_every_load_gives_the_same(name):
    first, again = load(name), load.__wrapped__(name)
    assert first is not again
    for one, other in zip(parts(first), parts(again), strict=True):
        assert torch.equal(one.inputs, other.inputs) and torch.equal(one.labels, other.labels)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_use_the_whole_range_from_0_to_1(name):
    for part in parts(load(name)):
        assert part.inputs.min() == 0 and part.inputs.max() == 1


@each_dataset
@pytest.mark.parametrize("made", [of_another_kind, noise])
def test_as_many_inputs_are_made_as_are_wanted_and_equal_generators_make_equal_ones(name, made):
    dataset = load(name)
    for count in (1, 30):
        first, again, other = (made(dataset, count, np.random.default_rng(seed)) for seed in (1, 1, 2))
        assert first.shape == (count, *dataset.shape) and first.dtype == torch.float32
        assert torch.equal(first, again) and not torch.equal(first, other)


@pytest.mark.parametrize("name", PICTURES)
def test_letters_are_white_on_black_whole_and_not_all_alike(name):
    letters = of_another_kind(load(name), 200, np.random.default_rng(0))
    assert letters.min() == 0 and letters.max() <= 1
    assert letters.amax(dim=(1, 2, 3)).min() > 0.3  # each has ink
    assert 0.02 < letters.mean() < 0.3  # and none too much
    assert len(letters.unique(dim=0)) == 200
    border = torch.ones(letters.shape[-2:], dtype=torch.bool)
    border[1:-1, 1:-1] = False
    assert letters[..., border].mean() < 0.01  # no letter is cut off


def test_letters_are_of_the_whole_alphabet():
    """Seen by their holes: A, D, O, P, Q and R have one (as has an M or N whose strokes touch), B has two."""
    letters = of_another_kind(load("mnist"), 520, np.random.default_rng(0))[:, 0].numpy()
    holes = Counter(label(np.pad(letter, 1) < 0.35)[1] - 1 for letter in letters)  # less what is around the letter
    assert holes[0] / 520 == pytest.approx(19 / 26, abs=0.1)
    assert holes[1] / 520 == pytest.approx(6 / 26, abs=0.1)
    assert holes[2] / 520 == pytest.approx(1 / 26, abs=0.03)


@pytest.mark.parametrize("name", ["blobs", "moons", "rings"])
def test_points_of_another_figure_are_those_of_another_figure(name):
    figure = "rings" if name == "moons" else "moons"
    points = {x.tobytes() for part in parts(load(figure)) for x in part.inputs.numpy()}
    drawn = of_another_kind(load(name), 300, np.random.default_rng(0))
    assert {x.tobytes() for x in drawn.numpy()} <= points
    assert len(drawn.unique(dim=0)) > 200  # from all over it


@each_dataset
def test_noise_is_uniform_and_every_number_of_it_on_its_own(name):
    dataset = load(name)
    low, high = (0, 1) if dataset.is_pictures else (-1.5, 1.5)
    drawn = noise(dataset, 2000, np.random.default_rng(0)).flatten(1).double()
    assert low <= drawn.min() < drawn.max() <= high
    assert drawn.mean() == pytest.approx((low + high) / 2, abs=0.05)
    assert drawn.std() == pytest.approx((high - low) / np.sqrt(12), rel=0.03)
    assert abs(torch.corrcoef(drawn[:, :2].T)[0, 1]) < 0.1


@pytest.mark.parametrize("name", ["mnist", "blobs"])
def test_display_and_back_loses_nothing(name):
    inputs = load(name).test.inputs[:20]
    assert torch.equal(from_display(to_display(inputs)), inputs)


def test_display_of_sixteen_grey_values_rounds_to_the_nearest_of_256():
    inputs = load("digits").test.inputs[:20]
    shown = to_display(inputs)
    assert shown.dtype == np.uint8 and shown.shape == (20, 8, 8)
    assert (from_display(shown) - inputs).abs().max() <= 0.5 / 255 + 1e-6


def test_an_unknown_data_set_gets_a_clear_sentence():
    with pytest.raises(ValueError, match="no data set 'imagenet'; choose one of mnist"):
        load("imagenet")
