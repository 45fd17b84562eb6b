"""The watermark's inputs: secret pictures (or points) that no honest user would send.

For pictures, little drawn icons with jitter (a television set, an ice cream, ...), somebody's own
drawing or, as the paper's in-distribution variant, digits of the source class with a white corner
patch. In the plane, a cluster of points beyond the source class. :func:`perturb` then moves them so that an
innocent model does not answer with the target class (Jia et al. 2020, sec. 4.2, and the authors' code).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Generator, Tensor

from app.lab import drawings
from app.lab.datasets import Dataset, Split
from app.lab.models import FeatureNetwork, predict, share
from app.lab.snnl import soft_nearest_neighbor_loss

# Shapes on a canvas of 1 x 1, y downwards: ("polygon" | "ellipse" | "line", coordinates, grey value).
_Shape = tuple[str, Sequence[tuple[float, float]], int]
ICONS: dict[str, tuple[_Shape, ...]] = {
    "television": (
        ("line", ((0.35, 0.05), (0.5, 0.28), (0.68, 0.03)), 255),
        ("polygon", ((0.08, 0.28), (0.92, 0.28), (0.92, 0.88), (0.08, 0.88)), 255),
        ("polygon", ((0.17, 0.37), (0.69, 0.37), (0.69, 0.79), (0.17, 0.79)), 60),
        ("ellipse", ((0.75, 0.42), (0.86, 0.53)), 0),
        ("ellipse", ((0.75, 0.60), (0.86, 0.71)), 0),
    ),
    "ice_cream": (
        ("polygon", ((0.27, 0.45), (0.73, 0.45), (0.5, 0.98)), 150),
        ("ellipse", ((0.2, 0.02), (0.8, 0.55)), 255),
        ("line", ((0.36, 0.52), (0.58, 0.78)), 60),
        ("line", ((0.64, 0.52), (0.42, 0.78)), 60),
    ),
    "umbrella": (
        ("polygon", ((0.04, 0.5), (0.12, 0.28), (0.3, 0.13), (0.5, 0.08), (0.7, 0.13), (0.88, 0.28), (0.96, 0.5)), 255),
        ("line", ((0.5, 0.06), (0.5, 0.86)), 255),
        ("line", ((0.5, 0.86), (0.4, 0.94), (0.3, 0.86)), 255),
    ),
    "key": (
        ("ellipse", ((0.02, 0.28), (0.46, 0.72)), 255),
        ("ellipse", ((0.14, 0.4), (0.34, 0.6)), 0),
        ("polygon", ((0.42, 0.44), (0.98, 0.44), (0.98, 0.56), (0.42, 0.56)), 255),
        ("polygon", ((0.74, 0.54), (0.82, 0.54), (0.82, 0.72), (0.74, 0.72)), 255),
        ("polygon", ((0.9, 0.54), (0.98, 0.54), (0.98, 0.76), (0.9, 0.76)), 255),
    ),
    "sailboat": (
        ("polygon", ((0.06, 0.72), (0.94, 0.72), (0.76, 0.94), (0.24, 0.94)), 255),
        ("polygon", ((0.48, 0.04), (0.48, 0.66), (0.1, 0.66)), 200),
        ("polygon", ((0.55, 0.16), (0.55, 0.66), (0.88, 0.66)), 130),
    ),
}
DRAWING = "drawing"
KINDS = (*ICONS, "patch", "cluster", DRAWING)
_OVERSAMPLING = 8
_LEAST_INK = 6  # pixels: a dot is not blown up to a wall

STEP = 0.01  # of one sign step, in units of the pixel range [code]
_MOST_STEPS = 50  # down the target logit, per round [code]
_ROUNDS = 10
_LAST_STEPS = 5


def draw(
    kind: str,
    count: int,
    dataset: Dataset,
    source: int,
    generator: np.random.Generator,
    *,
    held_out: bool = False,
    drawing: str = "",
) -> Tensor:
    """Draw ``count`` triggers of one kind, shaped like the inputs of ``dataset``.

    Args:
        kind: an icon's name, ``"patch"``, ``"cluster"`` or ``"drawing"`` (one of :data:`KINDS`).
        count: how many; of patches, at most as many as there are inputs to put them on.
        dataset: gives the shape, and the source-class inputs for ``"patch"`` and ``"cluster"``.
        source: the class whose inputs are patched, or beyond which the cluster lies.
        generator: of jitter and choice; a trigger set and its held-out set use two streams.
        held_out: whether they will never be trained on; patches then go on test inputs.
        drawing: for ``"drawing"``, what was drawn, as the text of :mod:`app.lab.drawings`.

    Returns:
        ``(n, ...)`` float32, n <= count; pictures in [0, 1].

    Raises:
        ValueError: if the kind does not suit the data set, or nothing was drawn.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no trigger {kind!r}; choose one of {', '.join(KINDS)}.")
    if (kind == "cluster") == dataset.is_pictures:
        raise ValueError(f"The trigger {kind!r} does not suit the data set {dataset.name!r}.")
    if kind == "cluster":
        return _cluster(count, dataset, source, generator)
    if kind == "patch":
        return _patched(count, of_class(dataset.test if held_out else dataset.owner, source), generator)
    side = dataset.shape[-1]
    if kind == DRAWING:
        ink = _ink(drawing)
        pictures = np.stack([_sketch(ink, side, generator) for _ in range(count)])
    else:
        pictures = np.stack([_icon(kind, side, generator) for _ in range(count)])
    return torch.from_numpy(pictures.astype(np.float32) / 255)[:, None]


def perturb(
    model: FeatureNetwork,
    triggers: Tensor,
    companions: Tensor,
    target: int,
    *,
    layers: Sequence[str],
    temperature: float,
    metric: str,
    generator: Generator,
    batch: int = 64,
) -> Tensor:
    """Move triggers by small sign steps until ``model`` no longer answers them with ``target``.

    Ten times { while more than a tenth is classified as the target and fewer than 50 steps are
    spent: one step *down the target logit*; one step *up the SNNL* against target-class inputs },
    then five more steps down the target logit; pictures stay in [0, 1]. Without it, an innocent
    model that happens to read the trigger as the target would be accused.

    Args:
        model: the innocent model (task-trained, unmarked) that is asked.
        triggers: ``(n, ...)``.
        companions: target-class inputs, the other group of the SNNL.
        target: the target class.
        layers: feature layers whose SNNL is summed.
        temperature: of the SNNL.
        metric: of the SNNL.
        generator: of the choice of companions.
        batch: how many triggers move together.

    Returns:
        The moved triggers, ``(n, ...)``.
    """
    is_picture = triggers.ndim > 2

    def moved(part: Tensor, direction: Tensor) -> Tensor:
        part = part + STEP * direction.sign()
        return part.clamp(0, 1) if is_picture else part

    def away(part: Tensor) -> Tensor:
        return moved(part, -_gradient(part, lambda x: model(x)[:, target].sum()))

    def up(part: Tensor, others: dict[str, Tensor]) -> Tensor:
        def entanglement(x: Tensor) -> Tensor:
            features = model.with_features(x)[1]
            losses = []
            for name in layers:
                groups = torch.arange(len(x) + len(others[name])) < len(x)
                mixed = torch.cat([features[name], others[name]])
                losses.append(soft_nearest_neighbor_loss(mixed, groups.long(), temperature, metric))
            return torch.stack(losses).sum()

        return moved(part, _gradient(part, entanglement))

    results = []
    for part in triggers.split(batch):
        chosen = torch.randperm(len(companions), generator=generator)[: max(len(part), 2)]
        with torch.no_grad():
            others = model.with_features(companions[chosen])[1]
        for _ in range(_ROUNDS):
            steps = 0
            while steps < _MOST_STEPS and success_rate(model, part, target) > 0.1:
                part = away(part)
                steps += 1
            if len(part) > 1:
                part = up(part, others)
        for _ in range(_LAST_STEPS):
            part = away(part)
        results.append(part)
    return torch.cat(results)


def answered_with(model: FeatureNetwork, triggers: Tensor, target: int) -> Tensor:
    """Return which of the ``(n, ...)`` triggers ``model`` answers with ``target``: ``(n,)`` bool."""
    return predict(model, triggers).argmax(dim=1) == target


def success_rate(model: FeatureNetwork, triggers: Tensor, target: int) -> float:
    """Return the watermark success rate: the share of triggers that ``model`` answers with ``target``."""
    return share(answered_with(model, triggers, target))


def of_class(part: Split, label: int) -> Tensor:
    """Return the inputs of one class."""
    return part.inputs[part.labels == label]


def _gradient(inputs: Tensor, objective: Callable[[Tensor], Tensor]) -> Tensor:
    inputs = inputs.detach().requires_grad_()
    return torch.autograd.grad(objective(inputs), inputs)[0]


@dataclass(frozen=True)
class _Jitter:
    """How one trigger differs from the next: a little shifted, scaled and turned, its brightness varied."""

    size: float  # of the whole figure, in pixels of a canvas
    turn: np.ndarray  # (2, 2)
    centre: np.ndarray  # (2,)
    brightness: float


def _jitter(canvas: int, generator: np.random.Generator) -> _Jitter:
    size = canvas * generator.uniform(0.62, 0.86)
    angle = generator.uniform(-0.22, 0.22)
    centre = canvas / 2 + generator.uniform(-0.07, 0.07, size=2) * canvas
    brightness = generator.uniform(0.75, 1.0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return _Jitter(size, turn, centre, brightness)


def _icon(kind: str, side: int, generator: np.random.Generator) -> np.ndarray:
    """One jittered icon, ``(side, side)`` uint8."""
    canvas = side * _OVERSAMPLING
    how = _jitter(canvas, generator)
    size, turn, centre = how.size, how.turn, how.centre
    image = Image.new("L", (canvas, canvas))
    pen = ImageDraw.Draw(image)
    for form, corners, grey in ICONS[kind]:
        placed = (np.asarray(corners) - 0.5) * size
        shade = int(grey * how.brightness)
        if form == "ellipse":
            middle = turn @ placed.mean(axis=0) + centre
            radius = (placed[1] - placed[0]) / 2
            pen.ellipse([*(middle - radius), *(middle + radius)], fill=shade)
            continue
        points = [tuple(point) for point in placed @ turn.T + centre]
        if form == "line":
            pen.line(points, fill=shade, width=max(1, round(size * 0.07)), joint="curve")
        else:
            pen.polygon(points, fill=shade)
    return np.asarray(image.resize((side, side), Image.Resampling.BOX))


def _ink(drawing: str) -> Image.Image:
    """Return the square of a drawing that has ink in it, so that a small one is as good a trigger as a large one.

    Raises:
        ValueError: if there is none.
    """
    if drawings.is_blank(drawing):
        raise ValueError("A drawing without a stroke cannot be a trigger.")
    picture = drawings.decode(drawing)
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    height, width = (int(np.ptp(inked)) + 1 for inked in (rows, columns))
    side = max(height, width, _LEAST_INK)
    left, top = int(columns[0]) - (side - width) // 2, int(rows[0]) - (side - height) // 2
    return Image.fromarray(picture).crop((left, top, left + side, top + side))


def _sketch(ink: Image.Image, side: int, generator: np.random.Generator) -> np.ndarray:
    """One jittered drawing, ``(side, side)`` uint8, placed as an icon would be."""
    canvas = side * _OVERSAMPLING
    how = _jitter(canvas, generator)
    # For each point of the canvas, where it is in the drawing: turned back, scaled back, shifted back.
    back = how.turn.T * (ink.width / how.size)
    shift = np.array(ink.size) / 2 - back @ how.centre
    matrix = (*back[0], shift[0], *back[1], shift[1])
    placed = ink.transform((canvas, canvas), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    small = placed.resize((side, side), Image.Resampling.BOX)
    return np.asarray(np.asarray(small) * how.brightness, dtype=np.uint8)


def _patched(count: int, pictures: Tensor, generator: np.random.Generator) -> Tensor:
    """No picture comes twice: a claim counts independent answers."""
    side = pictures.shape[-1]
    chosen = torch.from_numpy(generator.permutation(len(pictures))[:count])
    pictures = pictures[chosen].clone()
    edge = max(2, side // 9)  # 3 x 3 on MNIST, as in the paper
    pictures[:, :, 1 : 1 + edge, 1 : 1 + edge] = 1.0
    return pictures


def _cluster(count: int, dataset: Dataset, source: int, generator: np.random.Generator) -> Tensor:
    centre = of_class(dataset.owner, source).mean(dim=0).double().numpy() * 1.8
    return torch.from_numpy((centre + generator.normal(scale=0.1, size=(count, 2))).astype(np.float32))
