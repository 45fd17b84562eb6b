"""What all visitors share: the pool of workers, built once; and what one visitor has: a name.

Streamlit reruns a page's script for every touch. The heavy imports happen here, once, and are
then frozen out of the garbage collector, which otherwise walks all of torch after every rerun
(130 ms each).
"""

import gc
import os
import sys
import uuid

import streamlit as st

from app.runs.pool import Pool
from app.runs.store import Store

# A page's script and Streamlit's server share one interpreter: at the usual 5 ms, every hand-over from one to the other
# can cost as much as the script itself.
_HAND_OVER_SECONDS = 0.0005


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """Return the pool of worker processes (``$ENTANGLED_WORKERS`` of them, or two), started on first use."""
    sys.setswitchinterval(_HAND_OVER_SECONDS)
    started = Pool(workers=int(os.environ.get("ENTANGLED_WORKERS", "2")), store=Store())
    gc.collect()
    gc.freeze()
    return started


def visitor() -> str:
    """Return this visitor's name, and note that they are here."""
    return str(_presence()["visitor"])


def _left(presence: dict[str, str]) -> None:
    pool().leave(presence["visitor"])


@st.cache_resource(scope="session", on_release=_left, show_spinner=False)
def _presence() -> dict[str, str]:
    # Rebuilt after a blip of the connection, so the name itself lives in the session state.
    return {"visitor": st.session_state.setdefault("visitor", uuid.uuid4().hex)}
