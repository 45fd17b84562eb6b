"""Trade-off: what does a surviving mark cost its owner?"""

from dataclasses import replace

import streamlit as st

from app.lab.evidence import survival
from app.runs.job import Job
from app.ui import exports, frame, links, live, over_seeds, panel, question, settings, takeaway
from app.ui.history import History
from app.ui.tradeoff import charts as tradeoff_charts
from app.ui.tradeoff import findings as tradeoff_findings
from app.ui.tradeoff.priced import OneRun, Priced


def load(kappa: float) -> None:
    """Make a mark that was measured the visitor's own, with their seed."""
    settings.choose(priced.at(kappa, experiment.seed))


def another_way() -> None:
    """Let the thief get other answers, to other inputs."""
    answers, inputs = st.session_state["way"]
    settings.choose(replace(priced.at(experiment.kappa, experiment.seed), answers=answers, inputs=inputs))


def draw(job: Job, history: History) -> None:
    """The visitor's run, held against the seeds."""
    if own is not None and history.finished is not None and not predicted.sealed():
        if chosen == experiment.kappa:
            st.markdown(f"\u2605 {tradeoff_findings.own_run(own, priced.marks[chosen])}")
        frame.provenance(job, history.finished.seconds)


experiment = settings.chosen("tradeoff")
frame.opening("tradeoff")
found = over_seeds.proven()
priced = Priced.of(found, experiment)
chosen = min(priced.marks, key=lambda kappa: abs(kappa - experiment.kappa))
job = live.find(experiment)
own = OneRun.of(live.finished(job), job.origin) if job.experiment == experiment and priced.alike(experiment) else None
predicted = question.about("tradeoff")
picture, beside = frame.stage("tradeoff")
with beside:
    happened = tradeoff_findings.price(tradeoff_findings.cheapest(priced.marks))
    words = (
        f"What does a mark cost that convicts this thief ({tradeoff_findings.thief(priced.way)}) on every seed, "
        "in points of accuracy?"
    )
    predicted.ask(words, tradeoff_findings.PRICES, happened=happened)
    st.session_state["kappa"] = chosen
    st.segmented_control(
        "Kappa \u03ba: how hard to entangle",
        list(priced.marks),
        format_func=tradeoff_findings.offer,
        required=True,
        key="kappa",
        disabled=predicted.sealed(),  # it is there from the start: nothing moves when the answer is seen
        on_change=lambda: load(st.session_state["kappa"]),
        help="The weight of the SNNL in the loss of the marking. A click on a point of the picture does the same.",
    )
    st.session_state["way"] = priced.way
    st.selectbox(
        "The thief gets",
        priced.ways,
        format_func=tradeoff_findings.thief,
        key="way",
        on_change=another_way,
    )
    measure = st.segmented_control(
        "Vertical axis",
        list(tradeoff_findings.MEASURES),
        default="conviction",
        format_func=tradeoff_findings.MEASURES.__getitem__,
        required=True,
        key="measure",
        bind=links.one_of("measure", tradeoff_findings.MEASURES.values(), tradeoff_findings.MEASURES["conviction"]),
    )
    if other := tradeoff_findings.other_thief(priced, sealed=predicted.sealed()):
        st.caption(other)
# Each choice is measured already, over seeds: nothing runs by itself.
with beside, live.controls(experiment, job, "seed", by_itself=False, joins=priced.alike(experiment)):
    pass
with picture:
    sealed = predicted.sealed()
    frame.figure(
        tradeoff_findings.unpriced(priced.marks[0])
        if sealed
        else tradeoff_findings.price_of(priced.marks[chosen], measure),
        tradeoff_charts.frontier(priced.marks, priced.clean, measure, chosen, own, sealed=sealed),
        f"frontier_{measure}",
        source=exports.evidence_source(list(priced.marks.values())),
        of=" ".join(priced.way),
        on_pick=None if sealed else load,
    )
st.caption(tradeoff_findings.how_to_read(measure, sealed=sealed))
live.island(job, draw, beside)
if not sealed:
    frame.explain(
        tradeoff_findings.goal_in_words(priced.marks),
        tradeoff_findings.mixing_in_words(priced.marks),
        f"{tradeoff_findings.frontier(priced.entangled, priced.usual)}.",
        tradeoff_findings.margins_in_words(priced.entangled, found),
        tradeoff_findings.seeds_in_words(priced.marks),
    )
with st.container(horizontal=True, vertical_alignment="center"):
    words = (
        "Measured over seeds that were not used to choose the recipe. All evidence again, half an hour on two cores:"
    )
    panel.source(words, survival.COMMAND, key="evidence")
    takeaway.of_evidence(list(priced.marks.values()))
frame.onward("tradeoff")
