"""The comparison of the networks on the page, and the work measured as problems grow: each computed once."""

from collections.abc import Callable
from typing import Any, cast

import streamlit as st

from app.lab.choices import HardProblem
from app.lab.hardness import Formula, SubsetSum
from app.lab.stories import hardness
from app.lab.stories.events import Finished, HardnessResult
from app.lab.stories.events.hardness import SearchResult
from app.lab.stories.hardness import BITS, Asked, Problem, Work

__all__ = ["BITS", "asked", "compared", "grown", "solved"]
_QUICK = ("brute force", "meet in the middle", "dynamic program", "backtracking")
_PROBLEMS: dict[str | type[Any], Callable[[Any], Any]] = {SubsetSum: repr, Formula: repr}


@st.cache_data(show_spinner=False, max_entries=200, hash_funcs=_PROBLEMS)
def compared(problem: Problem) -> HardnessResult:
    """Return the end of the comparison of a problem's network with the constant 0, by the searches that are quick."""
    *_, last = hardness.compare(problem, methods=_QUICK)
    assert isinstance(last, Finished)
    return cast(HardnessResult, last.result)


@st.cache_data(show_spinner=False, max_entries=200, hash_funcs=_PROBLEMS)
def solved(problem: Problem) -> SearchResult:
    """Return what a general solver comes to: it takes up to a second, so the page asks it last."""
    return hardness.told(hardness.search(problem, "integer program"))


@st.cache_resource(show_spinner=False, max_entries=200, hash_funcs=_PROBLEMS)
def asked(problem: Problem) -> tuple[Asked, ...]:
    """Return how long some questions to both networks took, measured once on this machine."""
    return tuple(hardness.asking(problem))


@st.cache_resource(show_spinner="How the work grows is measured on this machine, once …")
def grown(kind: HardProblem) -> tuple[Work, ...]:
    """Return the work of every search for problems of one kind, measured once on this machine."""
    return tuple(hardness.growth(kind=kind))
