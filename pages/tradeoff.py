"""Trade-off: what does a surviving mark cost its owner?"""

from dataclasses import replace

import streamlit as st

from app.runs.job import Job
from app.ui import exports, findings, frame, live, over_seeds, question, settings, takeaway
from app.ui.history import History
from app.ui.tradeoff import charts as tradeoff_charts
from app.ui.tradeoff import findings as tradeoff_findings
from app.ui.tradeoff.priced import Priced, Recipe


def load(recipe: Recipe | None) -> None:
    """Make a setting that was measured the visitor's own, with their seed."""
    if recipe is not None and recipe in priced.rows:
        settings.choose(replace(priced.rows[recipe].experiment, seed=experiment.seed))


def clicked() -> None:
    """Load the setting whose point was clicked; a click beside the points changes nothing."""
    for picked in st.session_state["frontier"].selection[tradeoff_charts.PICKED]:
        load((picked["kappa"], picked["temperature"]))


def another_way() -> None:
    """Let the thief get other answers, to other inputs."""
    answers, inputs = st.session_state["way"]
    entangled = priced.usual["entangled"].experiment
    settings.choose(replace(entangled, seed=experiment.seed, answers=answers, inputs=inputs))


def draw(job: Job, history: History) -> None:
    """The visitor's run: on its way, or held against the seeds."""
    if history.finished is None or predicted.sealed():
        return
    if chosen is None:
        st.markdown("Choose a setting and run it live: your run joins the picture as a \u2605.")
    elif own is not None:
        st.markdown(f"\u2605 {tradeoff_findings.own_run(*own, chosen)}")
        frame.provenance(experiment, job.origin, history.finished.seconds)


experiment = settings.chosen()
frame.opening(
    "tradeoff",
    "The owner chooses how hard to entangle (kappa, \u03ba) and how near two inputs must be to count "
    "(temperature T). The price is accuracy: a *point* is one more wrong answer in a hundred, against the model "
    "without a mark.",
)
found = over_seeds.proven()
priced = Priced.of(found, experiment)
frontier, naive, usual = priced.frontier, priced.usual["naive"], priced.usual["entangled"]
chosen = priced.row(experiment)
job = live.find(experiment)
own = None if chosen is None or job is None else History.of(job.events).price
predicted = question.about("tradeoff", *priced.way)
asked = st.container()
st.session_state["way"] = priced.way
st.segmented_control(
    "The thief gets",
    priced.ways,
    format_func=lambda way: f"{settings.wording(way[0])}, {settings.wording(way[1])}",
    required=True,
    wrap=True,
    key="way",
    on_change=another_way,
)
with live.controls(experiment, job, "seed"):
    if not predicted.sealed():
        st.session_state["recipe"] = None if chosen is None else (experiment.kappa, experiment.temperature)
        st.selectbox(
            "Setting (or click a point)",
            list(priced.rows),
            format_func=lambda recipe: tradeoff_findings.offer(priced.rows[recipe]),
            placeholder="choose one, then run it live",
            width=320,
            key="recipe",
            on_change=lambda: load(st.session_state["recipe"]),
        )
with asked:
    words = f"What does the owner pay for {findings.percent(tradeoff_findings.WANTED)} of the mark to survive?"
    predicted.ask(words, tradeoff_findings.PRICES, known=True)
if predicted.sealed():
    frame.figure(tradeoff_findings.unpriced(naive), tradeoff_charts.unpriced(frontier, naive), "frontier")
    predicted.offer()
    live.island(job, draw)
    frame.onward("tradeoff")
    st.stop()
cheapest = tradeoff_findings.cheapest(frontier)
predicted.compare(tradeoff_findings.price(cheapest))
frame.figure(
    f"With {settings.wording(priced.way[0])}: {tradeoff_findings.frontier(frontier, usual)}",
    tradeoff_charts.frontier(frontier, naive, usual, chosen, own),
    "frontier",
    source=exports.evidence_source(frontier),
    on_select=clicked,
)
st.caption(
    "Up and to the left is better. Each small point is one setting, the mean over 3 seeds, its lines from the least to "
    "the most. Large and hollow: the naive mark and the setting of the other pages, both over 10 seeds. "
    "Filled: no other small point gives more for less. The circle is the setting that you chose."
)
live.island(job, draw)
frame.explain(
    tradeoff_findings.price_in_words(cheapest),
    tradeoff_findings.front_in_words(tradeoff_charts.front(frontier, naive), frontier),
)
with st.container(horizontal=True, vertical_alignment="center"):
    with st.popover("Where is this from?", type="tertiary"):
        st.markdown("Measured over seeds that nothing was chosen on. The same, in half an hour on two cores:")
        st.code("python -m app evidence", language=None)
    takeaway.of_evidence(frontier)
frame.onward("tradeoff")
