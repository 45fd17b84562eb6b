"""Steal: how many dollars does a copy cost?"""

from dataclasses import replace
from functools import partial

import streamlit as st

from app.lab.choices import ANSWERS
from app.lab.experiment import Experiment
from app.lab.extraction.attacks import EXTRACTION_ATTACKS
from app.lab.stories.events import Result
from app.runs.job import Job
from app.ui import frame, live, pictures, question, runtime, settings
from app.ui.history import History
from app.ui.question import Question
from app.ui.steal import charts as steal_charts
from app.ui.steal import findings as steal_findings

CARDS = 8  # queries shown


def spending(history: History) -> None:
    """The picture of the page: what the copy is worth, for what it has cost."""
    if history.copied:
        spec = steal_charts.quality(history.copied)
        frame.figure(steal_findings.price(history.copied, final=history.finished is not None), spec, "quality")


def ground(history: History) -> None:
    """The latest queries: where they lie in the plane, or as pictures."""
    requests = history.queries["clean"]
    if not requests:
        return
    if {"victim", "copy"} <= history.territories.keys():
        victim, copy = history.territories["victim"], history.territories["copy"]
        spec = steal_charts.territory(victim, copy, requests)
        frame.figure(steal_findings.territory(victim, copy), spec, "territory")
        st.caption("Dots: the thief's latest queries. Grey line: the victim's boundary. No colour: both answer alike.")
        return
    asked = requests[-1]
    finding = steal_findings.questions(asked)
    st.subheader(finding, anchor=False)
    pictures.strip(pictures.answers(asked)[:CARDS], alt=finding, key="queries")


def reasons(experiment: Experiment, history: History, job: Job) -> None:
    """Why it cost what it cost, what the owner saw of it, and what honest users pay."""
    assert history.finished is not None and history.honest is not None
    result = history.finished.result
    frame.provenance(experiment, job.origin, history.finished.seconds, "steal")
    said = [steal_findings.quality(history.copied)]
    if "largest_error" in result:
        said.append(steal_findings.equations(result))
    other_way = next(way for way in ANSWERS if way != experiment.answers)
    other = runtime.pool().recorded(replace(experiment, answers=other_way), "steal")
    if other is not None and (ended := History.of(other.events).finished):
        said.append(steal_findings.against(experiment.answers, result, ended.result))
    said += [steal_findings.detected(history.copied, history.honest), steal_findings.tax(history.honest)]
    frame.explain(*said)
    st.caption(f"The attack: {EXTRACTION_ATTACKS[experiment.attack].source}. The detector: PRADA, Juuti et al. 2019.")
    tried(experiment, result)


def tried(experiment: Experiment, result: Result) -> None:
    """The attacks on this victim that this visitor has seen, side by side."""
    rows = st.session_state.setdefault("attacks_tried", {}).setdefault(experiment.victim_key, {})
    way = settings.wording(experiment.answers)
    rows[experiment.key] = steal_findings.row(settings.wording(experiment.attack, "attack"), way, result)
    if len(rows) > 1:
        st.subheader(f"The {len(rows)} attacks that you have seen on this victim", anchor=False)
        st.table(list(rows.values()))


def draw(experiment: Experiment, predicted: Question, job: Job, history: History) -> None:
    """The attack so far."""
    predicted.watch(job)
    if predicted.sealed(job):
        ground(History(queries=history.queries))
        predicted.offer()
        return
    if history.finished is not None:
        predicted.compare(steal_findings.outcome(history.copied))
    left, right = st.columns([3, 2]) if history.territories else (st.container(), st.container())
    with left:
        spending(history)
    with right:
        ground(history)
    if history.finished is not None:
        reasons(experiment, history, job)


experiment = settings.of_the_attack(settings.chosen())
frame.opening(
    "steal",
    f"An owner sells the answers of a model, the *victim*: 1,000 for {steal_findings.dollars(experiment.price)}. "
    "A thief buys some, and fits another network to them. How the thief chooses what to ask is the *attack*.",
)
job = live.find(experiment, "steal")
predicted = question.about("steal", experiment.key)
predicted.ask("What does a copy with 85\u202f% of the victim's accuracy cost?", steal_findings.OPTIONS, job)
policy = ("top", "decimals", "reverse_sigmoid", "lies", "price")
with live.controls(experiment, job, "budget", *policy, "architecture", "initialisation", "seed", task="steal"):
    settings.control("attack", experiment)
    settings.control("answers", experiment)
live.island(job, partial(draw, experiment, predicted))
frame.onward("steal")
