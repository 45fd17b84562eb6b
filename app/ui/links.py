"""What a link may ask for: every parameter of every page.

What is empty, unknown, out of range, misspelt or given twice gets one sentence, and the usual is shown: one value, the
same for the page and for the widget that is bound to the parameter by :func:`one_of`, :func:`between` or
:func:`yes_or_no`. Values are read where they are used; what each parameter of an experiment may be is in
:class:`~app.lab.experiment.Experiment`.
"""

import dataclasses
import difflib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException

from app.lab.experiment import FORMER_NAMES, Experiment
from app.lab.quoting import MOST, quoted
from app.ui import path, visit

LIVE = "live"  # a run that is watched
RECORDED = "recorded"  # its value while the visitor looks at the recorded run instead
FROM = "from"  # the lesson that a link between lessons takes a setting along from
MINUTES = "minutes"  # the length of a class
CODE = "code"  # of a room, on the page where one joins it
OF_THE_VISIT = (LIVE, MINUTES)  # which a link to a setting leaves out
_ON_EVERY_PAGE = {
    LIVE: ("1", "start", RECORDED),
    FROM: tuple(stop.name for stop in path.LESSONS),
    MINUTES: tuple(map(str, path.CLASSES)),
    "booth": ("1",),  # which the door reads
}
SETTINGS = ("preset", *(field.name for field in dataclasses.fields(Experiment)), *FORMER_NAMES)
_WITHOUT_SETTINGS = ("trapdoor", "hardness", "cousins", path.CLASSROOM.name)  # pages
VIEWS = {  # what else a lesson shows, or how
    "mark": ("mark_ask", "mark_layer"),
    "temperature": (
        *("view", "arrangement", "t", "layer", "epoch", "distance", "among", "form"),
        *("map_seed", "map_of", "trained_at"),
    ),
    "entangle": ("layer", "projection", "space"),
    "channel": ("channel_view",),
    "court": ("room", "grant", "suspects"),
    "remove": ("washing",),
    "tradeoff": ("measure",),
    "cousins": ("cousin", "share"),
    path.CLASSROOM.name: (CODE,),
}
_NAMED = 3  # of the parameters that a page does not know

Bound = Literal["query-params"] | None  # for ``bind`` of a widget


def parameters(page: str) -> tuple[str, ...]:
    """Return the names of all that a link to a page may ask for; it is a lesson, ``"start"`` or ``"classroom"``."""
    return (*(SETTINGS if has_settings(page) else ()), *VIEWS.get(page, ()), *_ON_EVERY_PAGE)


def has_settings(page: str) -> bool:
    """Return whether a page is about an experiment that a link may choose."""
    return page not in _WITHOUT_SETTINGS


def refuse(name: str, asked: str, why: str, shown: object) -> None:
    """Say in one sentence that what a link asks for cannot be, and what is shown in its place.

    Args:
        name: of the parameter.
        asked: its value in the link.
        why: goes on after "which"; nothing but text, as all of the sentence.
        shown: the value that counts.
    """
    why = why if asked.strip() else "is empty"
    visit.notice(f"The link asks for {name} = {quoted(asked)}, which {why}; shown is {shown}.")


def among(options: Iterable[object]) -> str:
    """Return the reason for :func:`refuse` where a value is none of these."""
    return f"must be one of {', '.join(map(str, options))}"


def within(asked: str, low: float, high: float, *, whole: bool = False) -> str | None:
    """Return the reason for :func:`refuse`, if a value is no number between these; None: it is one."""
    kind = "a whole number" if whole else "a number"
    try:
        number = int(asked) if whole else float(asked)
    except ValueError:
        return f"must be {kind}"
    return None if low <= number <= high else f"must be {kind} between {low:g} and {high:g}"


def check(page: str) -> None:
    """Say what a link asks of this page that it does not know, and take it out of the address."""
    known = parameters(page)
    if strange := [name for name in st.query_params if name not in known]:
        named = [_perhaps(name, known) for name in strange[:_NAMED]]
        if len(strange) > _NAMED:
            named.append(f"{len(strange) - _NAMED} more")
        asked = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
        it = "it" if len(strange) == 1 else "them"
        visit.notice(f"The link asks for {asked}, which this page does not know; shown is the page without {it}.")
        for name in strange:
            _drop(name)
    for name in (*SETTINGS, "arrangement", "t", *_ON_EVERY_PAGE):
        if len(values := st.query_params.get_all(name)) > 1:
            refuse(name, values[0], "is not its only value there", f"its last, {quoted(values[-1])}")
            st.query_params[name] = values[-1]
    for name, allowed in _ON_EVERY_PAGE.items():
        value = st.query_params.get(name)
        if value is not None and value not in allowed and name != MINUTES:  # of which the plan speaks
            refuse(name, value, among(allowed), "the page without it")
            _drop(name)


def one_of(key: str, options: Iterable[object], usual: object) -> Bound:
    """Bind a widget to the parameter ``key``, which is one of the ``options`` as the widget writes them."""
    allowed = [str(option) for option in options]
    return _bound(key, lambda asked: None if asked in allowed else among(allowed), usual)


def between(key: str, low: float, high: float, usual: float) -> Bound:
    """Bind a slider to the parameter ``key``: a number from ``low`` to ``high``, whole if they are."""
    whole = isinstance(low, int) and isinstance(high, int)
    return _bound(key, lambda asked: within(asked, low, high, whole=whole), f"{usual:g}")


def yes_or_no(key: str) -> Bound:
    """Bind a toggle that is usually off to the parameter ``key``."""
    return one_of(key, ("true", "false"), "false")


def _bound(key: str, why: Callable[[str], str | None], usual: object) -> Bound:
    """Return what binds a widget to a parameter; None, for this once, where the link's value is not to reach it."""
    if key not in {name for names in VIEWS.values() for name in names}:
        raise KeyError(f"A link cannot ask for {key}: it is not in the table of this module.")
    asked = st.query_params.get_all(key)
    refused = why(asked[0]) if len(asked) == 1 else "is not its only value there"
    if not asked or refused is None:
        return "query-params"
    if key not in st.session_state:  # else it is what the widget showed here, of other options
        refuse(key, asked[0], refused, usual)
    _drop(key)
    return None


def _drop(name: str) -> None:
    with suppress(StreamlitAPIException):  # it is bound already, and its widget drops it itself
        del st.query_params[name]


def _perhaps(name: str, known: Sequence[str]) -> str:
    """Return an unknown name, quoted, with the known one that it resembles most, if any."""
    near = difflib.get_close_matches(name[:MOST].lower(), known, n=1)
    return quoted(name) + (f" (is that {near[0]}?)" if near else "")
