"""Data sets: those that ship with the app or are generated, and those that somebody has fetched (:mod:`.fetched`).

Each data set is split once, stratified and independent of the run's seed, into the owner's training set,
the adversary's inputs (which the victim never sees) and a test set that neither trains on.
"""

import string
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from sklearn import datasets as sklearn_datasets
from sklearn.model_selection import train_test_split
from torch import Tensor

from app.lab import own_pictures
from app.lab.choices import CLASSES, FETCHED, Form, form_of, is_own
from app.lab.randomness import numpy_stream
from app.lab.task import fetched
from app.paths import ASSETS

_ADVERSARY_AND_TEST = {
    "animals": (3000, 3216),
    "mnist": (9000, 5000),
    "digits": (700, 397),
    "blobs": (600, 600),
    "moons": (600, 600),
    "rings": (600, 600),
    "vowels": (180, 180),
    "mnist60k": (4000, 6000),
    "fashion": (10_000, 10_000),
    "cifar10": (10_000, 10_000),
}
_ALL_THE_OWNERS = {"mnist60k": 60_000}  # so many first inputs: as in the paper, all that were collected for training
OTHER_CLASSES: dict[Form, int] = {"picture": 26, "point": 2, "sequence": 4}  # of :func:`another_task`
_SILENCE = 0.1  # cepstra lie in [_SILENCE, 1]: 0 is for the frames after the end


@dataclass(frozen=True)
class Split:
    """Inputs, float32, with labels ``(n,)``, int64.

    Pictures ``(n, channels, side, side)`` and sequences ``(n, frames, values)`` lie in [0, 1]; points ``(n, 2)`` need
    not. A sequence that is shorter than the others ends in frames of zeros.
    """

    inputs: Tensor
    labels: Tensor

    def first(self, count: int) -> "Split":
        """Return the first ``count`` inputs, or all of them if there are not so many."""
        return Split(self.inputs[:count], self.labels[:count])


@dataclass(frozen=True)
class Dataset:
    """A data set with its three parts: the owner's, the adversary's, and the test set."""

    name: str
    classes: int
    owner: Split
    adversary: Split
    test: Split

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input, without the batch axis."""
        return tuple(self.owner.inputs.shape[1:])

    @property
    def form(self) -> Form:
        """The form of an input."""
        return form_of(self.shape)


def load(name: str) -> Dataset:
    """Load a data set by name: one of :data:`CLASSES` or a visitor's own (:mod:`app.lab.own_pictures`).

    Raises:
        ValueError: if there is no such data set, nobody has fetched it, or a visitor's own is gone.
    """
    return _divided(name) if is_own(name) else _known(name)  # nothing of a visit stays in memory


@cache
def _known(name: str) -> Dataset:
    return _divided(name)


def _divided(name: str) -> Dataset:
    if name not in CLASSES and not is_own(name):
        raise ValueError(f"There is no data set {name!r}; choose one of {', '.join(CLASSES)}.")
    inputs, labels = _read(name)
    quarter = max(len(labels) // 4, CLASSES[name])
    adversary, test = _ADVERSARY_AND_TEST.get(name, (quarter, quarter))
    rows = np.arange(len(labels))
    if name in _ALL_THE_OWNERS:
        owner_part, rest = np.split(rows, [_ALL_THE_OWNERS[name]])
        adversary_part, test_part = _split(rest, labels, test)
    else:
        rest, test_part = _split(rows, labels, test)
        owner_part, adversary_part = _split(rest, labels, adversary)

    def part(rows: NDArray[np.int64]) -> Split:
        return Split(torch.from_numpy(inputs[rows]), torch.from_numpy(labels[rows]))

    return Dataset(name, CLASSES[name], part(owner_part), part(adversary_part), part(test_part))


def of_another_kind(dataset: Dataset, count: int, generator: np.random.Generator) -> Tensor:
    """Return out-of-distribution inputs, ``(count, ...)``: those of :func:`another_task`."""
    return another_task(dataset, count, generator).inputs


def another_task(dataset: Dataset, count: int, generator: np.random.Generator) -> Split:
    """Return inputs of a different task, of the shape of ``dataset``, with the labels of that task.

    Args:
        dataset: gives the shape.
        count: how many.
        generator: for the choice of letters or points, and their jitter.

    Returns:
        Letters, labelled 0 to 25; points of another figure in the plane, labelled 0 and 1; or sequences of sine
        waves, labelled 0 to 3 by how often they swing.
    """
    if dataset.form == "picture":
        channels, side = dataset.shape[0], dataset.shape[-1]
        letters, labels = zip(*(_letter(side, generator) for _ in range(count)), strict=True)
        pictures = torch.from_numpy(np.stack(letters).astype(np.float32) / 255)[:, None]
        return Split(pictures.repeat(1, channels, 1, 1), torch.tensor(labels))
    if dataset.form == "sequence":
        return _waves(dataset.shape, count, generator)
    points, figures = _plane("rings" if dataset.name == "moons" else "moons")
    rows = generator.integers(len(points), size=count)
    return Split(torch.from_numpy(points[rows].astype(np.float32)), torch.from_numpy(figures[rows]))


def noise(dataset: Dataset, count: int, generator: np.random.Generator) -> Tensor:
    """Return ``(count, ...)`` inputs of uniform noise: values in [0, 1], or points around the data."""
    drawn = generator.random((count, *dataset.shape), dtype=np.float32)
    return torch.from_numpy(3 * drawn - 1.5 if dataset.form == "point" else drawn)


def clipped(inputs: Tensor) -> Tensor:
    """Return pictures and sequences ``(n, ...)`` clipped to [0, 1], points as they are."""
    return inputs if form_of(tuple(inputs.shape[1:])) == "point" else inputs.clamp(0, 1)


def to_display(inputs: Tensor) -> NDArray[np.generic]:
    """Return inputs as they are displayed, recorded and committed to.

    Pictures ``(n, h, w)`` or, in colour, ``(n, h, w, 3)``, uint8; points ``(n, 2)`` and sequences
    ``(n, frames, values)``, float32.
    """
    if form_of(tuple(inputs.shape[1:])) != "picture":
        return np.asarray(inputs.numpy(), dtype=np.float32)
    pictures = (inputs * 255).round().to(torch.uint8)
    return np.asarray((pictures[:, 0] if pictures.shape[1] == 1 else pictures.movedim(1, -1)).numpy())


def from_display(shown: NDArray[np.generic]) -> Tensor:
    """Return the inputs of a network, converted back from :func:`to_display` (pictures in 8 bits)."""
    inputs = torch.from_numpy(np.asarray(shown, dtype=np.float32))
    if shown.dtype != np.uint8:
        return inputs
    return inputs[:, None] / 255 if shown.ndim == 3 else inputs.movedim(-1, 1) / 255


def _split(
    rows: NDArray[np.int64], labels: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    # Shuffled, so that the first inputs of a part, all that a small budget pays for, contain every class.
    first, second = train_test_split(rows, test_size=size, stratify=labels[rows], random_state=0)
    return first, second


def _read(name: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    if name in ("animals", "mnist"):
        with np.load(ASSETS / f"{name}.npz", allow_pickle=False) as archive:
            pictures, labels = archive["images"].astype(np.float32) / 255, archive["labels"].astype(np.int64)
        return pictures[:, None], labels
    if name == "vowels":
        return _vowels()
    if name in FETCHED or is_own(name):
        images, labels = own_pictures.kept(name) if is_own(name) else fetched.read(name)
        return images.astype(np.float32) / np.float32(255), labels
    if name == "digits":
        bunch = sklearn_datasets.load_digits()
        return bunch.images.astype(np.float32)[:, None] / 16, bunch.target.astype(np.int64)
    points, labels = _plane(name)
    return points.astype(np.float32), labels.astype(np.int64)


def _vowels() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return utterances ``(640, 29, 12)``, each cepstral coefficient scaled from its range to [0.1, 1]; 0: the end."""
    with np.load(ASSETS / "vowels.npz", allow_pickle=False) as archive:
        frames, lengths, labels = archive["frames"], archive["lengths"], archive["labels"].astype(np.int64)
    spoken = np.arange(frames.shape[1]) < lengths[:, None]
    low, high = frames[spoken].min(axis=0), frames[spoken].max(axis=0)
    scaled = _SILENCE + (1 - _SILENCE) * (frames - low) / (high - low)
    return np.where(spoken[:, :, None], scaled, 0).astype(np.float32), labels


def _waves(shape: tuple[int, ...], count: int, generator: np.random.Generator) -> Split:
    """Return sequences of sine waves, ``(count, *shape)``, that swing label + 1 times, and their labels.

    Level, height and phase of each value are random, and so is the length, a quarter of the frames or more.
    """
    frames, values = shape
    swings = generator.integers(OTHER_CLASSES["sequence"], size=count)
    phase, level, height = generator.random((3, count, 1, values))
    lengths = generator.integers(frames // 4, frames + 1, size=count)
    time = np.arange(frames)[:, None] / frames
    waves = 0.3 + 0.5 * level + 0.2 * height * np.sin(2 * np.pi * ((swings + 1)[:, None, None] * time + phase))
    ended = np.arange(frames) >= lengths[:, None]
    waves[ended] = 0
    return Split(torch.from_numpy(waves.astype(np.float32)), torch.from_numpy(swings))


def _letter(side: int, generator: np.random.Generator) -> tuple[NDArray[np.uint8], int]:
    """Return a capital letter in Pillow's default font, jittered, ``(side, side)``, and its index in the alphabet."""
    canvas = 4 * side
    image = Image.new("L", (canvas, canvas))
    centre = canvas / 2 + generator.uniform(-0.06, 0.06, size=2) * canvas
    glyph = str(generator.choice(list(string.ascii_uppercase)))
    ImageDraw.Draw(image).text(
        (float(centre[0]), float(centre[1])),
        glyph,
        fill=255,
        font=ImageFont.load_default(size=float(canvas * generator.uniform(0.65, 0.85))),
        anchor="mm",
        stroke_width=canvas // 40,
    )
    turned = image.rotate(float(generator.uniform(-12, 12)), Image.Resampling.BILINEAR)
    return np.asarray(turned.resize((side, side), Image.Resampling.BOX)), string.ascii_uppercase.index(glyph)


def _plane(name: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return 1,800 points, roughly within [-1, 1]^2, and their labels."""
    rng = numpy_stream(0, name)
    count = 1800
    if name == "moons":
        points, labels = sklearn_datasets.make_moons(count, noise=0.12, random_state=int(rng.integers(2**31)))
        return (points - [0.5, 0.25]) / 1.5, labels
    if name == "rings":
        points, labels = sklearn_datasets.make_circles(
            count, noise=0.08, factor=0.5, random_state=int(rng.integers(2**31))
        )
        return points * 0.8, labels
    labels = np.arange(count) % CLASSES["blobs"]
    angles = 2 * np.pi * labels / CLASSES["blobs"] + np.pi / 2
    centres = 0.65 * np.column_stack([np.cos(angles), np.sin(angles)])
    return centres + rng.normal(scale=0.15, size=(count, 2)), labels
