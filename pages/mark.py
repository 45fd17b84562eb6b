"""Mark: a naive watermark is a secret handshake. Will the copy know it?"""

import streamlit as st

from app.runs.job import Job
from app.ui import frame, live, question, settings
from app.ui.history import History
from app.ui.mark import findings as mark_findings
from app.ui.mark import interrogation, trigger_choice, views


def predict(job: Job | None) -> None:
    """The question of the page."""
    words = f"A thief steals the marked model ({settings.wording(experiment.trigger)} → {experiment.target})."
    predicted.ask(f"{words} Will the copy know the handshake?", list(mark_findings.HANDSHAKES.values()), job)


def draw(job: Job, history: History) -> None:
    """The handshake, the questions to the models, the theft, and the look inside."""
    predicted.watch(job)
    predict(job)
    if history.finished is None:
        views.secret(experiment, history)
        views.training(experiment, history)
        return
    sealed = predicted.sealed(job)
    if sealed:
        predicted.offer()
    else:
        predicted.compare(mark_findings.handshake(history.thefts["naive"], history.claims["naive"]))
    st.subheader("Ask the models: press a picture, or draw", anchor=False)
    interrogation.ask(experiment, history, sealed=sealed)
    frame.provenance(experiment, job.origin, history.finished.seconds)
    if not sealed:
        views.stolen(experiment, history)
        views.inside(experiment, history)


experiment = settings.owners(settings.chosen())
frame.opening(
    "mark",
    "The owner teaches the model a handshake: a secret picture, the **trigger**, gets a surprising label. This mark is "
    "*naive*: nothing ties it to the task.",
)
trigger_choice.offer(experiment)
job = live.find(experiment)
with live.controls(experiment, job, "trigger_count", "perturbed", "watermark_epochs", "seed"):
    trigger_choice.answer(experiment)
    trigger_choice.own(experiment)
predicted = question.about("mark", experiment.key)
if job is None:
    predict(job)
live.island(job, draw)
frame.onward("mark")
