"""The pictures of the lesson: what the copy is worth, what was asked for it, and who pays for a way to answer."""

from functools import partial

import streamlit as st

from app.lab import choices
from app.lab.experiment import Experiment
from app.ui import frame, pictures, runtime
from app.ui.history import History
from app.ui.steal import charts as steal_charts
from app.ui.steal import findings as steal_findings
from app.ui.steal import policies

_CARDS = 8  # queries shown


def spending(experiment: Experiment, history: History, *, sealed: bool) -> None:
    """What the copy is worth, for what it has cost; sealed, no more than its first round."""
    copied = steal_findings.beginning(history.copied) if sealed else history.copied
    figure = steal_charts.quality(copied, experiment, sealed=sealed)
    if sealed or not copied:
        finding = steal_findings.opening(copied, experiment)
    else:
        finding = steal_findings.price(copied, final=history.finished is not None)
    frame.figure(finding, figure, "quality", of=experiment.key)


def ground(experiment: Experiment, history: History) -> None:
    """The latest queries: where they lie in the plane, or as pictures."""
    requests = history.queries["clean"]
    if not requests:
        return
    if {"victim", "copy"} <= history.territories.keys():
        victim, copy = history.territories["victim"], history.territories["copy"]
        figure = steal_charts.territory(victim, copy, requests)
        frame.figure(steal_findings.territory(victim, copy), figure, "territory")
        st.caption("Dots: the thief's latest queries. Grey line: the victim's boundary. No colour: both answer alike.")
        return
    asked = requests[-1]
    finding = steal_findings.bought(asked, _CARDS, experiment.price)
    st.subheader(finding, anchor=False)
    pictures.strip(pictures.answers(asked, experiment.dataset)[:_CARDS], alt=finding, key="queries")


def one_answer(experiment: Experiment) -> None:
    """One answer to the thief, as each way to answer gives it."""
    found = policies.one_answer(experiment, partial(runtime.pool().recorded, task="steal"))
    if found:
        st.subheader("One answer, in each of the ways", anchor=False)
        st.table(steal_findings.answers(found, choices.class_names(experiment.dataset)))


def tax(experiment: Experiment) -> None:
    """What each way to answer costs honest users, the thief and the owner; a touch on one of them chooses it."""
    rows = policies.compared(experiment, partial(runtime.pool().recorded, task="steal"))
    if not rows:
        return
    chosen = policies.of(experiment)
    most = experiment.budget * experiment.price / 1000
    figure = steal_charts.tax(rows, chosen, most)
    frame.figure(steal_findings.taxed(rows, chosen), figure, "tax", on_pick=partial(policies.choose, experiment))
    if policies.picked():
        st.rerun()  # the page, which this fragment is a part of
