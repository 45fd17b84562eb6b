"""Neural Cleanse: find the trigger in the copy itself, then unlearn it (Wang et al. 2019, IEEE S&P).

For each class, the smallest patch is sought that turns any input into that class. A backdoor is a
shortcut, so its class needs a patch that is abnormally small. The adversary stamps that patch on
inputs whose class he knows and trains the copy to ignore it.
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
_BATCH = 24  # inputs, each with the patch of every class
_RATE = 0.1
_PRESSURE = 0.01  # weight of the patch's size at the start
_CHANGE = 1.5  # by which the pressure rises while the patch works, and falls where it does not
_WORKS = 0.95  # share of a batch that must turn into the class


def neural_cleanse(
    copy: FeatureNetwork, resources: Resources, strengths: Sequence[float], generator: Generator
) -> Iterator[Attempt]:
    """Unlearn, for ``strength`` epochs, the smallest patch that was found; ``found`` has each class's patch size.

    The adversary unlearns the smallest one even where nothing is flagged: he has nothing better.
    """
    masks, patterns = patches(copy, resources.spare, resources.classes, generator)
    sizes = masks.sum(dim=(1, 2))
    suspect = int(sizes.argmin())
    stamped = stamp(resources.own.inputs, masks[suspect], patterns[suspect])
    inputs, labels = torch.cat([resources.own.inputs, stamped]), torch.cat([resources.own.labels] * 2)
    found = {str(label): float(size) for label, size in enumerate(sizes)}
    for epochs in strengths:
        cleansed = deepcopy(copy)
        fit(cleansed, inputs, labels, resources.how, epochs, generator)
        yield Attempt(epochs, answers_of(cleansed), found)


def anomaly_indices(sizes: Sequence[float]) -> NDArray[np.float64]:
    """Return how far each class's patch size lies from their median, in units of the usual deviation.

    ``|size - median| / (1.4826 * MAD)``, MAD being the median absolute deviation; 1.4826 makes it a
    standard deviation for normal values. Where the MAD is 0, what lies off the median is infinitely odd.
    """
    values = np.asarray(sizes, dtype=np.float64)
    distances = np.abs(values - np.median(values))
    usual = 1.4826 * np.median(distances)
    if usual == 0:
        return np.where(distances > 0, np.inf, 0.0)
    return np.asarray(distances / usual, dtype=np.float64)


def flagged(sizes: Sequence[float]) -> list[int]:
    """Return the classes whose patch is abnormally *small*: those that Neural Cleanse takes for a backdoor's."""
    odd = anomaly_indices(sizes) > SUSPICIOUS
    small = np.asarray(sizes) < np.median(sizes)
    return [int(label) for label in np.flatnonzero(odd & small)]


def stamp(inputs: Tensor, mask: Tensor, pattern: Tensor) -> Tensor:
    """Return pictures ``(n, c, h, w)`` with ``pattern`` laid over them where ``mask`` says: ``(1 - m) x + m p``."""
    return (1 - mask) * inputs + mask * pattern


def patches(model: FeatureNetwork, inputs: Tensor, classes: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Seek, for every class at once, the smallest patch that turns ``inputs`` ``(n, c, h, w)`` into it.

    Adam on ``cross-entropy + pressure * |mask|_1``; the pressure adapts, as in the paper, so that the
    patch shrinks while it works. The smallest one that worked counts, else the last one.

    Returns:
        Masks ``(classes, h, w)`` and patterns ``(classes, c, h, w)``, in [0, 1].
    """
    channels, height, width = inputs.shape[1:]
    mask_logits = torch.randn((classes, height, width), generator=generator).requires_grad_()
    pattern_logits = torch.randn((classes, channels, height, width), generator=generator).requires_grad_()
    optimiser = Adam([mask_logits, pattern_logits], lr=_RATE, betas=(0.5, 0.9))
    pressure = torch.full((classes,), _PRESSURE)
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
        (misses + pressure * size).sum().backward()
        with torch.no_grad():
            works = (logits.argmax(dim=1) == wanted).reshape(classes, _BATCH).float().mean(dim=1) >= _WORKS
            if step == 0:
                masks, patterns = mask.clone(), pattern.clone()
            better = works & (size < smallest) | (smallest.isinf())
            masks[better], patterns[better] = mask[better], pattern[better]
            smallest = torch.where(works & (size < smallest), size, smallest)
            pressure = torch.where(works, pressure * _CHANGE**0.2, pressure / _CHANGE**0.2)
        optimiser.step()
    return masks.detach(), patterns.detach()
