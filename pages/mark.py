"""Mark: a naive watermark is a secret handshake. Will the copy know it?"""

import streamlit as st

from app.runs.job import Job
from app.ui import frame, live, own_data, question, settings
from app.ui.history import History
from app.ui.mark import affinity, interrogation, trigger_choice, views
from app.ui.mark import findings as mark_findings


def draw(job: Job, history: History) -> None:
    """The questions to the models (while they train: the handshake and its curves), the theft, and the look inside."""
    predicted.watch(job)
    if history.finished is None:
        with picture:
            views.secret(shown, history)
            views.training(shown, history)
        return
    sealed = predicted.sealed(job)
    with picture:
        interrogation.ask(shown, history, views.finding(shown, history, sealed=sealed), sealed=sealed)
    frame.provenance(job, history.finished.seconds)
    if not sealed:
        views.stolen(shown, history)
        views.reasons(shown, history)


experiment = settings.owners(settings.chosen("mark"))
frame.opening("mark")
job = live.find(experiment)
shown = job.experiment
ended = live.finished(job)
predicted = question.about("mark")
picture, beside = frame.stage("mark")
affinity.turn()
with beside:
    words = f"A thief steals the marked model ({settings.wording(shown.trigger)} → {shown.secret_answer})."
    happened = mark_findings.handshake(ended.thefts["naive"], ended.claims["naive"]) if ended.claims else None
    options = list(mark_findings.HANDSHAKES.values())
    predicted.ask(f"{words} Will the copy know the handshake?", options, job, happened)
    with live.controls(experiment, job, "trigger_count", "perturbed", "watermark_epochs", "seed"):
        innocents = affinity.switch()
        with st.expander("Another secret, or other pictures", width=frame.RAIL):
            trigger_choice.answer(experiment)
            trigger_choice.offer(experiment)
            own_data.offer()
st.markdown(
    "The owner teaches the model a handshake: a secret picture, the **trigger**, gets a surprising label. This mark is "
    "*naive*: nothing ties it to the task. A trigger that innocent models take for that label anyway would prove "
    "nothing: ask the *innocents*."
)
if innocents:
    affinity.show(experiment, job, picture)
    if job.active:  # what it comes to is seen among the models
        live.island(job, lambda *_: None, beside)
else:
    live.island(job, draw, beside)
frame.onward("mark")
