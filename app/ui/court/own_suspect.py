"""The room of the visitor's own suspect: a kit goes out to any model anywhere, and the form comes back."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab import choices, variation
from app.lab.experiment import Experiment
from app.lab.ownership import kit as kits
from app.lab.ownership import questionnaire
from app.lab.ownership.kit import Kit
from app.lab.ownership.verdict import Verdict
from app.lab.stories.events import Defence, Exhibit, Role
from app.lab.stories.hearing import Hearing
from app.reports import claim_report, kit
from app.ui import frame, upload, visit
from app.ui.court import charts as court_charts
from app.ui.court import findings as court_findings
from app.ui.court import strangers
from app.ui.court.stage import Stage
from app.ui.markdown import escaped

_YOURS = "your suspect"


def room(experiment: Experiment, trial: Hearing, stage: Stage) -> None:
    """Ask any model anywhere, and bring its answers back."""
    assert trial.exhibit is not None
    own = _own_kit(experiment, trial.exhibit)
    with stage.controls:
        _taken_along(experiment, trial, trial.exhibit, own)
        brought = _brought(experiment, trial, own)
    found = strangers.heard(experiment, trial)
    verdicts = {name: strangers.judged(experiment, trial, answers) for name, answers in found.items()}
    with stage.picture:
        st.markdown(
            f"**1. Take the {len(own.ids)} inputs** to any model, wherever it runs: triggers and, among them, "
            "controls, which any model of the task knows. **2. Write down** the class that it answers to each. "
            "**3. Bring the form back.** Nothing that you bring is kept."
        )
        if brought is None:
            strangers.draw(experiment, trial, verdicts, next(iter(verdicts)))
        else:
            used, labels, verdict = brought
            strangers.draw(experiment, trial, {_YOURS: verdict, **verdicts}, _YOURS)
            st.markdown(f"**{claim_report.sentence(verdict)}** {verdict.reason}", help=court_findings.P)
    if brought is not None:
        command = variation.command(experiment, "triggers", "--folder KIT")
        st.download_button(
            "The record of this claim",
            claim_report.page(used, trial.innocent_successes, labels, verdict, command),
            "claim.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
            key="record",
        )
    st.caption(
        f"This visit remembers your part of the kit {own.identifier}; for a form that comes back later, keep it."
    )
    with st.expander("What an innocent is granted"):
        panel(trial)


def _taken_along(experiment: Experiment, trial: Hearing, exhibit: Exhibit, own: Kit) -> None:
    name = variation.preset_name(experiment)
    st.download_button(
        "The kit: inputs and a form",
        kit.archive(own, exhibit),
        f"kit-{name}-{own.identifier}.zip",
        "application/zip",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        key="triggers",
    )
    st.download_button(
        "Your part, secret: which are the triggers",
        own.to_json(),
        f"kit-{name}-{own.identifier}.owner.json",
        "application/json",
        icon=":material/key:",
        on_click="ignore",
        key="owner",
    )
    st.download_button(
        "A form, filled in by the entangled copy",
        questionnaire.form(own.ids, _filled_in(own, trial, "copy", "entangled")),
        questionnaire.FORM,
        "text/csv",
        on_click="ignore",
        key="sample",
    )


def _brought(experiment: Experiment, trial: Hearing, own: Kit) -> tuple[Kit, NDArray[np.int64], Verdict] | None:
    """Return the kit, the labels and the verdict of a form that was brought back; None without one, or of a bad one."""
    form = upload.uploader("The form, filled in (CSV: id,label)", key="form")
    secret = upload.uploader("Your part, if the kit is from another visit (JSON)", key="owners_part")
    st.caption(upload.WHERE)
    if form is None:
        return None
    try:
        used = own if secret is None else kits.read(secret.getvalue().decode("utf-8-sig", "replace"))
        used.check_setting(experiment)
        labels = questionnaire.read_answers(form.getvalue(), used.ids, choices.CLASS_NAMES[experiment.dataset])
        return used, labels, trial.verdict(used, labels)
    except ValueError as mistake:
        st.error(escaped(mistake), icon=":material/warning:")
        return None


def panel(trial: Hearing) -> None:
    """Show how often each innocent model gives the secret answer, and what the worst of them grants."""
    counts, asked = trial.innocent_successes, len(trial.secret("victim", "clean"))
    figure = court_charts.panel(counts, asked, trial.granted)
    frame.figure(court_findings.panel(counts, asked, trial.granted), figure, "panel")


def _own_kit(experiment: Experiment, exhibit: Exhibit) -> Kit:
    """Return the visitor's kit for this setting: made once a visit, from fresh randomness."""
    known = visit.here().kits
    if experiment.key not in known:
        known[experiment.key] = kits.made(experiment, exhibit.inputs, exhibit.target, exhibit.control_labels)
    return known[experiment.key]


def _filled_in(own: Kit, trial: Hearing, role: Role, defence: Defence) -> list[int]:
    """Return what a model of the run answers to the ids of a kit, in their order."""
    answers = dict(zip(own.triggers, trial.answers[role, defence].tolist(), strict=True))
    answers |= dict(zip(own.controls, trial.controls[role, defence].tolist(), strict=True))
    return [answers[asked] for asked in own.ids]
