"""The channel: what an API's answers say beyond the truth, the only way by which a watermark can reach a copy."""

from dataclasses import dataclass

import torch
from torch import Tensor

from app.lab.extraction.queries import NO_TRUTH
from app.lab.task.agreement import share


@dataclass(frozen=True)
class Channel:
    """What the answers say beyond the truth.

    With hard labels on inputs that the victim answers correctly, the adversary's training set *is*
    that of a clean victim. ``error`` is the share of queries answered wrongly, ``target_error`` the
    share answered wrongly as the target class, ``target_mass`` the mean confidence in the target over
    the queries of other classes. For queries of no class (blends, letters, noise), the label that an
    innocent model gives is used as the truth.
    """

    queries: int
    error: float
    target_error: float
    target_mass: float


def measure(answers: Tensor, truth: Tensor, innocent: Tensor, target: int) -> Channel:
    """Measure what ``answers`` say beyond the truth.

    Args:
        answers: ``(n, classes)``, those of the API.
        truth: ``(n,)`` labels, or :data:`NO_TRUTH`.
        innocent: ``(n,)``, the top labels of a clean model, used in place of the truth where there is none.
        target: the target class.
    """
    truth = torch.where(truth == NO_TRUTH, innocent, truth)
    top = answers.argmax(dim=1)
    wrong = top != truth
    others = truth != target
    mass = float(answers[others, target].mean()) if bool(others.any()) else 0.0
    return Channel(len(truth), share(wrong), share(wrong & (top == target)), mass)
