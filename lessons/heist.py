"""Heist: which mark survives the theft?"""

from functools import partial

import streamlit as st

from app.lab import extraction
from app.lab.experiment import Experiment
from app.runs.job import Job
from app.ui import charts, findings, lesson, live, luck, pictures, question, settings
from app.ui.chronicle import Chronicle
from app.ui.question import Question


def lanes(experiment: Experiment, known: Chronicle) -> None:
    """The three victims, then the copies, while they train."""
    role = "copy" if known.measured["copy"] else "victim"
    measured, last = known.measured[role], known.last(role)
    if not measured:
        return
    epochs = experiment.thief_epochs if role == "copy" else experiment.task_epochs + experiment.watermark_epochs
    left, right = st.columns(2)
    with left:
        spec = charts.rate_curves(measured, "accuracy", epochs)
        lesson.figure(findings.accuracies(role, last), spec, "accuracy")
    with right:
        spec = charts.rate_curves(measured, "watermark", epochs)
        lesson.figure(findings.secret_answers(role, last), spec, "mark")


def secret(experiment: Experiment, known: Chronicle) -> None:
    """What the owner hides, as pictures."""
    if known.probe is None:
        return
    words = f"The secret: {settings.wording(experiment.trigger)} → {experiment.target}"
    st.subheader(words, anchor=False)
    pictures.strip(pictures.triggers(known.probe), alt=f"{words}. A few of the triggers.", key="secret")


def questions(known: Chronicle) -> None:
    """What the thief asks, and what he is told."""
    asked = known.queried.get("entangled") or known.queried.get("naive")
    if asked is not None:
        finding = findings.questions(asked)
        st.subheader(finding, anchor=False)
        pictures.strip(pictures.answers(asked), alt=finding, key="queries")


def verdict(experiment: Experiment, predicted: Question, known: Chronicle, job: Job) -> None:
    """The picture of the page, then the reasons."""
    result = known.finished.result if known.finished else {}
    predicted.compare(findings.outcome(known.claims))
    spec = charts.verdict(known.claims, known.thefts)
    lesson.figure(findings.verdict(known.claims, known.thefts), spec, "verdict")
    st.caption("Hollow: the victim. Filled: its copy. Dashed: the rate that is granted to an innocent model.")
    lesson.provenance(experiment, job.origin, known.finished.seconds if known.finished else None)
    luck.of_survival(experiment, {lane: theft.stolen_watermark for lane, theft in known.thefts.items()})
    asked = settings.wording(experiment.inputs, "inputs")
    lesson.explain(
        *(findings.fate(known.thefts[lane], claim) for lane, claim in known.claims.items()),
        *(
            findings.channel(
                known.thefts[lane],
                experiment.answers,
                asked,
                experiment.target,
                have_truth=experiment.inputs in extraction.OF_THE_TASK,
            )
            for lane in known.claims
        ),
        findings.price(known.thefts, result["clean"]["accuracy"]),
    )
    with st.expander("How sure is sure? The p-value, query by query"):
        claim = known.claims["entangled"]
        lesson.figure(findings.evidence(known.claims), charts.growing_proof(known.claims), "evidence")
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


def draw(experiment: Experiment, predicted: Question, job: Job, known: Chronicle) -> None:
    """The heist so far."""
    predicted.watch(job)
    if known.finished is None:
        secret(experiment, known)
        questions(known)
        lanes(experiment, known)
        return
    st.subheader(findings.copy_headline(known.thefts), anchor=False)
    sealed = predicted.sealed(job)
    if not sealed:
        verdict(experiment, predicted, known, job)
    secret(experiment, known)
    questions(known)
    if sealed:
        st.button("Open the verdict without a prediction", key="reveal", on_click=predicted.reveal)


experiment = settings.chosen()
lesson.opening(
    "Which mark survives the theft?",
    "One owner marked his model *naively*, the other *entangled* the mark with the task. "
    "A thief copies both through their prediction API, and a clean model as the control.",
)
job = live.find(experiment)
predicted = question.about("heist", experiment.key)
predicted.ask("In court, which copy is convicted?", list(findings.OUTCOMES.values()), job)
more = ("initialisation", "architecture", "budget", "weight", "temperature", "schedule", "seed")
with live.controls(experiment, job, *more):
    settings.control("inputs", experiment)
    settings.control("answers", experiment)
live.island(job, partial(draw, experiment, predicted))
lesson.onward("heist")
