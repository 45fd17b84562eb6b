"""Court: how sure is sure? The visitor is the owner who has to prove that a copy is theirs."""

from functools import partial

import streamlit as st

from app.lab.stories.hearing import Hearing
from app.runs.job import Job
from app.ui import frame, links, live, settings
from app.ui.court import own_suspect, rooms
from app.ui.court.stage import Stage
from app.ui.history import History

ROOMS = {
    "This trial": rooms.this_trial,
    "How many triggers": rooms.power,
    "Several suspects": rooms.several,
    "Who can be judged": rooms.judged,
    "A false claim": rooms.false_claim,
    "Your own suspect": own_suspect.room,
}


def draw(room: str, stage: Stage, job: Job, history: History) -> None:
    """The chosen room, once the trial is over."""
    experiment = job.experiment
    if history.finished:
        ROOMS[room](experiment, Hearing.of(job.events), stage)
        frame.provenance(job, history.finished.seconds)


experiment = settings.chosen("court")
frame.opening("court")
run = live.find(experiment, models=True)
picture, beside = frame.stage("court")
with beside:
    asked = st.container()
    first = next(iter(ROOMS))
    room = st.selectbox("The court hears", list(ROOMS), key="room", bind=links.one_of("room", ROOMS, first))
    controls = st.container()
with beside, live.controls(experiment, run, "inputs", "answers", "seed"):
    pass
st.markdown(
    "You are the owner. A model out there resembles yours. Ask it your secret triggers, one by one: each secret answer "
    "is evidence, and an innocent model gives one now and then, too."
)
ended = run if run.status == "done" else live.recorded(experiment, models=True)
if ended.status == "done":
    live.island(live.trial(ended.experiment), partial(draw, room, Stage(picture, asked, controls)), beside)
if run.status != "done":
    live.island(run, lambda job, history: None, beside)
frame.onward("court")
