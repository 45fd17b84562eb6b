"""A panel below a button, filled when somebody opens it: what few ask for costs the others nothing."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

_SOURCE = "Where is this from?"


def panel(
    label: str,
    fill: Callable[[], None],
    *,
    key: str,
    icon: str | None = None,
    type: Literal["secondary", "tertiary"] = "secondary",
) -> None:
    """Offer a panel.

    Args:
        label: of its button.
        fill: draws what is in it.
        key: its name on the page.
        icon: before the label.
        type: how much the button stands out.
    """
    # No fragment of its own: a live run draws panels within its own, whose next look would not find what it wrote.
    opened = st.popover(label, icon=icon, type=type, key=f"panel_{key}", on_change="rerun")
    if opened.open:
        with opened:
            fill()


def source(words: str, command: str, more: Callable[[], None] = lambda: None, *, key: str = "source") -> None:
    """Offer the panel that says where numbers come from: in ``words``, by a command, and whatever ``more`` draws."""

    def fill() -> None:
        st.markdown(words)
        st.code(command, language=None, wrap_lines=True)
        more()

    panel(_SOURCE, fill, key=key, type="tertiary")
