"""Channel: what carries a mark from the victim to the copy?"""

from collections.abc import Sequence

import streamlit as st

from app.lab.evidence.survival import Row
from app.ui import exports, findings, frame, over_seeds, path, question, settings, takeaway
from app.ui.channel import charts as channel_charts
from app.ui.channel import findings as channel_findings

SEALED = "Each dot is a copy. The dotted lines are the channels of this theft: how high will its dots be?"


@st.fragment  # the slider redraws the theft, not the page
def theft(measured: Sequence[Row]) -> None:
    """One of the measured thefts: chosen, predicted, seen, explained."""
    experiment = settings.chosen()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        settings.control("inputs", experiment)
        settings.control("answers", experiment)
    chosen = over_seeds.theft(measured, experiment)
    predicted = question.about("channel", experiment.inputs, experiment.answers)
    predicted.ask("On this theft, which mark does the copy know?", list(findings.OUTCOMES.values()), known=True)
    frame.figure(
        SEALED if predicted.sealed() else channel_findings.channels(measured),
        channel_charts.channel(measured, chosen, sealed=predicted.sealed()),
        "channel",
        source=exports.evidence_source(measured),
    )
    if predicted.sealed():
        predicted.offer()
        return
    predicted.compare(channel_findings.surviving(chosen))
    frame.explain(*channel_findings.theft_in_words(chosen, experiment.target))


def drift(measured: Sequence[Row]) -> None:
    """Why the authors' released code gives a naive mark a channel."""
    frame.figure(
        channel_findings.drift(measured),
        channel_charts.schedules(measured),
        "drift",
        source=exports.evidence_source(measured),
    )
    st.markdown(
        "The owner's own inputs, top labels only: the narrowest channel there is. The released code starts its count "
        "of task batches anew with every pass over the triggers, so the model sees the same few task batches again and "
        "again. What it does not see again, it slowly forgets, *towards the target class*: wrong answers, and with "
        "them a channel for any mark. Measured with one watermark batch a task batch: that schedule then sees a fifth "
        "of the task data. To try it: **More**, *Task data revisited*, on the heist's page."
    )


frame.opening(
    "channel",
    "A thief trains on the *answers*, and on nothing else. Where they say no more than the truth, nothing can pass. "
    "So look at what they say beyond it, the *channel*: the stray weight, given to the target class where it is not "
    "the truth.",
)
found = over_seeds.proven()
thefts = [row for row in found if row.table in ("main", "adversary") and row.experiment.dataset == "mnist"]
theft(thefts)
st.caption(
    "Each dot is one way to steal, the mean over 5 to 10 seeds; the large ones are the theft chosen above, with their "
    "least and most; grey, the best rising curve. Clean is the control: nothing was hidden. "
    f"{channel_findings.strays(thefts)}"
)
takeaway.of_evidence(thefts)
st.page_link(path.lesson("heist").page, label="Steal this way yourself", icon=":material/play_arrow:")
with st.expander("Why does a naive mark survive in the authors' released code?"):
    drift(
        [
            row
            for row in found
            if row.table == "ablation"
            and (row.experiment.answers, row.experiment.initialisation, row.experiment.perturbed)
            == ("labels", "independent", True)
        ]
    )
frame.onward("channel")
