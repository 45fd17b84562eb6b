"""Is it a good secret? What innocent models take the trigger for, and a rehearsal of the pair.

What they say of the icons is recorded; of anything else, a worker asks them.
"""

from dataclasses import replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.lab import choices, variation
from app.lab.evidence import rehearsal_table
from app.lab.evidence.rehearsal_table import Rehearsal
from app.lab.experiment import Experiment
from app.lab.stories.events import Claimed
from app.lab.watermark.affinity import Affinity
from app.runs.job import Job
from app.ui import exports, frame, links, live, pictures
from app.ui.history import History
from app.ui.mark import charts as mark_charts
from app.ui.mark import findings as mark_findings
from app.ui.mark import trigger_choice

_VIEWS = ("models", "innocents")
_VIEW = "mark_ask"  # the key of the control, and its name in the URL
_MOVES = (
    "Before the model is marked, the owner *moves* the triggers: their pixels change a little, until innocent models "
    "no longer say the secret (the grey grain in the pictures)."
)


def switch() -> bool:
    """Offer to ask the models of the run, or innocents; return whether it is innocents."""
    bound = links.one_of(_VIEW, _VIEWS, "models")
    return st.segmented_control("Ask", _VIEWS, default="models", required=True, key=_VIEW, bind=bound) == "innocents"


def turn() -> None:
    """Ask the models once a run is started by its button: they are what trains."""
    if st.session_state.get("run"):
        st.session_state[_VIEW] = _VIEWS[0]


def show(experiment: Experiment, shown: Job, picture: DeltaGenerator) -> None:
    """Draw what innocent models take the trigger for, one bar a class; below, offer a rehearsal of the chosen pair.

    Args:
        experiment: the visitor's setting.
        shown: the run on the page; where it is of this pair, the court in it asked innocents the moved triggers.
        picture: where the bars are drawn.
    """
    recorded = rehearsal_table.affinity(_recorded(), experiment.dataset, experiment.trigger)
    run = live.finished(shown) if _same_pair(experiment, shown.experiment) else History()
    with picture:
        if recorded is not None:
            _bars(experiment, recorded, run, rehearsal_table.COMMAND)
        else:
            live.island(live.affinity(experiment), lambda _, history: _surveyed(experiment, history, run))
    _rehearse(replace(experiment, seed=rehearsal_table.SEEDS[0]))


def _same_pair(one: Experiment, other: Experiment) -> bool:
    """Return whether two experiments mark with the same triggers, moved or not, and the same secret answer."""
    pairs = ((variation.of_its_trigger(each), each.target, each.perturbed) for each in (one, other))
    return len(set(pairs)) == 1


@st.cache_resource(show_spinner=False)
def _recorded() -> list[Rehearsal]:
    """Return the rehearsals that the app was shipped with; none where there are none that can be read."""
    try:
        return rehearsal_table.read(rehearsal_table.SHIPPED)
    except ValueError:
        return []  # then a worker asks


def _surveyed(experiment: Experiment, history: History, run: History) -> None:
    if (said := history.surveyed) is None:
        words = f"What do innocent models take this {mark_findings.called(experiment)} for?"
        st.subheader(words, anchor=False)
        pictures.strip([trigger_choice.card(experiment)], alt="The trigger.", key="surveyed")
    else:
        found = Affinity(tuple(said.shares), np.stack(list(said.shares.values())))
        _bars(experiment, found, run, "asked on this machine")


def _bars(experiment: Experiment, found: Affinity, run: History, origin: str) -> None:
    claim = run.claims.get("naive") if experiment.perturbed else None
    used = None if claim is None else claim.innocent_successes / claim.queries
    frame.figure(
        mark_findings.secret(found, experiment, used),
        mark_charts.affinity(found, experiment.dataset, experiment.target, used),
        "affinity",
        source=exports.survey_source(len(found.models), origin),
        on_pick=lambda label: trigger_choice.pick(experiment, int(label)),
    )
    if used is not None and run.probe is not None and choices.FORMS[experiment.dataset] == "picture":
        drawn, moved = trigger_choice.card(experiment), pictures.triggers(run.probe)[0]
        both = [replace(drawn, words=("as drawn",)), replace(moved, words=("as used",))]
        pictures.strip(both, alt="A trigger as drawn, and one as used: moved.", key="moved")
    st.caption(
        f"{mark_findings.asked(found)} Click a class, or choose it with arrow keys and Enter, to make it the secret "
        f"answer.{_moved(experiment, claim)}"
    )


def _moved(experiment: Experiment, claim: Claimed | None) -> str:
    """Return which triggers innocents were asked: as drawn, and in a run of this pair as used."""
    if not experiment.perturbed:
        return ""
    if claim is None:
        return f" All bars: the triggers as drawn. {_MOVES} What innocents say then is measured in a run of this pair."
    return f" {_MOVES} As used: the {claim.queries} triggers that the court asks in the run of this page."


def _rehearse(experiment: Experiment) -> None:
    """Offer to try the pair out, on a quickly marked model that the owner steals; say what came of it."""
    job = live.rehearsal(experiment)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Try this secret out",
            icon=":material/theater_comedy:",
            key="rehearse",
            disabled=job is not None and job.active,
            on_click=live.rehearse,
            args=(experiment,),
        )
        st.markdown(
            "Will this secret survive a theft? A rehearsal before it counts: a model is quickly marked with this "
            "trigger and this answer, the owner steals it as a thief would, and asks the copy."
        )
    if job is not None:
        live.island(job, _rehearsed)


def _rehearsed(_: Job, history: History) -> None:
    if history.rehearsed:
        st.markdown(mark_findings.rehearsed(history.rehearsed[-1]))
