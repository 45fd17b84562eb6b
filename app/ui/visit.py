"""How far a visitor has come on the path through the lessons, and how to start over."""

import streamlit as st

from app.ui import question

_KEPT = {"visitor"}  # by which the pool knows a run's watchers apart


def seen(lesson: str) -> None:
    """Note that the visitor has been in this lesson."""
    st.session_state.setdefault("seen", set()).add(lesson)


def progress(lesson: str) -> str:
    """Return what the visitor has done in this lesson: ``"predicted"``, ``"seen"`` or nothing yet, ``""``."""
    if question.predicted(lesson):
        return "predicted"
    return "seen" if lesson in st.session_state.get("seen", ()) else ""


def forget() -> None:
    """Forget the visitor's predictions, settings and progress, also in the URL."""
    for name in set(st.session_state) - _KEPT:
        del st.session_state[name]
    st.query_params.clear()
