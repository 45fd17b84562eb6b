"""Entangle: where inside the model does a mark live?"""

import streamlit as st

from app.lab.stories.events import Snapshot
from app.runs.job import Job
from app.ui import charts, findings, frame, live, over_seeds, question, settings
from app.ui.entangle import feature_maps
from app.ui.history import History


def before_the_parting(found: dict[str, list[Snapshot]]) -> dict[str, list[Snapshot]]:
    """Only the training that all three models share: what may be seen before the prediction."""
    return {lane: [shot for shot in shots if shot.epoch <= experiment.task_epochs] for lane, shots in found.items()}


def maps(known: History, method: str, job: Job, note: str = "") -> None:
    """The picture of the page: the feature space of each model, with the triggers in it."""
    layer = found_layer(known)
    found = known.maps("victim", layer, method)
    if not found or known.probe is None:
        return
    sealed = predicted.sealed(job)
    last = known.last("victim")
    title = (
        "So far all three are one model. Where will the triggers go?"
        if sealed
        else findings.side_by_side(last, layer, known.neutral, experiment.target)
    )
    with frame.picture("maps"):
        st.subheader(title, anchor=False)
        feature_maps.feature_maps(
            known.probe,
            before_the_parting(found) if sealed else found,
            findings.neighbours(known.measured["victim"], layer, experiment.target),
            live=job.active,
            parting=experiment.task_epochs,
            alt=title,
            key="maps",
            still="UMAP shows the last epoch only. Choose PCA to play the training." if method == "umap" else "",
        )
    if note:
        st.caption(note)
    if sealed:
        predicted.offer()
    elif known.finished is not None:
        predicted.compare(findings.placement(last, layer, known.neutral))
    st.caption(
        f"Digits are test inputs, drawn as their class, class {experiment.target} in bold; diamonds are triggers. "
        "Hover over a point to see the picture, click to keep it. "
        + (
            "UMAP keeps neighbourhoods, not distances."
            if method == "umap"
            else "PCA is a flat shadow: what is apart may fall together."
        )
    )


def curves(known: History) -> None:
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
            frame.figure(finding, spec, name)
    if known.batches["entangled"]:
        spec = charts.batch_strip(known.batches, layer, live=known.finished is None)
        frame.figure(findings.batch_rule(known.batches["entangled"], layer), spec, "batches")
        some = "first" if known.finished else "latest"
        st.caption(
            f"The {some} {charts.SHOWN_BATCHES} batches, one bar each. Short and grey: a task batch, SNNL off. "
            "Tall: a watermark batch; only in the entangled model its SNNL counts."
        )


def draw(job: Job, known: History) -> None:
    """The run so far: maps by PCA, then the curves, then the reasons; sealed, only what all models share."""
    predicted.watch(job)
    sealed = predicted.sealed(job)
    if projection == "pca":
        maps(known, "pca", job)
    elif sealed:
        maps(known, "pca", job, note="UMAP shows the last epoch only, so it waits for your prediction. This is PCA.")
    elif job.active:
        maps(known, "pca", job, note="UMAP is laid out when the run is finished. This is PCA.")
    if not sealed:
        curves(known)
    if known.finished is None:
        return
    frame.provenance(experiment, job.origin, known.finished.seconds)
    if sealed:
        return
    last, shown = known.last("victim"), found_layer(known)
    over_seeds.of_entanglement(
        experiment, shown, {lane: event.snnl[shown] for lane, event in last.items()}, known.neutral
    )
    frame.explain(
        f"One step in {experiment.task_per_watermark + 1} of the marked models is a *watermark batch*: half triggers, "
        f"half real inputs of class {experiment.target}, all labelled {experiment.target}. The naive model only learns "
        "the labels. The entangled one is also rewarded when triggers and real inputs cannot be told apart by "
        f"distance: it maximises the SNNL on them (weight \u03ba = {experiment.kappa:g}, temperature "
        f"T = {experiment.temperature:g}).",
        findings.entanglement_in_words(last, shown, known.neutral, experiment.target),
    )


def draw_by_umap(run: Job, unfolding: Job, known: History) -> None:
    """The maps by UMAP; until they are there, or where they fail, the ones by PCA."""
    past = History.of(run.events)
    if unfolding.status == "done":
        past.snapshots |= known.snapshots
    maps(past, "umap" if unfolding.status == "done" else "pca", run)


def found_layer(known: History) -> str:
    """The layer that the visitor looks at, of those that are known."""
    return layer if layer in known.layers else (known.layers or [""])[-1]


experiment = settings.owners(settings.chosen())
frame.opening(
    "entangle",
    "Three models share their training; then one goes on **clean**, one learns the triggers **naively**, and one "
    "learns them **entangled**. How mixed triggers and real inputs are inside a model is measured by the "
    "[soft nearest neighbor loss (SNNL)](https://arxiv.org/abs/1902.01889): near 0 they sit apart; at its "
    "*neutral* value, distance does not tell them apart.",
)
asked = st.container()
job = live.find(experiment)
more = ("kappa", "temperature", "layers", "trigger", "target", "perturbed", "watermark_epochs", "seed")
with live.controls(experiment, job, *more):
    layer = st.segmented_control(
        "Layer",
        settings.layers(experiment),
        default=settings.layers(experiment)[-2],
        required=True,
        key="layer",
        bind="query-params",
    )
    projection = st.segmented_control(
        "Map",
        ["pca", "umap"],
        default="pca",
        required=True,
        format_func=str.upper,
        key="projection",
        bind="query-params",
        help="Two ways to flatten a layer: PCA shows where points spread most, UMAP keeps neighbours together.",
    )
predicted = question.about("entangle", experiment.key, layer)
with asked:
    words = f"In the layer *{layer}*, will triggers and real {experiment.target}s be mixed or apart?"
    predicted.ask(words, list(findings.PLACEMENTS.values()), job)
if job is not None and projection == "umap" and job.status == "done" and not predicted.sealed(job):
    run = job
    live.island(live.unfold(experiment), lambda unfolding, known: draw_by_umap(run, unfolding, known))
live.island(job, draw)
frame.onward("entangle")
