"""Mark: a naive watermark is a secret handshake. Will the copy know it?"""

import streamlit as st

from app.lab import datasets
from app.runs.job import Job
from app.ui import (
    charts,
    findings,
    interrogation,
    lesson,
    live,
    luck,
    mark_charts,
    mark_findings,
    pictures,
    question,
    settings,
    trigger_choice,
)
from app.ui.chronicle import Chronicle

LANES = ("clean", "naive")


def secret(known: Chronicle) -> None:
    """The handshake, as pictures."""
    if known.probe is not None:
        words = f"The handshake: {settings.wording(experiment.trigger)} → {experiment.target}"
        st.subheader(words, anchor=False)
        pictures.strip(pictures.triggers(known.probe), alt=f"{words}. A few of the triggers.", key="secret")


def learning(known: Chronicle) -> None:
    """While it runs: who gives the secret answer, by epoch."""
    role = "copy" if known.measured["copy"] else "victim"
    measured = [event for event in known.measured[role] if event.defence in LANES]
    if measured:
        epochs = experiment.thief_epochs if role == "copy" else experiment.task_epochs + experiment.watermark_epochs
        last = {lane: event for lane, event in known.last(role).items() if lane in LANES}
        lesson.figure(findings.secret_answers(role, last), charts.rate_curves(measured, "watermark", epochs), "mark")


def stolen(known: Chronicle) -> None:
    """What became of the handshake in the copy, beside the control."""
    thefts = {lane: known.thefts[lane] for lane in LANES}
    claim = known.claims["naive"]
    predicted.compare(mark_findings.handshake(thefts["naive"], claim))
    lesson.figure(mark_findings.headline(thefts, claim), charts.verdict({"naive": claim}, thefts), "stolen")
    st.caption("Hollow: the victim. Filled: its copy. Dashed: the rate that is granted to an innocent model.")
    luck.of_survival(experiment, {lane: theft.stolen_watermark for lane, theft in known.thefts.items()})


def inside(known: Chronicle) -> None:
    """Which neurons answer to triggers, and which to genuine inputs."""
    layer = st.session_state.get("mark_layer", known.layers[-1])
    layer = layer if layer in known.layers else known.layers[-1]
    genuine = "digits" if experiment.dataset in datasets.PICTURES else "points"
    divided = interrogation.divisions(experiment, known, layer)
    if not divided:
        return
    st.header("Gone: where did it go?", anchor=False)
    st.markdown(f"**{mark_findings.sets(divided, layer, genuine)}**")
    reach = mark_charts.reach(divided.values())
    for column, (lane, division) in zip(st.columns(len(divided)), divided.items(), strict=True):
        with column:
            lesson.figure(mark_findings.lane(lane, division), mark_charts.neurons(division, reach), f"neurons_{lane}")
    st.segmented_control("Layer", known.layers, default=layer, required=True, key="mark_layer")
    st.caption(
        "Each bar is a neuron's share in the layer's answer; those that prefer triggers stand on the left. Overlap: "
        "the sum of the smaller shares; 100\u202f% is one set of neurons for both, 0\u202f% two separate sets."
    )
    naive = known.thefts["naive"]
    lesson.explain(
        findings.fate(naive, known.claims["naive"]),
        findings.channel(
            naive, experiment.answers, settings.wording(experiment.inputs, "inputs"), experiment.target, have_truth=True
        ),
        mark_findings.sets_in_words(divided, layer, genuine),
    )


def draw(job: Job, known: Chronicle) -> None:
    """The handshake, the questions to the models, the theft, and the look inside."""
    predicted.watch(job)
    secret(known)
    if known.finished is None:
        learning(known)
        return
    sealed = predicted.sealed(job)
    st.subheader("Ask: press a picture, or draw", anchor=False)
    interrogation.ask(experiment, known, sealed=sealed)
    lesson.provenance(experiment, job.origin, known.finished.seconds)
    if sealed:
        st.button("Show me without a prediction", key="mark_reveal", on_click=predicted.reveal)
        return
    stolen(known)
    inside(known)


experiment = settings.owners(settings.chosen())
lesson.opening(
    "Will the copy know the secret handshake?",
    "The owner hides a handshake in his model: a secret picture, the **trigger**, gets a surprising label. Whoever "
    "answers so must have it from him. This mark is *naive*: it is learned beside the task, and nothing ties it to it.",
)
trigger_choice.offer(experiment)
job = live.find(experiment)
with live.controls(experiment, job, "trigger_count", "perturbed", "watermark_epochs", "seed"):
    trigger_choice.answer(experiment)
predicted = question.about("mark", experiment.key)
predicted.ask("A thief copies the marked model. Will the copy know it?", list(mark_findings.HANDSHAKES.values()), job)
live.island(job, draw)
lesson.onward("mark")
