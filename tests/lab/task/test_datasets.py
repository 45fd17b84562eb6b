"""The data: read whole, split once, the same for all."""

from collections import Counter

import numpy as np
import pytest
import torch
from scipy.ndimage import label
from sklearn.datasets import load_digits

from app.lab.choices import CLASSES, EMBEDDED, FORMS
from app.lab.task import datasets
from app.lab.task.datasets import ASSETS, another_task, clipped, from_display, load, noise, of_another_kind, to_display

SIZES = {
    "animals": (3500, 3000, 3216),
    "mnist": (4000, 9000, 5000),
    "digits": (700, 700, 397),
    "blobs": (600, 600, 600),
    "moons": (600, 600, 600),
    "rings": (600, 600, 600),
    "vowels": (280, 180, 180),
}
PICTURES = [name for name, form in FORMS.items() if form == "picture" and name in EMBEDDED]
each_dataset = pytest.mark.parametrize("name", EMBEDDED)


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
    assert dataset.form == FORMS[name]


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


@pytest.mark.parametrize("name", ["animals", "mnist"])
def test_the_parts_are_the_embedded_pictures_each_once(name):
    with np.load(ASSETS / f"{name}.npz") as archive:
        pictures, labels = archive["images"], archive["labels"]
    expected = Counter((x.tobytes(), int(y)) for x, y in zip(pictures, labels, strict=True))
    found = Counter()
    for part in parts(load(name)):
        bytes_again = (part.inputs * 255).round().to(torch.uint8).numpy()
        found += Counter((x.tobytes(), int(y)) for x, y in zip(bytes_again, part.labels, strict=True))
    assert found == expected


@each_dataset
def test_every_load_gives_the_same(name):
    first, again = load(name), datasets._known.__wrapped__(name)
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
    low, high = (-1.5, 1.5) if dataset.form == "point" else (0, 1)
    drawn = noise(dataset, 2000, np.random.default_rng(0)).flatten(1).double()
    assert low <= drawn.min() < drawn.max() <= high
    assert drawn.mean() == pytest.approx((low + high) / 2, abs=0.05)
    assert drawn.std() == pytest.approx((high - low) / np.sqrt(12), rel=0.03)
    assert abs(torch.corrcoef(drawn[:, :2].T)[0, 1]) < 0.1


@pytest.mark.parametrize("name", ["animals", "mnist", "blobs", "vowels"])
def test_display_and_back_loses_nothing(name):
    inputs = load(name).test.inputs[:20]
    assert torch.equal(from_display(to_display(inputs)), inputs)


def test_display_of_colours_has_them_last():
    inputs = torch.randint(256, (5, 3, 4, 4), generator=torch.Generator().manual_seed(0)) / 255
    shown = to_display(inputs)
    assert shown.dtype == np.uint8 and shown.shape == (5, 4, 4, 3)
    assert shown[2, 1, 3, 0] == round(255 * float(inputs[2, 0, 1, 3]))
    torch.testing.assert_close(from_display(shown), inputs)


def test_pictures_and_sequences_are_clipped_and_points_are_not():
    generator = torch.Generator().manual_seed(0)
    for shape in ((1, 4, 4), (3, 4, 4), (9, 4)):
        inputs = 3 * torch.randn(5, *shape, generator=generator)
        assert torch.equal(clipped(inputs), inputs.clamp(0, 1))
    points = 3 * torch.randn(5, 2, generator=generator)
    assert torch.equal(clipped(points), points)


def test_utterances_are_the_embedded_ones_scaled_coefficient_by_coefficient_and_end_in_zeros():
    with np.load(ASSETS / "vowels.npz") as archive:
        frames, lengths, labels = archive["frames"], archive["lengths"], archive["labels"]
    found = torch.cat([part.inputs for part in parts(load("vowels"))]).numpy()
    spoken = (found != 0).any(axis=2)
    assert Counter(spoken.sum(axis=1).tolist()) == Counter(lengths.tolist())
    assert (np.diff(spoken.astype(int), axis=1) <= 0).all()  # nothing is spoken after the end
    assert found[spoken].min(axis=0) == pytest.approx(0.1) and found[spoken].max(axis=0) == pytest.approx(1)
    # Undone, the scaling gives the cepstra again, each utterance once.
    every = np.concatenate([frame[:length] for frame, length in zip(frames, lengths, strict=True)])
    low, high = every.min(axis=0), every.max(axis=0)
    unscaled = np.where(spoken[:, :, None], low + (found - 0.1) / 0.9 * (high - low), 0)
    order, order_found = (np.lexsort(part.reshape(640, -1)[:, :12].round(3).T) for part in (frames, unscaled))
    np.testing.assert_allclose(unscaled[order_found], frames[order], atol=1e-5)
    assert np.bincount(labels).tolist() == sum(part.labels.bincount() for part in parts(load("vowels"))).tolist()


def test_waves_swing_as_often_as_their_label_says():
    made = another_task(load("vowels"), 400, np.random.default_rng(0))
    assert made.labels.bincount().tolist() == pytest.approx([100] * 4, abs=35)
    assert made.inputs.min() == 0 and made.inputs.max() <= 1
    whole = made.inputs[(made.inputs != 0).all(dim=2).all(dim=1)].numpy()  # those that last to the end
    strength = np.abs(np.fft.rfft(whole - whole.mean(axis=1, keepdims=True), axis=1)).sum(axis=2)
    labels = made.labels[(made.inputs != 0).all(dim=2).all(dim=1)].numpy()
    assert len(labels) > 5 and (strength.argmax(axis=1) == labels + 1).all()


def test_display_of_sixteen_grey_values_rounds_to_the_nearest_of_256():
    inputs = load("digits").test.inputs[:20]
    shown = to_display(inputs)
    assert shown.dtype == np.uint8 and shown.shape == (20, 8, 8)
    assert (from_display(shown) - inputs).abs().max() <= 0.5 / 255 + 1e-6


def test_an_unknown_data_set_gets_a_clear_sentence():
    with pytest.raises(ValueError, match="no data set 'imagenet'; choose one of animals"):
        load("imagenet")
