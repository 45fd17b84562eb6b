"""Entangle: where inside the model does a mark live?"""

from functools import partial

import streamlit as st

from app.runs.job import Job
from app.ui import frame, live, question, settings
from app.ui.entangle import findings as entangle_findings
from app.ui.entangle import views
from app.ui.history import History


def draw(job: Job, history: History) -> None:
    """The run so far: maps by PCA, then the curves, then the reasons; sealed, only what all models share."""
    predicted.watch(job)
    sealed = predicted.sealed(job)
    maps = partial(views.maps, experiment, predicted, layer, "pca", job, history)
    if projection == "pca":
        maps()
    elif sealed:
        maps(note="UMAP shows the last epoch only, so it waits for your prediction. This is PCA.")
    elif job.active:
        maps(note="UMAP is laid out when the run is finished. This is PCA.")
    if not sealed:
        views.curves(experiment, layer, history)
    if history.finished is None:
        return
    frame.provenance(experiment, job.origin, history.finished.seconds)
    if not sealed:
        views.reasons(experiment, layer, history)


def draw_by_umap(run: Job, projecting: Job, projected: History) -> None:
    """The maps by UMAP; until they are there, or where they fail, the ones by PCA."""
    history, done = History.of(run.events), projecting.status == "done"
    if done:
        history.snapshots |= projected.snapshots
    views.maps(experiment, predicted, layer, "umap" if done else "pca", run, history)


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
    predicted.ask(words, list(entangle_findings.PLACEMENTS.values()), job)
if job is not None and projection == "umap" and job.status == "done" and not predicted.sealed(job):
    live.island(live.project(experiment), partial(draw_by_umap, job))
live.island(job, draw)
frame.onward("entangle")
