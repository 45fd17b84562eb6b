"""Trade-off: what does a surviving mark cost its owner?"""

from dataclasses import replace

import streamlit as st

from app.runs.job import Job
from app.ui import evidence_findings, exports, findings, frame, live, over_seeds, question, settings, takeaway
from app.ui.history import History
from app.ui.tradeoff import charts as frontier_charts


def load(recipe: tuple[float, float] | None) -> None:
    """Make a setting that was measured the visitor's own, with their seed."""
    if recipe in priced:
        settings.choose(replace(priced[recipe].experiment, seed=experiment.seed))


def clicked() -> None:
    """Load the setting whose point was clicked; a click beside the points changes nothing."""
    for picked in st.session_state["frontier"].selection[frontier_charts.PICKED]:
        load((picked["kappa"], picked["temperature"]))


def another_way() -> None:
    """Let the thief get other answers, to other inputs."""
    answers, inputs = st.session_state["way"]
    settings.choose(replace(usual["entangled"].experiment, seed=experiment.seed, answers=answers, inputs=inputs))


def draw(job: Job, known: History) -> None:
    """The visitor's run: on its way, or held against the seeds."""
    if known.finished is None or predicted.sealed():
        return
    if chosen is None:
        st.markdown("Choose a setting and run it live: your run joins the picture as a \u2605.")
    elif own is not None:
        st.markdown(f"\u2605 {evidence_findings.own_run(*own, chosen)}")
        frame.provenance(experiment, job.origin, known.finished.seconds)


experiment = settings.chosen()
frame.opening(
    "tradeoff",
    "The owner chooses how hard to entangle (weight \u03ba) and how near two inputs must be to count (temperature T). "
    "He pays in accuracy: a *point* is one more wrong answer in a hundred, against the model without a mark.",
)
found = over_seeds.proven()
frontier = [row for row in found if row.table == "frontier"]
ways = {(row.experiment.answers, row.experiment.inputs): row.experiment for row in frontier}
way = (experiment.answers, experiment.inputs)
if way not in ways:
    way = next(iter(ways))
usual = over_seeds.theft(found, ways[way])
frontier = [row for row in frontier if (row.experiment.answers, row.experiment.inputs) == way]
priced = {(row.experiment.kappa, row.experiment.temperature): row for row in frontier}
recipe = (experiment.kappa, experiment.temperature)
chosen = priced.get(recipe)
if chosen is not None and replace(chosen.experiment, seed=experiment.seed) != experiment:
    chosen = None
job = live.find(experiment)
own = None if chosen is None or job is None else History.of(job.events).price
predicted = question.about("tradeoff", *way)
asked = st.container()
st.session_state["way"] = way
st.segmented_control(
    "The thief gets",
    list(ways),
    format_func=lambda way: f"{settings.wording(way[0])}, {settings.wording(way[1])}",
    required=True,
    wrap=True,
    key="way",
    on_change=another_way,
)
with live.controls(experiment, job, "seed"):
    if not predicted.sealed():
        st.session_state["recipe"] = None if chosen is None else recipe
        st.selectbox(
            "Setting (or click a point)",
            list(priced),
            format_func=lambda recipe: evidence_findings.offer(priced[recipe]),
            placeholder="choose one, then run it live",
            width=320,
            key="recipe",
            on_change=lambda: load(st.session_state["recipe"]),
        )
with asked:
    words = f"What does the owner pay for {findings.percent(evidence_findings.WANTED)} of the mark to survive?"
    predicted.ask(words, evidence_findings.PRICES, known=True)
if predicted.sealed():
    spec = frontier_charts.unpriced(frontier, usual["naive"])
    frame.figure(evidence_findings.unpriced(usual["naive"]), spec, "frontier")
    predicted.offer()
    live.island(job, draw)
    frame.onward("tradeoff")
    st.stop()
cheapest = evidence_findings.cheapest(frontier)
predicted.compare(evidence_findings.price(cheapest))
frame.figure(
    f"Told {settings.wording(way[0])}: {evidence_findings.frontier(frontier, usual['entangled'])}",
    frontier_charts.frontier(frontier, usual["naive"], usual["entangled"], chosen, own),
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
    evidence_findings.price_in_words(cheapest),
    evidence_findings.front_in_words(frontier_charts.front(frontier, usual["naive"]), frontier),
)
with st.container(horizontal=True, vertical_alignment="center"):
    with st.popover("Where is this from?", type="tertiary"):
        st.markdown("Measured over seeds that nothing was chosen on. The same, in half an hour on two cores:")
        st.code("python -m app evidence", language=None)
    takeaway.of_evidence(frontier)
frame.onward("tradeoff")
