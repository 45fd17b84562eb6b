"""A run on the page: found again after a reload, started, watched, stopped."""

import time
from collections.abc import Callable

import streamlit as st

from app.lab.experiment import Experiment
from app.runs.job import Job
from app.ui import runtime
from app.ui.chronicle import Chronicle

_POLL_SECONDS = 0.4
_BLINK = 0.6  # seconds that a touch may wait for its effect
_FIRST_LOOK = 6  # events: the beginning, the probe, the phase, and the first look at each lane
_LIVE = "live"  # in the URL while the visitor watches a live run, so that a reload finds it again
_PHASES = {
    "": "Starting",
    "task": "All three victims learn their task",
    "triggers": "The owner hides the triggers from innocent models",
    "watermark": "The three part: clean, naive, entangled",
    "query": "The thief asks his queries",
    "copy": "The thief trains his copies",
    "claim": "In court",
}


def find(experiment: Experiment) -> Job | None:
    """Return the run to show: the live one that this visitor watches, else the recorded one, else None."""
    asked = st.query_params.get(_LIVE)
    if asked == "start":
        launch(experiment)
    pool, visitor = runtime.pool(), runtime.visitor()
    job = pool.find(experiment.key) if asked else pool.recorded(experiment)
    if job is not None and job.active:
        pool.watch(job, visitor)
    return job


def launch(experiment: Experiment) -> None:
    """Start the experiment, or join it where somebody runs it already."""
    job = runtime.pool().submit(experiment, runtime.visitor(), fresh=True)
    st.query_params[_LIVE] = "1"
    job.wait(_BLINK, events=_FIRST_LOOK)  # so that the first drawing has something to show


def unfold(experiment: Experiment) -> Job:
    """Return the projection of a finished run by UMAP, on its way or done."""
    return runtime.pool().submit(experiment, runtime.visitor(), task="umap")


def run_button(experiment: Experiment, job: Job | None, label: str) -> None:
    """Offer to run live; while a run is on its way, offer to stop it instead."""
    if job is not None and job.active:
        st.button("Stop", icon=":material/stop:", key="stop", on_click=_stop, args=(job,))
    else:
        st.button(label, type="primary", icon=":material/play_arrow:", key="run", on_click=launch, args=(experiment,))
    if job is not None and job.status in ("stopped", "failed"):
        st.button("Show the recorded run", key="recorded", on_click=_show_recorded)


def island(job: Job | None, draw: Callable[[Job, Chronicle], None]) -> None:
    """Draw a run, again and again while it is on its way; ``draw`` gets what is known so far."""
    if job is None:
        st.info("Nobody has run this setting yet. Run it live.", icon=":material/play_arrow:")
        return
    active = job.active

    @st.fragment(run_every=_POLL_SECONDS if active else None)
    def panel() -> None:
        still = job.active  # before the events: once it is false, they are complete
        runtime.pool().watch(job, runtime.visitor())
        known = Chronicle.of(job.events)
        _status(job, known)
        draw(job, known)
        if active and not still:
            st.rerun()  # the timer goes, the page settles

    panel()


def _show_recorded() -> None:
    st.query_params.pop(_LIVE, None)


def _stop(job: Job) -> None:
    runtime.pool().stop(job, runtime.visitor())
    job.wait(_BLINK)  # so that the next drawing shows it stopped; where others watch, it goes on


def _status(job: Job, known: Chronicle) -> None:
    match job.status:
        case "queued":
            st.progress(0.0, f"Queued: position {job.position}. Other runs are in front of yours.")
        case "running" if job.task == "umap":
            st.progress(0.0, "UMAP lays out the features; the first time on a machine takes half a minute …")
        case "running":
            st.progress(known.share, f"{_PHASES[known.phase]}{_time_left(job, known.share)}")
        case "stopped":
            st.info(
                "Stopped. What was known by then stays below; run it again whenever you like.", icon=":material/stop:"
            )
        case "failed":
            st.error(job.error, icon=":material/warning:")
        case _:
            pass


def _time_left(job: Job, share: float) -> str:
    if job.began is None or share < 0.05:
        return " …"
    gone = time.monotonic() - job.began
    return f" · about {gone / share - gone:.0f} s left"
