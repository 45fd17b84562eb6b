"""To turn to another page because the server says so, and not a click in the browser."""

import time
from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from app import paths
from app.ui.components import component

_LAST_TICKS = 0.3  # seconds, in which a browser hears that the timers of its page are over
_LINK = "room_turn"


def turn(page: str, link: Mapping[str, str] | None = None) -> NoReturn:
    """Turn to the page with this name; call it before anything of the present one is drawn.

    A fragment's timer that ticks while the server turns brings the page before back, empty (Streamlit 1.67). By the
    beginning of this run, the browser has been told to end them; what it sent before arrives meanwhile, and goes.

    From a page with a setting in its address to which a widget is bound, the server cannot turn: Streamlit's page loses
    its place ("Bad delta path") and stays. There the browser clicks a link.
    """
    if st.query_params:
        with st.container(key=_LINK, gap=None):
            st.page_link(paths.page(page), label=page, query_params=link)
            component("classroom/turn")(key="room_turn_click", data={"link": f".st-key-{_LINK} a"})
        st.stop()
    time.sleep(_LAST_TICKS)
    st.switch_page(paths.page(page), query_params=link)
