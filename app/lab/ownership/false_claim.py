"""The false claim: an owner without any mark frames somebody who stole nothing.

He nudges triggers until *his own* unmarked model gives the secret answer. Models of one task
resemble each other, so others follow (adversarial examples transfer): an innocent model, trained
independently, is convicted by the same test that convicts an adversary. Liu, Zhang, Szyller, Ren and
Asokan, "False Claims against Model Ownership Resolution" (USENIX Security 2024, arXiv 2304.06607).

Two things expose him. Triggers that were nudged *after* the fact are not those he committed to
(:mod:`app.lab.ownership.commitment`). And *any* innocent model gives the secret answer to them, which a
control shows: the only help where he nudged them *before* he committed.
"""

import torch
from torch import Tensor
from torch.nn import functional

from app.lab.task.networks import FeatureNetwork

STEPS = 20
STRENGTHS = {True: (0.0, 0.05, 0.1, 0.15, 0.2, 0.3), False: (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)}  # pictures; points


def nudge(model: FeatureNetwork, inputs: Tensor, target: int, strength: float) -> Tensor:
    """Move each input by at most ``strength`` in every pixel, so that ``model`` answers ``target``.

    Momentum iterative sign steps (Dong et al. 2018, arXiv 1710.06081), the classic transferable attack::

        g <- g + grad / mean|grad|;  x <- clip(x - 2 strength / steps * sign(g))

    where grad is that of the cross-entropy with the target. It is
    :func:`app.lab.watermark.triggers.perturb` the other way round: *towards* the secret answer.

    Args:
        model: the dishonest owner's own.
        inputs: ``(n, 1, h, w)`` in [0, 1], where they stay, or ``(n, 2)``.
        target: the secret answer.
        strength: the largest change, in units of the pixel range or of the plane.

    Raises:
        ValueError: if the strength is negative.
    """
    if strength < 0:
        raise ValueError(f"The strength of a nudge cannot be negative; it is {strength}.")
    is_picture = inputs.ndim > 2
    labels = torch.full((len(inputs),), target)
    moved, momentum = inputs.clone(), torch.zeros_like(inputs)
    for _ in range(STEPS):
        asked = moved.detach().requires_grad_()
        gradient = torch.autograd.grad(functional.cross_entropy(model(asked), labels), asked)[0]
        size = gradient.abs().flatten(1).mean(dim=1).clamp_min(1e-12)
        momentum = momentum + gradient / size.view(-1, *[1] * (inputs.ndim - 1))
        moved = moved - 2 * strength / STEPS * momentum.sign()
        moved = inputs + (moved - inputs).clamp(-strength, strength)
        if is_picture:
            moved = moved.clamp(0, 1)
    return moved.detach()
