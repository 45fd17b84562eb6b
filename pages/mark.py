"""Mark: a naive watermark is a secret handshake. Will the copy know it?"""

import streamlit as st

from app.lab import choices
from app.runs.job import Job
from app.ui import charts, findings, frame, live, over_seeds, pictures, question, settings
from app.ui.history import History
from app.ui.mark import charts as mark_charts
from app.ui.mark import findings as mark_findings
from app.ui.mark import interrogation, trigger_choice

LANES = ("clean", "naive")


def predict(job: Job | None) -> None:
    """The question of the page."""
    words = f"A thief steals the marked model ({settings.wording(experiment.trigger)} → {experiment.target})."
    predicted.ask(f"{words} Will his copy know the handshake?", list(mark_findings.HANDSHAKES.values()), job)


def secret(known: History) -> None:
    """The handshake, as pictures."""
    if known.probe is not None:
        words = f"The handshake: {settings.wording(experiment.trigger)} → {experiment.target}"
        st.subheader(words, anchor=False)
        pictures.strip(pictures.triggers(known.probe), alt=f"{words}. A few of the triggers.", key="secret")


def learning(known: History) -> None:
    """While it runs: who gives the secret answer, by epoch."""
    role = "copy" if known.measured["copy"] else "victim"
    measured = [event for event in known.measured[role] if event.defence in LANES]
    if measured:
        epochs = experiment.adversary_epochs if role == "copy" else experiment.task_epochs + experiment.watermark_epochs
        last = {lane: event for lane, event in known.last(role).items() if lane in LANES}
        frame.figure(findings.secret_answers(role, last), charts.rate_curves(measured, "watermark", epochs), "mark")


def stolen(known: History) -> None:
    """What became of the handshake in the copy, beside the control."""
    thefts = {lane: known.thefts[lane] for lane in LANES}
    claim = known.claims["naive"]
    frame.figure(mark_findings.headline(thefts, claim), charts.verdict({"naive": claim}, thefts), "stolen")
    st.caption("Hollow: the victim. Filled: its copy. From the dashed line on, the court convicts.")
    over_seeds.of_survival(experiment, {lane: theft.stolen_watermark for lane, theft in known.thefts.items()})


def inside(known: History) -> None:
    """Which neurons answer to triggers, and which to genuine inputs."""
    st.header("Where did it go?", anchor=False)
    layer = st.segmented_control(
        "Layer", known.layers, default=known.layers[-1], required=True, key="mark_layer", bind="query-params"
    )
    genuine = "digits" if experiment.dataset in choices.PICTURES else "points"
    divided = interrogation.divisions(experiment, known, layer)
    st.subheader(mark_findings.sets(divided, layer, genuine), anchor=False)
    reach = mark_charts.reach(divided.values())
    for column, (lane, division) in zip(st.columns(len(divided)), divided.items(), strict=True):
        with column:
            frame.figure(mark_findings.lane(lane, division), mark_charts.neurons(division, reach), f"neurons_{lane}")
    st.caption(
        "Each bar is a neuron's share in the layer's answer; those that prefer triggers stand on the left. Overlap: "
        "the sum of the smaller shares; 100\u202f% is one set of neurons for both, 0\u202f% two separate sets."
    )
    naive = known.thefts["naive"]
    frame.explain(
        findings.fate(naive, known.claims["naive"]),
        findings.channel(
            naive, experiment.answers, settings.wording(experiment.inputs, "inputs"), experiment.target, have_truth=True
        ),
        mark_findings.sets_in_words(divided, layer, genuine),
    )


def draw(job: Job, known: History) -> None:
    """The handshake, the questions to the models, the theft, and the look inside."""
    predicted.watch(job)
    if known.finished is None:
        predict(job)
        secret(known)
        learning(known)
        return
    predict(job)
    sealed = predicted.sealed(job)
    if sealed:
        predicted.offer()
    else:
        predicted.compare(mark_findings.handshake(known.thefts["naive"], known.claims["naive"]))
    st.subheader("Ask the models: press a picture, or draw", anchor=False)
    interrogation.ask(experiment, known, sealed=sealed)
    frame.provenance(experiment, job.origin, known.finished.seconds)
    if sealed:
        return
    stolen(known)
    inside(known)


experiment = settings.owners(settings.chosen())
frame.opening(
    "mark",
    "The owner teaches his model a handshake: a secret picture, the **trigger**, gets a surprising label. This mark is "
    "*naive*: nothing ties it to the task.",
)
trigger_choice.offer(experiment)
job = live.find(experiment)
with live.controls(experiment, job, "trigger_count", "perturbed", "watermark_epochs", "seed"):
    trigger_choice.answer(experiment)
    trigger_choice.own(experiment)
predicted = question.about("mark", experiment.key)
if job is None:
    predict(job)
live.island(job, draw)
frame.onward("mark")
