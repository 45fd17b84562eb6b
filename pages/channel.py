"""Channel: what carries a mark from the victim to the copy?"""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from app.lab.evidence.survival import Row
from app.lab.experiment import DEFAULT_PRESET, preset
from app.ui import frame, links, over_seeds, path, question, settings, takeaway
from app.ui.channel import findings as channel_findings
from app.ui.channel import queries, views

VIEWS = ("one answer", "all thefts")


@st.fragment  # another theft redraws the theft, not the page
def theft(measured: Sequence[Row]) -> None:
    """One of the measured thefts: one of its answers, or all thefts; predicted, seen, explained."""
    experiment = settings.chosen("channel")
    chosen = over_seeds.theft(measured, experiment)
    seen = replace(preset(DEFAULT_PRESET), answers=experiment.answers, inputs=experiment.inputs)
    found = queries.recorded(seen)
    predicted = question.about("channel")
    picture, beside = frame.stage("channel")
    with beside:
        asks = f"{settings.wording(experiment.inputs, 'inputs')}, {settings.wording(experiment.answers, 'answers')}"
        words, happened = channel_findings.question(chosen, asks), channel_findings.carries(chosen)
        predicted.ask(words, channel_findings.CARRIED, happened=happened)
        settings.announce(experiment)
        settings.control("inputs", experiment)
        settings.control("answers", experiment)
        view = st.segmented_control(
            "Show",
            VIEWS,
            default=VIEWS[0],
            required=True,
            key="channel_view",
            bind=links.one_of("channel_view", VIEWS, VIEWS[0]),
        )
        settings.way_back(experiment)
        st.page_link(
            path.lesson("heist").page,
            label="Steal this way yourself",
            icon=":material/play_arrow:",
            query_params=settings.taken_along(experiment, "channel"),
        )
    sealed, of = predicted.sealed(), f"{experiment.inputs} {experiment.answers}"
    if view == VIEWS[0] and found.offer:
        with picture:
            views.one_answer(seen, found, chosen, sealed=sealed)
        st.caption(queries.origin(seen, found, chosen["entangled"]))
    else:
        with picture:
            views.all_thefts(measured, chosen, of, sealed=sealed)
        views.of_all_thefts(measured)
    if not sealed:
        frame.explain(*channel_findings.theft_in_words(chosen, experiment.secret_answer))


frame.opening("channel")
found = over_seeds.proven()
usual = preset(DEFAULT_PRESET).dataset
thefts = [row for row in found if row.table in ("main", "adversary") and row.experiment.dataset == usual]
theft(thefts)
takeaway.of_evidence(thefts)
released = ("labels", "independent", True)
views.affinity([row for row in found if row.table == "pairs"])
with st.expander("But the paper's authors saw a naive mark survive. Why?"):
    views.drift(
        [
            row
            for row in found
            if row.table == "ablation"
            and (row.experiment.answers, row.experiment.initialisation, row.experiment.perturbed) == released
        ]
    )
frame.onward("channel")
