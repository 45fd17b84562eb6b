"""What all visitors share: the pool of workers, built once; and what one visitor has: a name.

Streamlit reruns a page's script for every touch. What was imported by the time the pool is built is frozen out of the
garbage collector, which otherwise walks all of torch after every rerun (130 ms each).
"""

import gc
import uuid

import streamlit as st

from app import environment
from app.runs import log
from app.runs.pool import Pool
from app.runs.store import Store


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """Return the pool of workers, as the environment wants it, started on first use."""
    chosen = environment.read()
    log.begin(chosen.log)
    store = Store()
    store.prune()
    started = Pool(
        chosen.workers,
        store,
        time_limit=chosen.time_limit,
        grace=chosen.grace,
        memory_limit=chosen.memory_limit * 2**20,
        queue=chosen.queue,
        remembered=chosen.remembered,
        scheduler=chosen.scheduler,
    )
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
