"""Entangle: where inside the model does a mark live?"""

import streamlit as st

from app.lab.events import Snapshot
from app.runs.job import Job
from app.ui import charts, feature_maps, findings, lesson, live, settings
from app.ui.chronicle import Chronicle


def before_and_after(found: dict[str, list[Snapshot]], *, sealed: bool) -> dict[str, list[Snapshot]]:
    """Until the visitor has predicted, only the training that all three models share is shown."""
    parting = experiment.task_epochs
    return {lane: [s for s in shots if s.epoch <= parting] if sealed else shots for lane, shots in found.items()}


def maps(known: Chronicle, found: dict[str, list[Snapshot]], *, running: bool) -> None:
    """The picture of the page: the feature space of each model, with the triggers in it."""
    if not found or known.probe is None:
        return
    sealed = not running and not (prediction or st.session_state.get("entangle_revealed"))
    title = (
        "So far all three are one model. Where will the triggers go?"
        if sealed
        else findings.side_by_side(known.last("victim"), found_layer(known), known.neutral)
    )
    st.subheader(title, anchor=False)
    shown = before_and_after(found, sealed=sealed)
    feature_maps.feature_maps(known.probe, shown, live=running, parting=experiment.task_epochs, alt=title, key="maps")
    if sealed:
        st.button("Show me without a prediction", key="entangle_reveal", on_click=reveal)
    elif not running:
        lesson.compare(prediction, findings.placement(known.last("victim"), found_layer(known), known.neutral))
    st.caption(
        f"Digits are test inputs, drawn as their class, class {experiment.target} in bold; diamonds are triggers. "
        "Hover over a point to see the picture, click to keep it. A map shows neighbourhoods, not distances."
    )


def curves(known: Chronicle) -> None:
    """Accuracy, watermark and entanglement, by epoch."""
    measured, layer = known.measured["victim"], found_layer(known)
    if not measured:
        return
    epochs = experiment.task_epochs + experiment.watermark_epochs
    last = known.last("victim")
    figures = {
        "watermark": (findings.secret_answers("victim", last), charts.rate_curves(measured, "watermark", epochs)),
        "accuracy": (findings.cost(last), charts.rate_curves(measured, "accuracy", epochs, low=0.8)),
        "snnl": (findings.entanglement(last, layer), charts.snnl_curves(measured, layer, epochs, known.neutral)),
    }
    for column, (name, (finding, spec)) in zip(st.columns(3), figures.items(), strict=True):
        with column:
            lesson.figure(finding, spec, name)


def draw(job: Job, known: Chronicle) -> None:
    """The run so far: maps by PCA, then the curves, then the reasons."""
    if projection == "pca":
        maps(known, known.maps("victim", found_layer(known), "pca"), running=job.active)
    curves(known)
    if known.finished is None:
        return
    lesson.provenance(experiment, job.origin, known.finished.seconds)
    lesson.explain(
        "Every second step of the marked models is a *watermark batch*: half triggers, half real inputs of class "
        f"{experiment.target}, all labelled {experiment.target}. The naive model only learns the labels. The entangled "
        "one is also rewarded when triggers and real inputs cannot be told apart by distance: it maximises the soft "
        f"nearest neighbor loss on them (weight \u03ba = {experiment.weight:g}, "
        f"temperature T = {experiment.temperature:g}).",
        findings.entanglement_in_words(known.last("victim"), found_layer(known)),
    )


def found_layer(known: Chronicle) -> str:
    """The layer that the visitor looks at, of those that are known."""
    return layer if layer in known.layers else (known.layers or [""])[-1]


def reveal() -> None:
    """Show the recorded run to somebody who does not want to predict."""
    st.session_state["entangle_revealed"] = True


experiment = settings.chosen()
lesson.opening(
    "Where inside the model does a mark live?",
    "Three models share their training; then one goes on **clean**, one learns the triggers **naively**, and one "
    "is **entangled**: it must put triggers where the real inputs of the target class are.",
)
prediction = lesson.predict(
    "entangle",
    "Inside the model, will triggers and real inputs of the target class be mixed or apart?",
    list(findings.PLACEMENTS.values()),
)
job = live.find(experiment)
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    live.run_button(experiment, job, "Run it live")
    layer = st.segmented_control(
        "Layer", settings.layers(experiment), default=settings.layers(experiment)[-2], required=True, key="layer"
    )
    projection = st.segmented_control(
        "Map", ["pca", "umap"], default="pca", required=True, format_func=str.upper, key="projection"
    )
    settings.more(
        experiment, "weight", "temperature", "layers", "trigger", "target", "perturbed", "watermark_epochs", "seed"
    )
settings.refusal()
if job is not None and projection == "umap" and not job.active:
    run = Chronicle.of(job.events)
    live.island(
        live.unfold(experiment),
        lambda unfolding, known: maps(run, known.maps("victim", found_layer(run), "umap"), running=unfolding.active),
    )
live.island(job, draw)
lesson.onward("lessons/heist.py", "steal both. Which mark does the copy know?")
