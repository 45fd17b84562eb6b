"""Heist: which mark survives the theft?"""

import streamlit as st

from app.runs.job import Job
from app.ui import findings, frame, live, question, settings
from app.ui.heist import beats, film, views
from app.ui.heist import findings as heist_findings
from app.ui.heist.film import Gate
from app.ui.history import History

OUTCOMES = list(findings.OUTCOMES.values())


def draw(job: Job, history: History) -> None:
    """The heist: told as a film once it is over; while it is live, its events so far."""
    if history.finished:
        tell(job, history)
    else:
        watch(job, history)


def watch(job: Job, history: History) -> None:
    """The heist while it is live: its events so far."""
    experiment = job.experiment
    predicted.watch(job)
    with picture:
        views.training(experiment, history)
    views.queries(experiment, history)
    views.secret(experiment, history)
    st.caption(f"{'; '.join(f'*{defence}*: {role}' for defence, role in film.ROLES.items())}.")


def tell(job: Job, known: History) -> None:
    """The heist that was run: the film of it and of the other theft, and then the reasons."""
    shown, sealed = job.experiment, predicted.sealed(job)
    victims = known if known.probe else live.recorded_victims(shown)
    with picture:  # which asks the question, too, before the trial
        film.draw(
            beats.around(shown, known),
            shown,
            victims.probe,
            Gate(words, OUTCOMES if predicted.open else (), sealed, predicted.prediction is not None),
            fresh=job.origin == "live",
            choose=turn,
            predict=predicted.predict,
            reveal=predicted.reveal,
        )
    origin = st.container()
    if not sealed:
        views.reasons(shown, known)
    with origin:  # once the figures are drawn: they can be taken away from here
        frame.provenance(job, known.finished.seconds if known.finished else None)


def turn(inputs: str) -> None:
    """Turn to a thief who asks other inputs."""
    settings.change(experiment, inputs=inputs)


experiment = settings.chosen("heist")
frame.opening("heist")
job = live.find(experiment)
known = live.finished(job)
predicted = question.about("heist")
words = heist_findings.question(beats.thief(job.experiment), job.experiment)
picture, beside = frame.stage("heist")
more = ("inputs", "answers", "initialisation", "architecture", "budget", "kappa", "temperature", "schedule", "seed")
with beside:
    predicted.ask(words, OUTCOMES, job, findings.outcome(known.claims) if known.claims else None)
    with live.controls(experiment, job, *more):
        pass
if known.finished:
    tell(job, known)
else:
    live.island(job, draw, beside)
frame.onward("heist")
