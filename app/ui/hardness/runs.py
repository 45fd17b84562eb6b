"""The comparison of the networks on the page, and the work measured as problems grow: each computed once."""

from typing import cast

import streamlit as st

from app.lab.hardness import Formula, SubsetSum
from app.lab.stories import hardness
from app.lab.stories.events import Finished, HardnessResult
from app.lab.stories.hardness import BITS, Problem, Work

__all__ = ["BITS", "compared", "grown"]


@st.cache_data(show_spinner=False, max_entries=200, hash_funcs={SubsetSum: repr, Formula: repr})
def compared(problem: Problem) -> HardnessResult:
    """Return the end of the comparison of a problem's network with the constant 0."""
    *_, last = hardness.compare(problem)
    assert isinstance(last, Finished)
    return cast(HardnessResult, last.result)


@st.cache_resource(show_spinner=False)
def grown() -> list[Work]:
    """Return the work of every search, measured once on this machine."""
    return list(hardness.growth())
