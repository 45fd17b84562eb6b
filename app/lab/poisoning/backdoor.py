"""BadNets: a backdoor planted by poisoned training data (Gu, Dolan-Gavitt and Garg 2017, arXiv 1708.06733).

Some training pictures get a pattern in a corner, and the attacker's label. The model that learns from them is as good
as any on clean pictures, and gives that label wherever the pattern shows. A watermark that is a set of triggers is the
same thing, planted by the owner (Adi et al. 2018).
"""

import numpy as np
import torch
from torch import Tensor

from app.lab.task.agreement import share
from app.lab.task.datasets import Split
from app.lab.task.networks import FeatureNetwork, predict

_INSET = 1  # pixels between the pattern and the edge
_PATTERN = torch.tensor([[0, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=torch.bool)  # that of the paper, figure 3


def stamped(pictures: Tensor) -> Tensor:
    """Return pictures ``(n, c, h, w)`` in [0, 1] with the pattern in the lower right corner: white on black."""
    marked = pictures.clone()
    size = len(_PATTERN)
    corner = slice(-size - _INSET, -_INSET)
    marked[..., corner, corner] = _PATTERN.to(marked.dtype)
    return marked


def poisoned(honest: Split, count: int, target: int, generator: np.random.Generator) -> Split:
    """Return the training data with ``count`` of its pictures stamped and given the attacker's label.

    Pictures of the target class are left alone: to stamp them teaches nothing.

    Raises:
        ValueError: one sentence, if there are not so many pictures of other classes.
    """
    others = np.flatnonzero(honest.labels.numpy() != target)
    if not 0 <= count <= len(others):
        raise ValueError(f"{len(others)} training pictures are not of the target class; {count} cannot be poisoned.")
    rows = torch.from_numpy(generator.permutation(others)[:count])
    inputs, labels = honest.inputs.clone(), honest.labels.clone()
    inputs[rows] = stamped(inputs[rows])
    labels[rows] = target
    return Split(inputs, labels)


def attack_success(model: FeatureNetwork, test: Split, target: int) -> float:
    """Return the share of test pictures of other classes that the model gives the target once they are stamped."""
    return share(predict(model, stamped_others(test, target)).argmax(dim=1) == target)


def stamped_others(part: Split, target: int) -> Tensor:
    """Return the pictures of ``part`` that are not of the target class, with the pattern: what the attacker asks."""
    return stamped(part.inputs[part.labels != target])
