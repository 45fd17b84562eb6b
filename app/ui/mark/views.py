"""What the page shows of a run beside the questions to its models: the handshake, the training, the theft, inside."""

import streamlit as st

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.stories.events import Defence, Theft
from app.ui import charts, findings, frame, links, over_seeds, pictures, settings
from app.ui.history import History
from app.ui.mark import charts as mark_charts
from app.ui.mark import findings as mark_findings
from app.ui.mark import interrogation

_SHOWN: tuple[Defence, ...] = ("clean", "naive")  # defences; the entangled one comes later in the story


def secret(experiment: Experiment, history: History) -> None:
    """Draw the handshake: a few of the triggers."""
    if history.probe is not None:
        words = f"The handshake: {settings.wording(experiment.trigger)} → {experiment.secret_answer}"
        st.subheader(words, anchor=False)
        pictures.strip(pictures.triggers(history.probe), alt=f"{words}. A few of the triggers.", key="secret")


def training(experiment: Experiment, history: History) -> None:
    """Draw who gives the secret answer, by epoch: the victims, then the copies."""
    role = "copy" if history.measured["copy"] else "victim"
    measured = [event for event in history.measured[role] if event.defence in _SHOWN]
    if measured:
        epochs = experiment.adversary_epochs if role == "copy" else experiment.task_epochs + experiment.watermark_epochs
        last = {defence: event for defence, event in history.last(role).items() if defence in _SHOWN}
        frame.figure(findings.secret_answers(role, last), charts.secret_curves(measured, epochs), "mark")


def finding(experiment: Experiment, history: History, *, sealed: bool) -> str:
    """Return the title of the picture: before the prediction what the victim knows, then what its copy does."""
    if sealed:
        return mark_findings.before(experiment, _thefts(history))
    measured = over_seeds.of_setting(experiment)
    convicted = measured["naive"].convicted if measured else ()
    return mark_findings.headline(_thefts(history), history.claims["naive"], convicted)


def stolen(experiment: Experiment, history: History) -> None:
    """Draw what the copy knows of the handshake, beside the control."""
    claim, found = history.claims["naive"], _thefts(history)
    frame.figure(mark_findings.headline(found, claim), charts.verdict({"naive": claim}, found), "stolen")
    st.caption("Hollow: the victim. Filled: its copy. From the dashed line on, the court convicts.")
    over_seeds.of_survival(experiment, {defence: theft.stolen_watermark for defence, theft in history.thefts.items()})


def _thefts(history: History) -> dict[Defence, Theft]:
    return {defence: history.thefts[defence] for defence in _SHOWN}


def reasons(experiment: Experiment, history: History) -> None:
    """Explain what became of the mark; below, which neurons of a layer answer to triggers, and which to the task."""
    naive, asked = history.thefts["naive"], settings.wording(experiment.inputs, "inputs")
    frame.explain(
        findings.fate(naive, history.claims["naive"]),
        findings.channel(naive, experiment.answers, asked, experiment.secret_answer, have_truth=True),
    )
    with st.expander("Where did it go? Neuron by neuron"):
        _neurons(experiment, history)


def _neurons(experiment: Experiment, history: History) -> None:
    layer = st.segmented_control(
        "Layer",
        history.layers,
        default=history.layers[-1],
        required=True,
        key="mark_layer",
        bind=links.one_of("mark_layer", history.layers, history.layers[-1]),
    )
    genuine = "points" if choices.FORMS[experiment.dataset] == "point" else "genuine inputs"
    divided = interrogation.divisions(experiment, history, layer)
    st.subheader(mark_findings.sets(divided, layer, genuine), anchor=False)
    reach = mark_charts.reach(divided.values())
    for column, (defence, division) in zip(st.columns(len(divided)), divided.items(), strict=True):
        with column:
            finding = mark_findings.overlap(defence, division)
            frame.figure(finding, mark_charts.neurons(division, reach), f"neurons_{defence}")
    st.caption(
        "Each bar is a neuron's share in the layer's answer; those that prefer triggers stand on the left. Overlap: "
        "the sum of the smaller shares; 100\u202f% is one set of neurons for both, 0\u202f% two separate sets."
    )
    st.markdown(mark_findings.sets_in_words(divided, layer, genuine))
