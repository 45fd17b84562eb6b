"""TRIM: fit a line to the points that agree with it best (Jagielski et al. 2018, arXiv 1804.00308, algorithm 2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.lab.poisoning.fits import Line, least_squares
from app.lab.poisoning.points import Points

RESTARTS = 5
_MOST_ROUNDS = 100


@dataclass(frozen=True)
class Trimming:
    """One round of TRIM: the points it keeps, ``(n,)`` bool, the line through them, and its error on them."""

    restart: int
    round: int
    kept: NDArray[np.bool_]
    line: Line
    loss: float


def starts(
    count: int, keep: int, generator: np.random.Generator, restarts: int = RESTARTS
) -> list[NDArray[np.integer]]:
    """Draw the points that each restart begins with: ``restarts`` random choices of ``keep`` of ``count`` rows."""
    return [generator.permutation(count)[:keep] for _ in range(restarts)]


def trim(points: Points, keep: int, begun: Sequence[NDArray[np.integer]]) -> Iterator[Trimming]:
    """Yield every round: fit the kept points, then keep the ``keep`` points nearest to that line.

    A restart ends when its loss stops falling. The best round is the one with the least loss, :func:`best`. TRIM needs
    to be told how many points are clean, and it may end in a poor choice of points: hence the restarts.

    Args:
        points: clean and poisoned.
        keep: how many are clean, an upper bound on the poison.
        begun: the rows that each restart begins with, :func:`starts`.

    Raises:
        ValueError: if fewer than two or more than all points are kept.
    """
    if not 2 <= keep <= len(points):
        raise ValueError(f"TRIM keeps 2 to {len(points)} of these points; it is told to keep {keep}.")
    for restart, rows in enumerate(begun):
        kept = np.zeros(len(points), dtype=bool)
        kept[rows] = True
        before = np.inf
        for number in range(1, _MOST_ROUNDS + 1):
            line = least_squares(points.chosen(kept))
            errors = line.errors(points)
            kept = np.zeros(len(points), dtype=bool)
            kept[np.argsort(errors, kind="stable")[:keep]] = True
            loss = float(errors[kept].mean())
            yield Trimming(restart, number, kept, line, loss)
            if loss >= before * (1 - 1e-9):
                break
            before = loss


def best(rounds: Sequence[Trimming]) -> Trimming:
    """Return the round with the least loss, the earliest of them."""
    return min(rounds, key=lambda one: one.loss)
