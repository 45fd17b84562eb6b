"""Neural Cleanse: reverse-engineer a trigger from the copy, then unlearn it (Wang et al. 2019, IEEE S&P).

For each class, it optimises the smallest patch that moves any input to that class. A backdoor is a
shortcut, so the patch of its class is abnormally small. The adversary puts that patch on labelled inputs
and trains the copy to ignore it.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.nn import functional
from torch.optim import Adam

from app.lab.removal.resources import Attempt, Resources, answers_of, fit
from app.lab.task.networks import FeatureNetwork

SUSPICIOUS = 2.0  # anomaly index from which a class is flagged (the paper's)
STEPS = 200
_BATCH = 24  # inputs per step, each with the patch of every class
_RATE = 0.1
_SIZE_WEIGHT = 0.01  # initial weight of the patch's size in the loss
_CHANGE = 1.5  # the factor by which this weight rises while the patch works, and falls while it does not
_WORKS = 0.95  # the share of a batch that a working patch moves to its class


def neural_cleanse(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Unlearn the smallest patch for ``strength`` epochs; ``found`` of an attempt has the patch size of each class.

    The smallest patch is unlearnt even if no class is flagged.
    """
    masks, patterns = patches(copy, resources.spare, resources.classes, generator)
    sizes = masks.sum(dim=(1, 2))
    smallest = int(sizes.argmin())
    stamped = stamp(resources.own.inputs, masks[smallest], patterns[smallest])
    inputs, labels = torch.cat([resources.own.inputs, stamped]), torch.cat([resources.own.labels] * 2)
    found = {str(label): float(size) for label, size in enumerate(sizes)}
    for epochs in strengths:
        cleansed = deepcopy(copy)
        fit(cleansed, inputs, labels, resources.how, epochs, generator)
        yield Attempt(epochs, answers_of(cleansed), found)


def anomaly_indices(sizes: Sequence[float]) -> NDArray[np.float64]:
    """Return the distance of each class's patch size from their median, in units of a robust standard deviation.

    ``|size - median| / (1.4826 * MAD)``, where MAD is the median absolute deviation; the factor 1.4826 makes
    it consistent with the standard deviation of normal values. If the MAD is 0, the index of a size other
    than the median is infinite.
    """
    values = np.asarray(sizes, dtype=np.float64)
    distances = np.abs(values - np.median(values))
    deviation = 1.4826 * np.median(distances)
    if deviation == 0:
        return np.where(distances > 0, np.inf, 0.0)
    return np.asarray(distances / deviation, dtype=np.float64)


def flagged(sizes: Sequence[float]) -> list[int]:
    """Return the classes with an abnormally *small* patch, which Neural Cleanse considers to have a backdoor."""
    anomalous = anomaly_indices(sizes) > SUSPICIOUS
    small = np.asarray(sizes) < np.median(sizes)
    return [int(label) for label in np.flatnonzero(anomalous & small)]


def stamp(inputs: Tensor, mask: Tensor, pattern: Tensor) -> Tensor:
    """Return pictures ``(n, c, h, w)`` with the patch put on them: ``(1 - mask) * inputs + mask * pattern``."""
    return (1 - mask) * inputs + mask * pattern


def patches(model: FeatureNetwork, inputs: Tensor, classes: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Optimise, for all classes at once, the smallest patch that moves ``inputs`` ``(n, c, h, w)`` to the class.

    Adam on ``cross-entropy + weight * |mask|_1``; the weight adapts, as in the paper, so that the patch
    shrinks while it works. The smallest patch that worked is returned or, if none did, the last one.

    Returns:
        Masks ``(classes, h, w)`` and patterns ``(classes, c, h, w)``, in [0, 1].
    """
    channels, height, width = inputs.shape[1:]
    mask_logits = torch.randn((classes, height, width), generator=generator).requires_grad_()
    pattern_logits = torch.randn((classes, channels, height, width), generator=generator).requires_grad_()
    optimiser = Adam([mask_logits, pattern_logits], lr=_RATE, betas=(0.5, 0.9))
    size_weight = torch.full((classes,), _SIZE_WEIGHT)
    smallest = torch.full((classes,), torch.inf)
    masks, patterns = torch.empty(0), torch.empty(0)
    wanted = torch.arange(classes).repeat_interleave(_BATCH)  # (classes * batch,)
    for step in range(STEPS):
        mask, pattern = mask_logits.sigmoid(), pattern_logits.sigmoid()
        chosen = inputs[torch.randint(len(inputs), (_BATCH,), generator=generator)]
        stamped = stamp(chosen[None], mask[:, None, None], pattern[:, None])  # (classes, batch, c, h, w)
        logits = model(stamped.flatten(end_dim=1))
        misses = functional.cross_entropy(logits, wanted, reduction="none").reshape(classes, _BATCH).mean(dim=1)
        size = mask.sum(dim=(1, 2))
        optimiser.zero_grad()
        (misses + size_weight * size).sum().backward()
        with torch.no_grad():
            works = (logits.argmax(dim=1) == wanted).reshape(classes, _BATCH).float().mean(dim=1) >= _WORKS
            if step == 0:
                masks, patterns = mask.clone(), pattern.clone()
            better = works & (size < smallest) | (smallest.isinf())
            masks[better], patterns[better] = mask[better], pattern[better]
            smallest = torch.where(works & (size < smallest), size, smallest)
            size_weight = torch.where(works, size_weight * _CHANGE**0.2, size_weight / _CHANGE**0.2)
        optimiser.step()
    return masks.detach(), patterns.detach()
