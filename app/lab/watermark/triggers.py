"""Triggers: the secret inputs of the watermark, pictures or points that no honest user would send.

Pictures are jittered icons (a television set, an ice cream, ...), a jittered drawing of the visitor's or, as
in the paper's in-distribution variant, digits of the source class with a white patch in a corner. In the
plane, they are a cluster of points beyond the source class. :func:`perturb` then moves them until an innocent
model does not answer with the target class (Jia et al. 2020, sec. 4.2, and the authors' code).
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Generator, Tensor

from app.lab.choices import DRAWING, TRIGGERS
from app.lab.task.agreement import share
from app.lab.task.datasets import Dataset, Split
from app.lab.task.networks import FeatureNetwork, predict
from app.lab.watermark import icons
from app.lab.watermark.snnl import soft_nearest_neighbor_loss

STEP = 0.01  # size of a sign step, in units of the pixel range [code]
_MOST_STEPS = 50  # down the target logit, in one round [code: in all rounds together]
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
        kind: an icon's name, ``"patch"``, ``"cluster"`` or ``"drawing"`` (one of :data:`TRIGGERS`).
        count: how many; there are at most as many patched triggers as inputs of the source class.
        dataset: provides the shape, and the source-class inputs for ``"patch"`` and ``"cluster"``.
        source: the source class, whose inputs are patched or beyond which the cluster lies.
        generator: for jitter and choice; held-out triggers need another random stream.
        held_out: whether the triggers are held out from training; patches are then put on test inputs.
        drawing: for ``"drawing"``, the text of the drawing (:mod:`app.lab.watermark.drawings`).

    Returns:
        ``(n, ...)`` float32, n <= count; pictures in [0, 1].

    Raises:
        ValueError: if the kind does not suit the data set, or the drawing is blank.
    """
    if kind not in TRIGGERS:
        raise ValueError(f"There is no trigger {kind!r}; choose one of {', '.join(TRIGGERS)}.")
    if (kind == "cluster") == dataset.is_pictures:
        raise ValueError(f"The trigger {kind!r} does not suit the data set {dataset.name!r}.")
    if kind == "cluster":
        return _cluster(count, dataset, source, generator)
    if kind == "patch":
        return _patched(count, of_class(dataset.test if held_out else dataset.owner, source), generator)
    side = dataset.shape[-1]
    if kind == DRAWING:
        ink = icons.ink(drawing)
        pictures = np.stack([icons.sketch(ink, side, generator) for _ in range(count)])
    else:
        pictures = np.stack([icons.icon(kind, side, generator) for _ in range(count)])
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

    Ten rounds of { while more than a tenth of the triggers are classified as the target, at most 50 times:
    one step *down the target logit*; then one step *up the SNNL* against target-class inputs }, then five
    more steps down the target logit; pictures are clipped to [0, 1]. Without it, an innocent model that
    happens to classify the trigger as the target would be convicted. (In the authors' code, the limit of
    50 steps applies to all rounds together.)

    Args:
        model: an innocent model, trained on the task only.
        triggers: ``(n, ...)``.
        companions: genuine inputs of the target class, the other group of the SNNL.
        target: the target class.
        layers: the feature layers whose SNNL is summed.
        temperature: of the SNNL.
        metric: of the SNNL.
        generator: for the choice of companions.
        batch: how many triggers are moved together.

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
    """Return ``(n,)`` bool: which of the ``(n, ...)`` triggers ``model`` classifies as ``target``."""
    return predict(model, triggers).argmax(dim=1) == target


def success_rate(model: FeatureNetwork, triggers: Tensor, target: int) -> float:
    """Return the watermark success rate: the share of triggers that ``model`` classifies as ``target``."""
    return share(answered_with(model, triggers, target))


def of_class(part: Split, label: int) -> Tensor:
    """Return the inputs of one class."""
    return part.inputs[part.labels == label]


def _gradient(inputs: Tensor, objective: Callable[[Tensor], Tensor]) -> Tensor:
    inputs = inputs.detach().requires_grad_()
    return torch.autograd.grad(objective(inputs), inputs)[0]


def _patched(count: int, pictures: Tensor, generator: np.random.Generator) -> Tensor:
    """Put a white patch on ``count`` different pictures; a claim counts independent answers, so none is used twice."""
    side = pictures.shape[-1]
    chosen = torch.from_numpy(generator.permutation(len(pictures))[:count])
    pictures = pictures[chosen].clone()
    edge = max(2, side // 9)  # 3 x 3 on MNIST, as in the paper
    pictures[:, :, 1 : 1 + edge, 1 : 1 + edge] = 1.0
    return pictures


def _cluster(count: int, dataset: Dataset, source: int, generator: np.random.Generator) -> Tensor:
    centre = of_class(dataset.owner, source).mean(dim=0).double().numpy() * 1.8
    return torch.from_numpy((centre + generator.normal(scale=0.1, size=(count, 2))).astype(np.float32))
