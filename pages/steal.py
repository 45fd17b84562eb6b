"""Steal: how many dollars does a copy cost?"""

from functools import partial

import streamlit as st

from app.lab.experiment import Experiment
from app.lab.extraction.attacks import EXTRACTION_ATTACKS
from app.lab.stories.events import Result
from app.runs.job import Job
from app.ui import frame, live, question, settings
from app.ui.history import History
from app.ui.question import Question
from app.ui.steal import findings as steal_findings
from app.ui.steal import policies, views

WORDS = "What does a copy with 85\u202f% of the victim's accuracy cost?"


def reasons(experiment: Experiment, history: History, job: Job) -> None:
    """Why it cost what it cost, what the owner saw of it, and what honest users pay."""
    assert history.finished is not None and history.honest is not None
    result = history.finished.result
    frame.provenance(job, history.finished.seconds, "steal")
    said = [steal_findings.quality(history.copied)]
    if "largest_error" in result:
        said.append(steal_findings.equations(result))
    said += [steal_findings.tax(history.honest), steal_findings.detected(history.copied, history.honest)]
    frame.explain(*said)
    st.caption(f"The attack: {EXTRACTION_ATTACKS[experiment.attack].source}. The detector: PRADA, Juuti et al. 2019.")
    tried(experiment, result)


def tried(experiment: Experiment, result: Result) -> None:
    """The attacks on this victim that this visitor has seen, side by side."""
    rows = st.session_state.setdefault("attacks_tried", {}).setdefault(experiment.victim_key, {})
    rows[experiment.key] = steal_findings.row(
        settings.wording(experiment.attack, "attack"), policies.of(experiment), result
    )
    if len(rows) > 1:
        st.subheader(f"The {len(rows)} attacks that you have seen on this victim", anchor=False)
        st.table(list(rows.values()))


def draw(predicted: Question, job: Job, history: History) -> None:
    """The attack so far: what it has bought, and beside it what it asks or, once it is over, who pays."""
    experiment = job.experiment
    predicted.watch(job)
    sealed = predicted.sealed(job)
    left, right = st.columns(2, gap="medium")
    with left:
        views.spending(experiment, history, sealed=sealed)
    with right:
        if sealed:
            views.ground(experiment, History(queries=history.queries))
        elif job.active:
            views.ground(experiment, history)
        else:
            views.tax(experiment)


experiment = settings.of_the_attack(settings.chosen("steal"))
frame.opening("steal")
job = live.find(experiment, "steal")
history = live.finished(job)
predicted = question.about("steal")
picture, beside = frame.stage("steal")
more = ("budget", "top", "decimals", "reverse_sigmoid", "lies", "price", "architecture", "initialisation", "seed")
with beside:
    predicted.ask(
        WORDS, steal_findings.OPTIONS, job, steal_findings.outcome(history.copied) if history.copied else None
    )
    # A row of the rail for each of its own controls: their words need it.
    with live.controls(experiment, job, *more, task="steal"), st.container(width=frame.RAIL, gap="small"):
        settings.control("attack", experiment)
        policies.control(experiment)
with picture:
    live.island(job, partial(draw, predicted), beside, visible=lambda so_far: bool(so_far.queries["clean"]))
st.caption(f"{steal_findings.ATTACKS[experiment.attack]} {steal_findings.MEASURES}")
st.markdown(
    f"An owner sells the answers of a model, the *victim*: 1,000 for {steal_findings.dollars(experiment.price)}. "
    "A thief buys some, and fits another network to them. How the thief chooses what to ask is the *attack*; how much "
    "each answer gives away is the owner's choice."
)
if history.finished is not None and not predicted.sealed(job):
    views.one_answer(job.experiment)
    views.ground(job.experiment, history)
    reasons(job.experiment, history, job)
frame.onward("steal")
