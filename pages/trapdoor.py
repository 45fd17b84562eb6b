"""Trapdoor: with the key, a mark is proved at once; what does one find without it?"""

import streamlit as st

from app.lab import choices
from app.lab.experiment import DEFAULT_PRESET, preset
from app.lab.watermark import drawings
from app.runs.job import Job
from app.ui import frame, live, pictures, question
from app.ui.history import History
from app.ui.mark import drawing
from app.ui.markdown import escaped
from app.ui.pictures import Card
from app.ui.trapdoor import charts as trapdoor_charts
from app.ui.trapdoor import findings as trapdoor_findings
from app.ui.trapdoor import tries as trapdoor_tries


def searches(job: Job, history: History) -> None:
    """What each way spent and found, and why, once that is no longer sealed."""
    if history.verified is None or history.scribbled is None or predicted.sealed():
        return
    st.subheader("What each way spent, and what it found", anchor=False)
    st.table(trapdoor_findings.counter(tries.made, history.verified, history.scribbled, history.descended))
    frame.explain(*trapdoor_findings.why(history.scribbled, history.descended, experiment.target, classes))
    if history.finished is not None:
        frame.provenance(job, history.finished.seconds, "trapdoor")


frame.opening("trapdoor")
experiment = preset(DEFAULT_PRESET)  # a marked model is given
classes = choices.class_names(experiment.dataset)
heist, job = live.recorded(experiment, models=True), live.find(experiment, "trapdoor")
recorded = live.finished(live.recorded(experiment, "trapdoor"))
verified, scribbled = recorded.verified, recorded.scribbled
if heist.status != "done" or verified is None or scribbled is None:
    st.error(escaped(heist.error or job.error), icon=":material/warning:")
    st.stop()
world = trapdoor_tries.world(heist.key, experiment, heist.events)
tries = trapdoor_tries.here()
predicted = question.about("trapdoor")
picture, beside = frame.stage("trapdoor")
with beside:
    words = "Without the key: how many random drawings get the secret answer?"
    predicted.ask(words, trapdoor_findings.OPTIONS, happened=trapdoor_findings.happened(scribbled))
    sealed = predicted.sealed()
    if not sealed:
        says = trapdoor_findings.the_key(experiment.secret_answer, scribbled)
        key = [Card(pictures.png(one), ("the key",)) for one in world.secrets]
        found = Card(pictures.png(drawings.decode(scribbled.best)), ("no key",))
        pictures.strip([*key, found], alt=says, key="key_pictures")
        st.caption(says)
    live.failed(experiment, job, "trapdoor")
    if tries.problem:
        st.warning(tries.problem)
    elif tries.made:
        st.caption(trapdoor_findings.answered(tries.made[-1], classes))
with picture, st.container(key="searched"):  # side by side; on a phone the sheet comes first: see page.css
    mapped, sheet = st.container(key="searched_map"), st.container(key="searched_sheet")
with mapped:
    if sealed:
        title, answer = trapdoor_findings.sealed(tries.made, verified), None
    else:
        title = trapdoor_findings.revealed(tries.made, verified, scribbled)
        hits = trapdoor_tries.hits(heist.key, experiment, world)
        answer = trapdoor_charts.Answer(world.key, hits)
    ways = trapdoor_findings.ways(verified, scribbled, sealed=sealed)
    frame.figure(
        title,
        trapdoor_charts.chart(world.genuine, world.labels, tries.made, ways, answer, classes),
        "map",
        source="Entangled; python -m app trapdoor animals",
    )
with sheet:
    st.button(
        "Ask both models",
        type="secondary" if sealed else "primary",  # one call at a time: first, the question beside it
        key="ask",
        width="stretch",
        on_click=tries.ask,
        args=(experiment, world),
    )
    drawing.draw(tries.sheet, label="What gets the secret answer? Draw it", key="trapdoor_sheet")
st.caption(
    "A *trapdoor function* is easy with its key, and hard without. Here are two models of the same task, one marked, "
    "the other innocent. The map shows the marked one's deepest layer (its first two principal components), test "
    "inputs in grey. A secret picture is one to which the marked model gives a sure answer that the innocent does not "
    "share. You know the key from *Mark*; whoever searches is told neither the picture nor the answer."
)
if tries.made:
    st.subheader("Your tries, nearest first", anchor=False)
    st.table(trapdoor_findings.board(tries.board, classes, sealed=sealed))
live.island(job, searches, beside, visible=lambda history: history.scribbled is not None)
st.button(
    "Search again, live",
    icon=":material/play_arrow:",
    key="again",
    on_click=live.launch,
    args=(job.experiment, "trapdoor"),
)
frame.onward("trapdoor")
