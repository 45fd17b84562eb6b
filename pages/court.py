"""Court: how sure is sure? The visitor is the owner who has to prove that a copy is theirs."""

from functools import partial

import streamlit as st

from app.lab.experiment import Experiment
from app.lab.stories.events import Weights
from app.lab.stories.trial import Hearing
from app.runs.job import Job
from app.ui import frame, live, settings
from app.ui.court import rooms
from app.ui.history import History

ROOMS = {
    "This trial": rooms.this_trial,
    "How many triggers": rooms.power,
    "Several suspects": rooms.several,
    "A false claim": rooms.false_claim,
    "Your own suspect": rooms.own_suspect,
}


def draw(experiment: Experiment, room: str, job: Job, history: History) -> None:
    """The chosen room, once the trial is over."""
    if history.finished:
        ROOMS[room](experiment, Hearing.of(job.events))
        frame.provenance(experiment, job.origin, history.finished.seconds)


experiment = settings.chosen()
frame.opening(
    "court",
    "You are the owner. A model out there resembles yours. Ask it your secret triggers, one by one: each secret answer "
    "is evidence, and an innocent model gives one now and then, too.",
)
run = live.find(experiment)
with live.controls(experiment, run, "inputs", "answers", "seed"):
    first = next(iter(ROOMS))
    room = st.segmented_control(
        "The court hears", list(ROOMS), default=first, required=True, wrap=True, key="room", bind="query-params"
    )
if run is None or run.status != "done":
    live.island(run, lambda job, history: None)
elif not any(isinstance(event, Weights) for event in run.events):
    st.info("Of this heist only the result is recorded. Run it live to hold the trial.", icon=":material/gavel:")
    live.way_back()
else:
    live.island(live.trial(experiment), partial(draw, experiment, room))
frame.onward("court")
