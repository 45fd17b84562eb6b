"""Is it a good secret? What innocent models take the trigger for, and a rehearsal of the pair.

What they say of the icons is recorded; of anything else, a worker asks them.
"""

from dataclasses import replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.lab.evidence import rehearsal_table
from app.lab.evidence.rehearsal_table import Rehearsal
from app.lab.experiment import Experiment
from app.lab.watermark.affinity import Affinity
from app.runs.job import Job
from app.ui import exports, frame, links, live, pictures
from app.ui.history import History
from app.ui.mark import charts as mark_charts
from app.ui.mark import findings as mark_findings
from app.ui.mark import trigger_choice

_VIEWS = ("models", "innocents")
_VIEW = "mark_ask"  # the key of the control, and its name in the URL
_PERTURBED = (
    " These are the triggers as drawn. Before the model is marked, the owner changes their pixels a little, until "
    "innocent models no longer say the secret: that is the grey grain around each key. In the heist, marked models and "
    "innocents are asked those."
)


def switch() -> bool:
    """Offer to ask the models of the run, or innocents; return whether it is innocents."""
    bound = links.one_of(_VIEW, _VIEWS, "models")
    return st.segmented_control("Ask", _VIEWS, default="models", required=True, key=_VIEW, bind=bound) == "innocents"


def turn() -> None:
    """Ask the models once a run is started by its button: they are what trains."""
    if st.session_state.get("run"):
        st.session_state[_VIEW] = _VIEWS[0]


def show(experiment: Experiment, picture: DeltaGenerator) -> None:
    """Draw what innocent models take the trigger for, one bar a class; below, offer a rehearsal of the chosen pair."""
    recorded = rehearsal_table.affinity(_recorded(), experiment.dataset, experiment.trigger)
    with picture:
        if recorded is not None:
            _bars(experiment, recorded, rehearsal_table.COMMAND)
        else:
            live.island(live.affinity(experiment), lambda _, history: _surveyed(experiment, history))
    _rehearse(replace(experiment, seed=rehearsal_table.SEEDS[0]))


@st.cache_resource(show_spinner=False)
def _recorded() -> list[Rehearsal]:
    """Return the rehearsals that the app was shipped with; none where there are none that can be read."""
    try:
        return rehearsal_table.read(rehearsal_table.SHIPPED)
    except ValueError:
        return []  # then a worker asks


def _surveyed(experiment: Experiment, history: History) -> None:
    if (said := history.surveyed) is None:
        words = f"What do innocent models take this {mark_findings.called(experiment)} for?"
        st.subheader(words, anchor=False)
        pictures.strip([trigger_choice.card(experiment)], alt="The trigger.", key="surveyed")
    else:
        _bars(experiment, Affinity(tuple(said.shares), np.stack(list(said.shares.values()))), "asked on this machine")


def _bars(experiment: Experiment, found: Affinity, origin: str) -> None:
    frame.figure(
        mark_findings.secret(found, experiment),
        mark_charts.affinity(found, experiment.dataset, experiment.target),
        "affinity",
        source=exports.survey_source(len(found.models), origin),
        on_pick=lambda label: trigger_choice.pick(experiment, int(label)),
    )
    st.caption(
        f"{len(found.models)} innocent models were trained on the owner's data: each dot is the worst of a family, the "
        "bar the worst of all. Click a class, or choose it with arrow keys and Enter, to make it the secret answer."
        + (_PERTURBED if experiment.perturbed else "")
    )


def _rehearse(experiment: Experiment) -> None:
    """Offer to mark a quick model with the pair and to steal it; say what came of it."""
    job = live.rehearsal(experiment)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Rehearse this pair",
            icon=":material/theater_comedy:",
            key="rehearse",
            disabled=job is not None and job.active,
            on_click=live.rehearse,
            args=(experiment,),
        )
        st.markdown("Left alone by innocents, will it survive a theft? The owner marks a quick model and steals it.")
    if job is not None:
        live.island(job, _rehearsed)


def _rehearsed(_: Job, history: History) -> None:
    if history.rehearsed:
        st.markdown(mark_findings.rehearsed(history.rehearsed[-1]))
