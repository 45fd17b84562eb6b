"""A run on the page: found again after a reload, started, watched, stopped."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from app.lab import variation
from app.lab.experiment import Experiment, preset
from app.lab.record import Task
from app.runs.job import Job
from app.ui import runtime, settings
from app.ui.history import History

_POLL_SECONDS = 0.4
_BLINK = 0.6  # seconds that a touch may wait for its effect
_FIRST_LOOK = 6  # events: the beginning, the probe, the phase, and the first measurement of each victim
_TOO_EARLY = 0.15  # of the work: before, an estimate of the time left says nothing
_FOLLOW = 0.1  # of the way to a new estimate, at each look
_ROUND = 5  # seconds
_LIVE = "live"  # in the URL while the visitor watches a live run, so that a reload finds it again
_PHASES = {
    "": "Starting",
    "task": "All three victims learn their task",
    "triggers": "The owner hides the triggers from innocent models",
    "watermark": "The three models part ways: clean, naive, entangled",
    "query": "The thief sends the queries",
    "copy": "The thief trains the copies",
    "claim": "In court",
    "exhibits": "The owner lays out the triggers",
    "bystanders": "Two innocent models learn the task, as controls",
    "framing": "A dishonest owner nudges the triggers",
    "removal": "The thief attacks the marks in the copies",
    "victim": "The victim learns its task",
    "pretraining": "The thief's network learns another task first",
    "attack": "The thief asks, and fits a copy to the answers",
}


@dataclass
class Countdown:
    """The time left of one run, for a progress bar: shown late, in round numbers, never rising."""

    _total: float | None = None
    _left: float = math.inf

    def left(self, gone: float, share: float) -> int | None:
        """Return the seconds left after ``gone`` seconds and ``share`` of the work; None while it is too early."""
        if share < _TOO_EARLY:
            return None
        total = gone / share
        # Steps differ in cost, and the machine has other work: the total follows slowly. Where it has
        # grown, the count stands still until the truth has caught up with it.
        self._total = total if self._total is None else self._total + _FOLLOW * (total - self._total)
        self._left = max(0.0, min(self._left, self._total - gone))
        return max(1, math.ceil(self._left / _ROUND)) * _ROUND


def find(experiment: Experiment, task: Task = "run") -> Job | None:
    """Return the run to show: the live one of this task that this visitor watches, else the recorded one, else None."""
    asked = st.query_params.get(_LIVE)
    if asked == "start":
        launch(experiment, task)
    pool, visitor = runtime.pool(), runtime.visitor()
    found = pool.recorded(experiment, task)
    if task == "run":  # of some heists only the result is recorded
        found = found or pool.recorded(experiment, "result")
    job = pool.find(experiment.key, task) if asked else found
    if job is not None and job.active:
        pool.watch(job, visitor)
    return job


def launch(experiment: Experiment, task: Task = "run") -> None:
    """Start the experiment, or join it where somebody runs it already."""
    job = runtime.pool().submit(experiment, runtime.visitor(), task, fresh=True)
    st.query_params[_LIVE] = "1"
    job.wait(_BLINK, events=_FIRST_LOOK)  # so that the first drawing has something to show


def recorded_victims(experiment: Experiment) -> History:
    """Return the recorded run of the experiment's preset; an empty history if its victims are others."""
    usual = settings.owners(experiment)
    run = runtime.pool().recorded(usual) if usual.victim_key == experiment.victim_key else None
    return History.of(run.events if run and run.status == "done" else ())


def project(experiment: Experiment) -> Job:
    """Return the job that projects a finished run by UMAP, on its way or done."""
    return runtime.pool().submit(experiment, runtime.visitor(), task="umap")


def trial(experiment: Experiment) -> Job:
    """Return the job that holds the trial of a finished run, on its way or done."""
    return runtime.pool().submit(experiment, runtime.visitor(), task="trial")


@contextmanager
def controls(experiment: Experiment, job: Job | None, *more: str, task: Task = "run") -> Iterator[None]:
    """Lay out a lesson's row of controls: its own, the button of the run, and the settings ``more`` in a popover."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        yield
        _run_button(experiment, job, task)
        settings.more(experiment, *more)
    settings.refusal()


def _run_button(experiment: Experiment, job: Job | None, task: Task) -> None:
    """Offer to run live, first of all where there is no result yet; while a run is on its way, offer to stop it."""
    if job is not None and job.active:
        st.button("Stop", icon=":material/stop:", key="stop", on_click=_stop, args=(job,))
    else:
        st.button(
            "Run it live",
            type="primary" if job is None else "secondary",
            icon=":material/play_arrow:",
            key="run",
            on_click=launch,
            args=(experiment, task),
        )
    if job is not None and job.status in ("stopped", "failed"):
        st.button("Show the recorded run", key="recorded", on_click=_show_recorded)


def island(job: Job | None, draw: Callable[[Job, History], None]) -> None:
    """Draw a run, again and again while it is on its way; ``draw`` gets the events so far."""
    if job is None:
        st.info("Nobody has run this setting yet. Run it live.", icon=":material/play_arrow:")
        way_back()
        return
    active = job.active
    countdown = Countdown()

    @st.fragment(run_every=_POLL_SECONDS if active else None)
    def panel() -> None:
        still = job.active  # before the events: once it is false, they are complete
        runtime.pool().watch(job, runtime.visitor())
        history = History.of(job.events)
        _status(job, history, countdown)
        draw(job, history)
        if active and not still:
            st.rerun()  # the timer goes, the page settles

    panel()


def way_back() -> None:
    """Offer to undo what was changed, here or in another lesson, and say what that was."""
    experiment = settings.chosen()
    recorded = preset(variation.preset_name(experiment))
    changed = settings.in_words(experiment, recorded)
    if changed:
        st.markdown(f"You changed: {changed}.")
        st.button("Back to what is recorded", key="way_back", on_click=settings.choose, args=(recorded,))


def _show_recorded() -> None:
    st.query_params.pop(_LIVE, None)


def _stop(job: Job) -> None:
    runtime.pool().stop(job, runtime.visitor())
    job.wait(_BLINK)  # so that the next drawing shows it stopped; where others watch, it goes on


def _status(job: Job, history: History, countdown: Countdown) -> None:
    match job.status:
        case "queued":
            st.progress(0.0, _waiting(job))
        case "running" if job.task == "umap":
            st.info(
                "UMAP is being laid out; the first time on a machine that takes about a minute. "
                "Until then, this is the map by PCA.",
                icon=":material/hourglass_top:",
            )
        case "running":
            st.progress(history.share, f"{_PHASES[history.phase]}{_time_left(job, history.share, countdown)}")
        case "stopped":
            st.info(
                "Stopped. What happened by then stays below; run it again whenever you like.", icon=":material/stop:"
            )
        case "failed":
            st.error(job.error, icon=":material/warning:")
        case _:
            pass


def _waiting(job: Job) -> str:
    if not runtime.pool().serving:
        return "The process that trains is starting: some seconds, once."
    return f"Queued: position {job.position}. It begins as soon as a worker is free."


def _time_left(job: Job, share: float, countdown: Countdown) -> str:
    left = None if job.began is None else countdown.left(time.monotonic() - job.began, share)
    return " …" if left is None else f" · about {left} s left"
