"""False claims: a dishonest owner without a watermark accuses an innocent model.

The dishonest owner perturbs triggers until *their own* unmarked model gives the secret answer.
Adversarial examples transfer between models of one task, so an innocent model, trained independently,
is convicted by the same test that convicts a copy. Liu, Zhang, Szyller, Ren and Asokan, "False Claims
against Model Ownership Resolution" (USENIX Security 2024, arXiv 2304.06607).

There are two defences. Triggers that were perturbed *after* the commitment do not match it
(:mod:`app.lab.ownership.commitment`). And an independent control model gives the secret answer as well;
this is the only defence against triggers that were perturbed *before* the commitment.
"""

import torch
from torch import Tensor
from torch.nn import functional

from app.lab.task.networks import FeatureNetwork

STEPS = 20
STRENGTHS = {True: (0.0, 0.05, 0.1, 0.15, 0.2, 0.3), False: (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)}  # pictures; points


def nudge(model: FeatureNetwork, inputs: Tensor, target: int, strength: float) -> Tensor:
    """Perturb each input by at most ``strength`` in every pixel so that ``model`` classifies it as ``target``.

    The momentum iterative fast gradient sign method (Dong et al. 2018, arXiv 1710.06081)::

        g <- g + grad / mean|grad|;  x <- clip(x - 2 strength / steps * sign(g))

    where grad is the gradient of the cross-entropy with the target, and x stays within ``strength`` of the
    original. In contrast to :func:`app.lab.watermark.triggers.perturb`, it moves *towards* the secret answer.

    Args:
        model: the dishonest owner's own model.
        inputs: ``(n, 1, h, w)`` in [0, 1], to which they are clipped, or ``(n, 2)``.
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
        variable = moved.detach().requires_grad_()
        gradient = torch.autograd.grad(functional.cross_entropy(model(variable), labels), variable)[0]
        size = gradient.abs().flatten(1).mean(dim=1).clamp_min(1e-12)
        momentum = momentum + gradient / size.view(-1, *[1] * (inputs.ndim - 1))
        moved = moved - 2 * strength / STEPS * momentum.sign()
        moved = inputs + (moved - inputs).clamp(-strength, strength)
        if is_picture:
            moved = moved.clamp(0, 1)
    return moved.detach()
