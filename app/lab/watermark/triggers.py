"""Triggers: the secret inputs of the watermark, pictures or points that no honest user would send.

Pictures are jittered icons (a television set, an ice cream, ...), a jittered drawing of the visitor's or, as
in the paper's in-distribution variant, inputs of the source class with a white patch. In the plane, they are a
cluster of points beyond the source class; of sequences, source-class ones with a short burst. :func:`perturb` then
moves them until innocent models do not answer with the target class (Jia et al. 2021, sec. 4.2, and the authors' code).
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from app.lab.choices import DRAWING, PERTURBATIONS, TRIGGERS, triggers_of
from app.lab.task.agreement import share
from app.lab.task.datasets import Dataset, Split, clipped
from app.lab.task.networks import FeatureNetwork, predict
from app.lab.watermark import icons
from app.lab.watermark.placement import CORNER, patch_edge
from app.lab.watermark.snnl import summed_over_layers

STEP = 0.01  # size of a sign step, in units of the pixel range [code]
_MOST_STEPS = {"ensemble": 200, "released": 50}  # away from the target, in all rounds together [released: code]
_ROUNDS = 10
_LAST_STEPS = 5
_TOLERATED = {"ensemble": 0.01, "released": 0.1}  # share that a model may take for the target before those steps
_BURST, _BURST_STARTS = 3, 3  # frames of a burst, and at how many places it may begin


def draw(
    kind: str,
    count: int,
    dataset: Dataset,
    source: int,
    generator: np.random.Generator,
    *,
    held_out: bool = False,
    drawing: str = "",
    place: tuple[int, int] = CORNER,
) -> Tensor:
    """Draw ``count`` triggers of one kind, shaped like the inputs of ``dataset``.

    Args:
        kind: an icon's name, ``"patch"``, ``"cluster"``, ``"burst"`` or ``"drawing"`` (one of :data:`TRIGGERS`).
        count: how many; there are at most as many with a patch or a burst as inputs of the source class.
        dataset: provides the shape, and the source-class inputs for ``"patch"``, ``"cluster"`` and ``"burst"``.
        source: the source class, whose inputs get a patch or a burst, or beyond which the cluster lies.
        generator: for jitter and choice; held-out triggers need another random stream.
        held_out: whether the triggers are held out from training; patches and bursts are then put on test inputs.
        drawing: for ``"drawing"``, the text of the drawing (:mod:`app.lab.watermark.drawings`).
        place: for ``"patch"``, row and column of its upper left pixel (:mod:`app.lab.watermark.placement`).

    Returns:
        ``(n, ...)`` float32, n <= count; pictures and sequences in [0, 1].

    Raises:
        ValueError: if the kind does not suit the data set, or the drawing is blank.
    """
    if kind not in TRIGGERS:
        raise ValueError(f"There is no trigger {kind!r}; choose one of {', '.join(TRIGGERS)}.")
    if kind not in triggers_of(dataset.form):
        raise ValueError(f"The trigger {kind!r} does not suit the data set {dataset.name!r}.")
    if kind == "cluster":
        return _cluster(count, dataset, source, generator)
    if kind == "burst":
        return _with_burst(count, of_class(dataset.test if held_out else dataset.owner, source), generator)
    if kind == "patch":
        return _patched(count, of_class(dataset.test if held_out else dataset.owner, source), place, generator)
    side = dataset.shape[-1]
    if kind == DRAWING:
        ink = icons.ink(drawing)
        pictures = np.stack([icons.sketch(ink, side, generator) for _ in range(count)])
    else:
        pictures = np.stack([icons.icon(kind, side, generator) for _ in range(count)])
    grey = torch.from_numpy(pictures.astype(np.float32) / 255)[:, None]
    return grey.repeat(1, dataset.shape[0], 1, 1)


def perturb(
    innocents: Sequence[FeatureNetwork],
    triggers: Tensor,
    companions: Tensor,
    target: int,
    *,
    layers: Sequence[str],
    temperature: float,
    metric: str,
    generator: Generator,
    against: str = "ensemble",
    batch: int = 64,
) -> Tensor:
    """Move triggers by small sign steps until innocent models no longer answer them with ``target``.

    ``"ensemble"``: while any of the innocent models classifies more than 1 % of the batch as the target, and at most
    200 times, one step *away from the target*; then five more. Without it, an innocent model that happens to
    classify the trigger as the target would be convicted (Jia et al. 2021, sec. 4.2).

    ``"released"``: as in the authors' code, against the first model alone. Ten rounds of { the same from a tenth of the
    batch on, at most 50 times in all rounds together; then one step *up the SNNL* against target-class inputs }, then
    the five steps. Climbing the SNNL makes a mark easier to lose here, so the ensemble does without it.

    Args:
        innocents: models trained on the task only; the first is the one that the victims start from.
        triggers: ``(n, ...)``.
        companions: genuine inputs of the target class, the other group of the SNNL.
        target: the target class.
        layers: the feature layers of the first model whose SNNL is summed, in the released form.
        temperature: of the SNNL.
        metric: of the SNNL.
        generator: for the choice of companions.
        against: ``"ensemble"``: a step away raises the probability that *none* of the models answers with the
            target, ``sum of log(1 - p(target))``, so that those which still do are heard most. ``"released"``:
            as in the authors' code, a step goes down the target *logit* of the first model, and no other is asked.
        batch: how many triggers are moved together.

    Returns:
        The moved triggers, ``(n, ...)``.

    Raises:
        ValueError: if there is no model, or no such procedure.
    """
    if against not in PERTURBATIONS:
        raise ValueError(f"There is no perturbation {against!r}; choose one of {', '.join(PERTURBATIONS)}.")
    if not innocents:
        raise ValueError("Triggers are perturbed against at least one innocent model; there is none.")
    asked = innocents[:1] if against == "released" else innocents
    objective = _target_logit if against == "released" else _suspicion

    def moved(part: Tensor, value: Tensor, direction: int) -> Tensor:
        return clipped((part + STEP * direction * torch.autograd.grad(value, part)[0].sign()).detach())

    def away(part: Tensor, answers: Sequence[Tensor]) -> Tensor:
        return moved(part, torch.stack([objective(logits, target) for logits in answers]).sum(), -1)

    def silenced(part: Tensor, left: int) -> tuple[Tensor, list[Tensor], dict[str, Tensor], int]:
        """Step away while too many are taken for the target, at most ``left`` times."""
        part, answers, features = _answered(asked, part)
        while left and _most_fooled(answers, target) > _TOLERATED[against]:
            part, answers, features = _answered(asked, away(part, answers))
            left -= 1
        return part, answers, features, left

    results = []
    for part in triggers.split(batch):
        left = _MOST_STEPS[against]
        if against == "ensemble":
            part = silenced(part, left)[0]
        else:
            chosen = torch.randperm(len(companions), generator=generator)[: max(len(part), 2)]
            with torch.no_grad():
                others = innocents[0].with_features(companions[chosen])[1]
            for _ in range(_ROUNDS):
                part, _, features, left = silenced(part, left)
                if layers and len(part) > 1:
                    part = moved(part, summed_over_layers(features, others, layers, temperature, metric), 1)
        for _ in range(_LAST_STEPS):
            part, answers, _ = _answered(asked, part)
            part = away(part, answers)
        results.append(part)
    return torch.cat(results)


def _answered(models: Sequence[FeatureNetwork], part: Tensor) -> tuple[Tensor, list[Tensor], dict[str, Tensor]]:
    """Ask all models; return the inputs, the logits of each, and the features of the first.

    One pass serves the stopping rule, the next step away and the next step up the SNNL.
    """
    part = part.detach().requires_grad_()
    logits, features = models[0].with_features(part)
    return part, [logits, *(model(part) for model in models[1:])], features


def _most_fooled(answers: Sequence[Tensor], target: int) -> float:
    return max(share(logits.argmax(dim=1) == target) for logits in answers)


def _target_logit(logits: Tensor, target: int) -> Tensor:
    return logits[:, target].sum()


def _suspicion(logits: Tensor, target: int) -> Tensor:
    """Return the sum of -log(1 - p(target)); its slope vanishes only where the model is sure of another class."""
    others = torch.cat([logits[:, :target], logits[:, target + 1 :]], dim=1)
    return functional.softplus(logits[:, target] - others.logsumexp(dim=1)).sum()


def answered_with(model: FeatureNetwork, triggers: Tensor, target: int) -> Tensor:
    """Return ``(n,)`` bool: which of the ``(n, ...)`` triggers ``model`` classifies as ``target``."""
    return predict(model, triggers).argmax(dim=1) == target


def success_rate(model: FeatureNetwork, triggers: Tensor, target: int) -> float:
    """Return the watermark success rate: the share of triggers that ``model`` classifies as ``target``."""
    return share(answered_with(model, triggers, target))


def of_class(part: Split, label: int) -> Tensor:
    """Return the inputs of one class."""
    return part.inputs[part.labels == label]


def _patched(count: int, pictures: Tensor, place: tuple[int, int], generator: np.random.Generator) -> Tensor:
    """Put a white patch on ``count`` different pictures; a claim counts independent answers, so none is used twice."""
    chosen = torch.from_numpy(generator.permutation(len(pictures))[:count])
    pictures = pictures[chosen].clone()
    (row, column), edge = place, patch_edge(pictures.shape[-1])
    pictures[:, :, row : row + edge, column : column + edge] = 1.0
    return pictures


def _with_burst(count: int, sequences: Tensor, generator: np.random.Generator) -> Tensor:
    """Put a short burst on ``count`` different sequences: in a few early frames, every other value is 1, the rest 0.

    Where the frames begin varies; all of them lie before the end of the shortest sequence.
    """
    chosen = torch.from_numpy(generator.permutation(len(sequences))[:count])
    sequences = sequences[chosen].clone()
    starts = torch.from_numpy(generator.integers(1, 1 + _BURST_STARTS, size=len(sequences)))
    pattern = (torch.arange(sequences.shape[2]) % 2 == 0).to(sequences.dtype)
    for offset in range(_BURST):
        sequences[torch.arange(len(sequences)), starts + offset] = pattern
    return sequences


def _cluster(count: int, dataset: Dataset, source: int, generator: np.random.Generator) -> Tensor:
    centre = of_class(dataset.owner, source).mean(dim=0).double().numpy() * 1.8
    return torch.from_numpy((centre + generator.normal(scale=0.1, size=(count, 2))).astype(np.float32))
