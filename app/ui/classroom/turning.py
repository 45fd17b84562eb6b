"""To turn to another page because the server says so, and not a click in the browser."""

from collections.abc import Mapping

import streamlit as st

from app import paths
from app.ui.components import component

_TURN = "room_turn"  # in the session state: the page to turn to, and with which settings; until it is reached


def turn(page: str, link: Mapping[str, str] | None = None) -> None:
    """Turn to the page with this name, as soon as the present one is drawn so far."""
    st.session_state[_TURN] = page, dict(link or {})


def stay() -> None:
    """Turn nowhere."""
    st.session_state.pop(_TURN, None)


def draw(page: str) -> None:
    """On the page with this name, let the browser click the link to where it turns, if it turns.

    The present page is drawn on meanwhile, as when a visitor clicks. Ended early or left by ``st.switch_page``
    (Streamlit 1.67), it has fewer places than a fragment that is drawn once more, and the browser stays where it is
    ("Bad delta path").
    """
    if (turned := st.session_state.get(_TURN)) is None:
        return
    name, link = turned
    if name == page:
        del st.session_state[_TURN]
        return
    with st.container(key=_TURN, gap=None):  # unseen: see page.css
        st.page_link(paths.page(name), label=name, query_params=link)
        component("classroom/turn")(key="room_turn_click", data={"link": f".st-key-{_TURN} a"})
