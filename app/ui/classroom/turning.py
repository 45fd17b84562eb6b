"""To turn to another page because the server says so, and not a click in the browser."""

import time
from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from app import paths

_LAST_TICKS = 0.3  # seconds, in which a browser hears that the timers of its page are over


def turn(page: str, link: Mapping[str, str] | None = None) -> NoReturn:
    """Turn to the page with this name; call it before anything of the present one is drawn.

    A fragment's timer that ticks while the server turns brings the page before back, empty (Streamlit 1.67). By the
    beginning of this run, the browser has been told to end them; what it sent before arrives meanwhile, and goes.
    """
    time.sleep(_LAST_TICKS)
    st.switch_page(paths.page(page), query_params=link)
