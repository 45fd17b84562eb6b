"""The channel: what an API's answers say beyond the truth, the only way by which a watermark can pass."""

from dataclasses import dataclass

import torch
from torch import Tensor

from app.lab.extraction.queries import NO_TRUTH
from app.lab.task.agreement import share


@dataclass(frozen=True)
class Channel:
    """What the answers say beyond the truth: the only way by which a watermark can pass.

    With hard labels on inputs that the victim answers correctly, the adversary's training set *is*
    the clean one. ``error`` is the share of queries answered wrongly, ``target_error`` the share
    answered wrongly as the target class, ``target_mass`` the mean confidence on the target over
    the queries that belong to other classes. Where no answer is true (blends, letters, noise),
    the answer of an innocent model stands in for the truth.
    """

    queries: int
    error: float
    target_error: float
    target_mass: float


def measure(answers: Tensor, truth: Tensor, innocent: Tensor, target: int) -> Channel:
    """Measure what ``answers`` say beyond the truth.

    Args:
        answers: ``(n, classes)``, as the adversary got them.
        truth: ``(n,)`` labels, or :data:`NO_TRUTH`.
        innocent: ``(n,)``, the top labels of a clean model, which stand in where there is no truth.
        target: the target class.
    """
    truth = torch.where(truth == NO_TRUTH, innocent, truth)
    top = answers.argmax(dim=1)
    wrong = top != truth
    others = truth != target
    mass = float(answers[others, target].mean()) if bool(others.any()) else 0.0
    return Channel(len(truth), share(wrong), share(wrong & (top == target)), mass)
