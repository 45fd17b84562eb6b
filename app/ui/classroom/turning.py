"""To turn to another page because the server says so, and not a click in the browser."""

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from app import paths
from app.ui.components import component

_LINK = "room_turn"  # unseen: see page.css


def turn(page: str, link: Mapping[str, str] | None = None) -> NoReturn:
    """Turn to the page with this name; call it before anything of the present one is drawn.

    The browser clicks a link. With ``st.switch_page`` (Streamlit 1.67), a fragment's timer that ticks meanwhile brings
    the page before back, empty; and a page with a widget that is bound to its address stays ("Bad delta path").
    """
    with st.container(key=_LINK, gap=None):
        st.page_link(paths.page(page), label=page, query_params=link)
        component("classroom/turn")(key="room_turn_click", data={"link": f".st-key-{_LINK} a"})
    st.stop()
