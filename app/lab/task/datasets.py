"""Data sets; all of them ship with the app or are generated, none is downloaded.

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

from app.lab.choices import CLASSES, PICTURES
from app.lab.randomness import numpy_stream
from app.paths import ASSETS

_ADVERSARY_AND_TEST = {
    "mnist": (2000, 1000),
    "digits": (700, 397),
    "blobs": (600, 600),
    "moons": (600, 600),
    "rings": (600, 600),
}


@dataclass(frozen=True)
class Split:
    """Inputs ``(n, 1, side, side)`` in [0, 1] or ``(n, 2)``, float32, with labels ``(n,)``, int64."""

    inputs: Tensor
    labels: Tensor


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
    def is_pictures(self) -> bool:
        """Whether inputs are pictures, as opposed to points in the plane."""
        return self.name in PICTURES


@cache
def load(name: str) -> Dataset:
    """Load a data set by name (one of :data:`CLASSES`).

    Raises:
        ValueError: if there is no such data set.
    """
    if name not in CLASSES:
        raise ValueError(f"There is no data set {name!r}; choose one of {', '.join(CLASSES)}.")
    inputs, labels = _read(name)
    adversary, test = _ADVERSARY_AND_TEST[name]
    rest, test_part = _split(np.arange(len(labels)), labels, test)
    owner_part, adversary_part = _split(rest, labels, adversary)

    def part(rows: NDArray[np.int64]) -> Split:
        return Split(torch.from_numpy(inputs[rows]), torch.from_numpy(labels[rows]))

    return Dataset(name, CLASSES[name], part(owner_part), part(adversary_part), part(test_part))


def of_another_kind(dataset: Dataset, count: int, generator: np.random.Generator) -> Tensor:
    """Return out-of-distribution inputs, ``(count, ...)``: letters, or points of another figure in the plane."""
    return another_task(dataset, count, generator).inputs


def another_task(dataset: Dataset, count: int, generator: np.random.Generator) -> Split:
    """Return inputs of a different task, of the shape of ``dataset``, with the labels of that task.

    Args:
        dataset: gives the shape.
        count: how many.
        generator: for the choice of letters or points, and their jitter.

    Returns:
        Letters, labelled 0 to 25, or points of another figure in the plane, labelled 0 and 1.
    """
    if dataset.is_pictures:
        side = dataset.shape[-1]
        letters, labels = zip(*(_letter(side, generator) for _ in range(count)), strict=True)
        return Split(torch.from_numpy(np.stack(letters).astype(np.float32) / 255)[:, None], torch.tensor(labels))
    points, figures = _plane("rings" if dataset.name == "moons" else "moons")
    rows = generator.integers(len(points), size=count)
    return Split(torch.from_numpy(points[rows].astype(np.float32)), torch.from_numpy(figures[rows]))


def noise(dataset: Dataset, count: int, generator: np.random.Generator) -> Tensor:
    """Return ``(count, ...)`` inputs of uniform noise: pixels in [0, 1], or points around the data."""
    drawn = generator.random((count, *dataset.shape), dtype=np.float32)
    return torch.from_numpy(drawn if dataset.is_pictures else 3 * drawn - 1.5)


def to_display(inputs: Tensor) -> NDArray[np.generic]:
    """Return inputs in the form in which they are displayed: ``(n, h, w)`` uint8 pictures, or ``(n, 2)`` points."""
    if inputs.ndim == 2:
        return np.asarray(inputs.numpy(), dtype=np.float32)
    return np.asarray((inputs[:, 0] * 255).round().to(torch.uint8).numpy())


def from_display(shown: NDArray[np.generic]) -> Tensor:
    """Return the inputs of a network, converted back from :func:`to_display` (pictures in 8 bits)."""
    if shown.ndim == 2:
        return torch.from_numpy(np.asarray(shown, dtype=np.float32))
    return torch.from_numpy(np.asarray(shown, dtype=np.float32) / 255)[:, None]


def _split(
    rows: NDArray[np.int64], labels: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    # Shuffled, so that the first inputs of a part, all that a small budget pays for, contain every class.
    first, second = train_test_split(rows, test_size=size, stratify=labels[rows], random_state=0)
    return first, second


def _read(name: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    if name == "mnist":
        with np.load(ASSETS / "mnist5k.npz", allow_pickle=False) as archive:
            pictures, labels = archive["images"].astype(np.float32) / 255, archive["labels"].astype(np.int64)
        return pictures[:, None], labels
    if name == "digits":
        bunch = sklearn_datasets.load_digits()
        return bunch.images.astype(np.float32)[:, None] / 16, bunch.target.astype(np.int64)
    points, labels = _plane(name)
    return points.astype(np.float32), labels.astype(np.int64)


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
