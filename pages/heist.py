"""Heist: which mark survives the theft?"""

from functools import partial

import streamlit as st

from app.lab import choices
from app.lab.experiment import Experiment
from app.runs.job import Job
from app.ui import charts, findings, frame, live, over_seeds, pictures, question, settings
from app.ui.heist import film
from app.ui.heist.film import Gate
from app.ui.history import History
from app.ui.question import Question

COURT, OUTCOMES = "In court, which copy is convicted?", list(findings.OUTCOMES.values())


def lanes(experiment: Experiment, known: History, *, blind: bool) -> None:
    """The three victims, then the copies, while they train; ``blind``: what a copy knows of the mark is kept back."""
    role = "copy" if known.measured["copy"] else "victim"
    measured, last = known.measured[role], known.last(role)
    if not measured:
        return
    epochs = experiment.adversary_epochs if role == "copy" else experiment.task_epochs + experiment.watermark_epochs
    left, right = st.columns(2)
    with left:
        spec = charts.rate_curves(measured, "accuracy", epochs)
        frame.figure(findings.accuracies(role, last), spec, "accuracy")
    with right:
        if role == "copy" and blind:
            st.markdown("Do they know the secret? Predict, and watch; or see it in court, when they are trained.")
            return
        spec = charts.rate_curves(measured, "watermark", epochs)
        frame.figure(findings.secret_answers(role, last), spec, "mark")


def secret(experiment: Experiment, known: History) -> None:
    """What the owner hides, as pictures."""
    if known.probe is None:
        return
    words = f"The secret: {settings.wording(experiment.trigger)} → {experiment.target}"
    st.subheader(words, anchor=False)
    pictures.strip(pictures.triggers(known.probe), alt=f"{words}. A few of the triggers.", key="secret")


def questions(known: History) -> None:
    """What the thief asks, and what he is told."""
    asked = known.queries["entangled"] or known.queries["naive"]
    if asked:
        finding = findings.questions(asked[-1])
        st.subheader(finding, anchor=False)
        pictures.strip(pictures.answers(asked[-1]), alt=finding, key="queries")


def reasons(experiment: Experiment, known: History) -> None:
    """Why it ended so, written from the result; below it, the numbers one by one."""
    claims, thefts = known.claims, known.thefts
    result = known.finished.result if known.finished else {}
    asked, have_truth = settings.wording(experiment.inputs, "inputs"), experiment.inputs in choices.OF_THE_TASK
    over_seeds.of_survival(experiment, {lane: theft.stolen_watermark for lane, theft in thefts.items()})
    frame.explain(
        *(findings.fate(thefts[lane], claim) for lane, claim in claims.items()),
        findings.granted(claims),
        *(
            findings.channel(thefts[lane], experiment.answers, asked, experiment.target, have_truth=have_truth)
            for lane in claims
        ),
        findings.price(thefts, result["clean"]["accuracy"]),
    )
    with st.expander("Original and copy, side by side"):
        frame.figure(findings.verdict(claims, thefts), charts.verdict(claims, thefts), "verdict")
        st.caption("Hollow: the victim. Filled: its copy. From the dashed line on, the court convicts.")
    with st.expander("How sure is sure? The p-value, query by query"):
        claim = claims["entangled"]
        frame.figure(findings.evidence(claims), charts.growing_proof(claims), "evidence")
        st.caption(
            "“From trigger N on”: with the first N triggers, and with every larger number of them, p stays below "
            f"the dashed line. The axis ends at {charts.SMALLEST_P:.0e}; what is smaller is drawn there."
        )
        st.markdown(
            f"Exact binomial test: does the copy give the secret answer more often than an innocent model? "
            f"The worse of this run's two clean models, the victim and its copy, gave it to {claim.clean_successes} of "
            f"{claim.clean_queries} triggers, so an innocent model is granted {findings.percent(claim.innocent_rate)}: "
            "the upper end of the exact 95\u202f% interval. Below 0.05, the claim is established; 1 innocent in 20 "
            "would be accused."
        )


def draw(experiment: Experiment, predicted: Question, job: Job, known: History) -> None:
    """The heist: live, as far as it is known; finished, the film of it and then the reasons."""
    if known.finished is None:
        st.caption(f"{'; '.join(f'*{lane}*: {role}' for lane, role in film.ROLES.items())}.")
        predicted.ask(COURT, OUTCOMES, job)
        lanes(experiment, known, blind=not (predicted.prediction or predicted.revealed))
        questions(known)
        secret(experiment, known)
        return
    sealed = predicted.sealed(job)
    victims = known if known.probe else live.known_victims(experiment)
    gate = Gate(COURT, OUTCOMES, sealed, predicted.prediction is not None)
    with frame.picture("film"):  # which asks the question itself, before the trial
        film.draw(experiment, known, victims.probe, gate, predict=predicted.predict, reveal=predicted.reveal)
    predicted.settle(job)
    if not sealed:
        predicted.compare(findings.outcome(known.claims))
    origin = st.container()
    if not sealed:
        reasons(experiment, known)
    with origin:  # once the figures are drawn: they can be taken away from here
        frame.provenance(experiment, job.origin, known.finished.seconds)


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
