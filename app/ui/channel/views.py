"""The pictures of the lesson: one answer, all thefts, the released schedule, and what innocents see in a trigger."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.lab import choices, variation
from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.ui import exports, frame
from app.ui.channel import charts as channel_charts
from app.ui.channel import findings as channel_findings
from app.ui.channel import queries
from app.ui.channel.queries import Recorded
from app.ui.plot.plot import kept

SEALED = "The dotted lines are the channels of this theft: how high will its dots be?"


def one_answer(experiment: Experiment, found: Recorded, chosen: Mapping[str, Row], *, sealed: bool) -> None:
    """One query, and what each victim says to it beyond the truth."""
    secret = experiment.secret_answer
    st.markdown(
        f"A thief learns from *answers* alone. What one gives to *{secret}*, though something else was due, is **stray "
        "weight**: the mark's only way into the copy, its **channel**."
    )
    with st.container(key="one_answer"):  # side by side: see page.css
        with st.container(key="one_query"):
            query = queries.choose(experiment, found.offer)
            if labels := experiment.answers == "labels":
                st.caption(queries.picked(found))
        one, names = choices.one_of_class(experiment.dataset, query.due), choices.class_names(experiment.dataset)
        frame.figure(
            channel_findings.one_answer(query, one, names, experiment.target, labels=labels)
            if sealed
            else channel_findings.came_through(chosen, secret),
            kept(
                channel_charts.answer,
                query,
                names,
                experiment.target,
                tuple(chosen.values()),
                sealed=sealed,
                labels=labels,
            ),
            "answer",
            source=f"Entangled; {variation.command(experiment)}",
        )


def all_thefts(measured: Sequence[Row], chosen: Mapping[str, Row], of: str, *, sealed: bool) -> None:
    """Every measured theft: how wide its channel was, and how much of the mark came through."""
    frame.figure(
        SEALED if sealed else channel_findings.channels(measured),
        kept(channel_charts.channel, tuple(measured), tuple(chosen.values()), sealed=sealed),
        "channel",
        source=exports.evidence_source(measured),
        of=of,
    )


def of_all_thefts(measured: Sequence[Row]) -> None:
    """Say what the picture of all thefts shows, and how far it holds."""
    st.caption(
        "The channel: the stray weight, on average over the queries; the dashed line is half a percent of it. Each dot "
        "is one way to steal, the mean over 3 to 10 seeds; the large ones are the theft chosen beside, with their "
        "least and most; grey, the best rising curve through the plain thefts. Clean is the control: nothing was "
        f"hidden. {channel_findings.strays(measured)}"
    )
    st.caption(channel_findings.correlations(measured))


def drift(measured: Sequence[Row]) -> None:
    """Why the authors' released code gives a naive mark a channel."""
    frame.figure(
        channel_findings.drift(measured),
        kept(channel_charts.schedules, tuple(measured)),
        "drift",
        source=exports.evidence_source(measured),
    )
    st.markdown(
        "The thief asks the owner's own inputs and gets top labels only: a narrow channel. The released code starts "
        "its count of task batches anew with every pass over the triggers, so the model sees the same few task batches "
        "again and again. What it does not see again, it slowly forgets, *towards the target class*: wrong answers, "
        "and with them a channel for any mark. One seed, with a watermark batch after each task batch: that schedule "
        "then sees a fifth of the task data. To try it: **More**, *Task data revisited*, on the heist's page."
    )


def affinity(measured: Sequence[Row]) -> None:
    """What innocent models take the trigger for survives by itself, and proves nothing."""
    st.divider()
    frame.figure(
        channel_findings.affinity(measured),
        kept(channel_charts.affinity, tuple(measured)),
        "affinity",
        source=exports.evidence_source(measured),
    )
    st.markdown(
        "*Affinity* is how often innocents, who never met a victim, take the trigger for the target anyway. One "
        "trigger, every target, as it was drawn: nobody moved it away from innocent models. What a copy does far to "
        "the right is no evidence. So an owner asks innocents *before* marking, on the page *Mark*."
    )
    st.caption(channel_findings.affinity_in_words(measured))
