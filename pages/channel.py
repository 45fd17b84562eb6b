"""Channel: what carries a mark from the victim to the copy?"""

from collections.abc import Sequence

import streamlit as st

from app.lab.evidence.survival import Row
from app.lab.experiment import DEFAULT_PRESET, preset
from app.ui import exports, findings, frame, over_seeds, path, question, settings, takeaway
from app.ui.channel import charts as channel_charts
from app.ui.channel import findings as channel_findings

SEALED = "The dotted lines are the channels of this theft: how high will its dots be?"


@st.fragment  # the slider redraws the theft, not the page
def theft(measured: Sequence[Row]) -> None:
    """One of the measured thefts: chosen, predicted, seen, explained."""
    experiment = settings.chosen("channel")
    chosen = over_seeds.theft(measured, experiment)
    predicted = question.about("channel")
    picture, beside = frame.stage("channel")
    with picture:  # first, for it is what a touch is waited for
        st.markdown(
            "A thief learns only from *answers*. What they say beyond the truth is the **channel**: "
            "the mark's one way through."
        )
        frame.figure(
            SEALED if predicted.sealed() else channel_findings.channels(measured),
            channel_charts.channel(measured, chosen, sealed=predicted.sealed()),
            "channel",
            source=exports.evidence_source(measured),
            of=f"{experiment.inputs} {experiment.answers}",
        )
    with beside:
        asks = f"{settings.wording(experiment.inputs, 'inputs')}, {settings.wording(experiment.answers, 'answers')}"
        words, marks = f"A thief asks {asks}: which mark does the copy know?", list(findings.OUTCOMES.values())
        predicted.ask(words, marks, happened=channel_findings.surviving(chosen))
        settings.announce(experiment)
        settings.control("inputs", experiment)
        settings.control("answers", experiment)
        settings.way_back(experiment)
        st.page_link(
            path.lesson("heist").page,
            label="Steal this way yourself",
            icon=":material/play_arrow:",
            query_params=settings.taken_along(experiment, "channel"),
        )
    if not predicted.sealed():
        frame.explain(*channel_findings.theft_in_words(chosen, experiment.secret_answer))


def drift(measured: Sequence[Row]) -> None:
    """Why the authors' released code gives a naive mark a channel."""
    st.divider()
    frame.figure(
        channel_findings.drift(measured),
        channel_charts.schedules(measured),
        "drift",
        source=exports.evidence_source(measured),
    )
    st.markdown(
        "Why the paper's authors saw a naive mark survive. The thief asks the owner's own inputs and gets top labels "
        "only: the narrowest channel there is. The released code starts its count of task batches anew with every pass "
        "over the triggers, so the model sees the same few task batches again and again. What it does not see again, "
        "it slowly forgets, *towards the target class*: wrong answers, and with them a channel for any mark. One seed, "
        "with a watermark batch after each task batch: that schedule then sees a fifth of the task data. To try it: "
        "**More**, *Task data revisited*, on the heist's page."
    )


def affinity(measured: Sequence[Row]) -> None:
    """What innocent models take the trigger for survives by itself, and proves nothing."""
    st.divider()
    frame.figure(
        channel_findings.affinity(measured),
        channel_charts.affinity(measured),
        "affinity",
        source=exports.evidence_source(measured),
    )
    st.markdown(
        "*Affinity* is how often innocents, who never met a victim, take the trigger for the target anyway. One "
        "trigger, every target, as it was drawn: nobody moved it away from innocent models. What a copy does far to "
        "the right is no evidence. So an owner asks innocents *before* marking, on the page *Mark*."
    )
    st.caption(channel_findings.affinity_in_words(measured))


frame.opening("channel")
found = over_seeds.proven()
usual = preset(DEFAULT_PRESET).dataset
thefts = [row for row in found if row.table in ("main", "adversary") and row.experiment.dataset == usual]
theft(thefts)
st.caption(
    "The channel: the share of the answers' weight that goes to the target class where another class was due; the "
    "dashed line is half a percent of it. Each dot is one way to steal, the mean over 3 to 10 seeds; the large ones "
    "are the theft chosen beside, with their least and most; grey, the best rising curve through the plain "
    "thefts. Clean is the control: "
    f"nothing was hidden. {channel_findings.strays(thefts)}"
)
st.caption(channel_findings.correlations(thefts))
takeaway.of_evidence(thefts)
released = ("labels", "independent", True)
drift(
    [
        row
        for row in found
        if row.table == "ablation"
        and (row.experiment.answers, row.experiment.initialisation, row.experiment.perturbed) == released
    ]
)
affinity([row for row in found if row.table == "pairs"])
frame.onward("channel")
