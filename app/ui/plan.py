"""The plan of a class: kept from page to page and over a reload, with the time that is left.

A link says it as ``minutes``; the visit keeps it. The clock starts when the plan is chosen, and anew with its first
lesson if its time is over by then: a teacher may have chosen it the day before.
"""

import math
import time

import streamlit as st

from app.ui import links, path, visit

_TICK = 20  # seconds


def length() -> int | None:
    """Return how many minutes the visitor's class has, from the URL or as they chose it; None: there is no class.

    A length for which there is no plan is put aside with a sentence.
    """
    here, asked = visit.here(), st.query_params.get(links.MINUTES)
    lengths = {str(minutes): minutes for minutes in path.CLASSES}
    if asked in lengths:
        if lengths[asked] != here.minutes:
            _begin(lengths[asked])
    elif asked is not None:
        shown = "no class" if here.minutes is None else f"the class of {here.minutes}"
        links.refuse(links.MINUTES, asked, links.among(lengths), shown)
    _to_url()
    return here.minutes


def choose(minutes: int | None) -> None:
    """Begin a class of so many minutes, or (None) end it."""
    _begin(minutes)
    _to_url()


def clock(name: str) -> None:
    """Say how much of the class is left, on the page called ``name``."""
    here = visit.here()
    if (minutes := length()) is None:
        return
    first, _ = path.planned(minutes)[0]
    if name == first.name and time.monotonic() - here.began > 60 * minutes:
        here.began = time.monotonic()

    @st.fragment(run_every=_TICK)
    def ticking() -> None:
        with st.container(key="plan"):  # in the bar: see page.css
            st.caption(in_words(minutes, time.monotonic() - here.began))

    ticking()


def in_words(minutes: int, gone: float) -> str:
    """Return what is said of a class of so many minutes, of which so many seconds are gone: short, the bar is full."""
    left = math.ceil(minutes - gone / 60)
    if left <= 0:
        return ":material/timer: time is over"
    return f":material/timer: {left} min left"


def _begin(minutes: int | None) -> None:
    here = visit.here()
    here.minutes, here.began = minutes, time.monotonic()


def _to_url() -> None:
    minutes = visit.here().minutes
    if minutes is None:
        st.query_params.pop(links.MINUTES, None)
    elif st.query_params.get(links.MINUTES) != str(minutes):
        st.query_params[links.MINUTES] = str(minutes)
