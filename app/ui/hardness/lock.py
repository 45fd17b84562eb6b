"""The problem on the page as a combination lock that one can touch; its random settings are those of the comparison."""

import base64
from functools import lru_cache
from typing import Any

import numpy as np

from app.lab.hardness import SubsetSum
from app.lab.stories import hardness
from app.lab.stories.events import HardnessResult
from app.lab.stories.hardness import Problem
from app.ui import theme
from app.ui.components import component


def draw(problem: Problem, result: HardnessResult, finding: str, *, sealed: bool) -> None:
    """Draw the lock; the browser computes what its switches come to, and what the random settings do.

    Args:
        problem: what the lock is made from.
        result: of the comparison of its two networks.
        finding: its title.
        sealed: whether what opens it is kept from the browser for now.
    """
    witness = None if sealed else result["witness"]
    component("hardness/lock")(
        key="lock",
        data={
            "finding": finding,
            "lock": {"switches": result["inputs"], **_made(problem)},
            "tests": _packed(problem),
            "sealed": sealed,
            "combination": None if witness is None else [on == 1 for on in witness],
            "colours": {"lit": theme.COURT.colour, "tried": theme.THIEF.colour, "genuine": theme.GENUINE},
        },
    )


def _made(problem: Problem) -> dict[str, Any]:
    """Return what opens the lock: a sum, or as many clauses as there are."""
    if isinstance(problem, SubsetSum):
        return {"numbers": problem.numbers, "clauses": (), "target": problem.target}
    return {"numbers": (), "clauses": problem.clauses, "target": len(problem.clauses)}


@lru_cache(maxsize=64)
def _packed(problem: Problem) -> str:
    """Return the random settings, each a row of bits."""
    rows = np.packbits(hardness.tests(problem).astype(bool), axis=1)
    return base64.b64encode(rows.tobytes()).decode()
