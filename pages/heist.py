"""Heist: which mark survives the theft?"""

from functools import partial

import streamlit as st

from app.lab.experiment import Experiment
from app.runs.job import Job
from app.ui import findings, frame, live, question, settings
from app.ui.heist import film, views
from app.ui.heist.film import Gate
from app.ui.history import History
from app.ui.question import Question

COURT, OUTCOMES = "In court, which copy is convicted?", list(findings.OUTCOMES.values())


def draw(experiment: Experiment, predicted: Question, job: Job, history: History) -> None:
    """The heist: while it is live, its events so far; finished, the film of it and then the reasons."""
    if history.finished is None:
        st.caption(f"{'; '.join(f'*{defence}*: {role}' for defence, role in film.ROLES.items())}.")
        predicted.ask(COURT, OUTCOMES, job)
        views.training(experiment, history, blind=not (predicted.prediction or predicted.revealed))
        views.queries(history)
        views.secret(experiment, history)
        return
    sealed = predicted.sealed(job)
    victims = history if history.probe else live.recorded_victims(experiment)
    gate = Gate(COURT, OUTCOMES, sealed, predicted.prediction is not None)
    with frame.picture("film"):  # which asks the question itself, before the trial
        film.draw(experiment, history, victims.probe, gate, predict=predicted.predict, reveal=predicted.reveal)
    predicted.settle(job)
    if not sealed:
        predicted.compare(findings.outcome(history.claims))
    origin = st.container()
    if not sealed:
        views.reasons(experiment, history)
    with origin:  # once the figures are drawn: they can be taken away from here
        frame.provenance(experiment, job.origin, history.finished.seconds)


experiment = settings.chosen()
frame.opening("heist")
job = live.find(experiment)
predicted = question.about("heist", experiment.key)
more = ("initialisation", "architecture", "budget", "kappa", "temperature", "schedule", "seed")
with live.controls(experiment, job, *more):
    settings.control("inputs", experiment)
    settings.control("answers", experiment)
if job is None:
    predicted.ask(COURT, OUTCOMES)
live.island(job, partial(draw, experiment, predicted))
frame.onward("heist")
