"""What a search for a difference came to, its limits, and the solver that two of the searches hand their problem to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

_SINGULAR = {
    "inputs": "input",
    "sums of halves": "sum of halves",
    "cells": "cell",
    "branches": "branch",
    "decisions": "decision",
}
MOST_BRANCHES = 1_000  # of the solver: about half a second


@dataclass(frozen=True)
class Found:
    """The end of a search.

    Attributes:
        method: its name.
        witness: an input, of zeros and ones, on which the networks differ; None: there is none.
        work: how many of its ``unit`` the method looked at.
        unit: what it counts: "inputs", "sums of halves", "cells", "branches", "decisions".
    """

    method: str
    witness: tuple[int, ...] | None
    work: int
    unit: str


class TooLarge(ValueError):
    """An instance beyond what a method can do here; the message is one sentence that says where its limit lies."""


def unit_of(count: int, unit: str) -> str:
    """Return the unit of a search as so many of it are called: of one, "branch"."""
    return _SINGULAR[unit] if count == 1 else unit


def largest(
    gains: NDArray[np.float64], weights: NDArray[np.float64], bounds: NDArray[np.float64]
) -> tuple[NDArray[np.int64], int]:
    """Return the zeros and ones ``(n,)`` that gain most, and the branches that were looked at.

    Solved by branch and bound over linear programs (HiGHS, through SciPy's ``milp``), in floating point: what comes
    back has to be checked in whole numbers.

    Args:
        gains: of each place, ``(n,)``.
        weights: of the places in each constraint, ``(m, n)``.
        bounds: what the weighted sums may come to at most, ``(m,)``.

    Raises:
        TooLarge: after 1,000 branches.
    """
    ended = milp(
        -gains,
        integrality=np.ones(len(gains), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(weights, -np.inf, bounds),
        options={"node_limit": MOST_BRANCHES, "mip_rel_gap": 0.0},
    )
    if ended.status != 0:
        raise TooLarge(f"The solver would go on; here it stops after {MOST_BRANCHES:,} branches.")
    return np.rint(ended.x).astype(np.int64), max(1, int(ended.mip_node_count))
