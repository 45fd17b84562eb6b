"""Entangle: where inside the model does a mark live?"""

import streamlit as st

from app.lab import choices
from app.runs.job import Job
from app.ui import frame, links, live, question, settings
from app.ui.entangle import findings as entangle_findings
from app.ui.entangle import views
from app.ui.history import History

MAPS = ("umap", "pca")


def draw(job: Job, history: History) -> None:
    """The run so far: its maps, then the curves, then the reasons; sealed, only what all models share."""
    predicted.watch(job)
    experiment, sealed = job.experiment, predicted.sealed(job)
    if mapping is None:
        draw_maps(job, history, live.on_record(experiment, "umap") if job.status == "done" else None)
    if not sealed:
        views.curves(experiment, layer, history)
    if history.finished is None:
        return
    frame.provenance(job, history.finished.seconds)
    if not sealed:
        views.reasons(experiment, layer, history)


def draw_maps(run: Job, history: History, mapped: Job | None) -> None:
    """The picture: by UMAP as far as that is laid out, else by PCA."""
    if mapped is not None:
        history.snapshots |= History.of(mapped.events).snapshots
    with picture:
        views.maps(run, history, layer, projection, space=space, sealed=predicted.sealed(run))


def draw_mapping(mapped: Job, _: History) -> None:
    """The maps of a finished run, while UMAP is being laid out."""
    draw_maps(job, live.finished(job), mapped)


experiment = settings.owners(settings.chosen("entangle"))
frame.opening("entangle")
job = live.find(experiment)
predicted = question.about("entangle")
picture, beside = frame.stage("entangle")
layers, usual = settings.layers(job.experiment), choices.telling_layer(job.experiment.network)
with beside:
    asked = st.container()
    of_layer = links.one_of("layer", layers, usual)
    of_map = links.one_of("projection", map(str.upper, MAPS), MAPS[0].upper())
    of_space = links.yes_or_no("space")
more = ("kappa", "temperature", "layers", "trigger", "target", "perturbed", "watermark_epochs", "seed")
with beside, live.controls(experiment, job, *more):
    layer = st.segmented_control(
        "Layer",
        layers,
        default=usual,
        required=True,
        key="layer",
        bind=of_layer,
    )
    projection = st.segmented_control(
        "Map",
        MAPS,
        default=MAPS[0],
        required=True,
        format_func=str.upper,
        key="projection",
        bind=of_map,
        help="Two ways to flatten a layer. UMAP keeps neighbours together; distances between clusters mean little. "
        "PCA is a flat shadow, from where points spread most: what is apart may fall together.",
    )
    space = st.toggle("In 3-D", key="space", bind=of_space, help="Drag any of the maps: all three turn.")
targets = choices.several_of_class(job.experiment.dataset, job.experiment.target)
with asked:
    words = f"In the layer *{layer}*, in which model will more of the triggers' neighbours be {targets}?"
    ended = live.finished(job)
    happened = entangle_findings.closer(ended.last("victim"), layer) if ended.finished else None
    predicted.ask(words, list(entangle_findings.CLOSER), job, happened)
st.markdown(
    "Three models share their training; then one goes on **clean**, one learns the triggers **naively**, and one "
    "learns them **entangled**. How mixed triggers and real inputs are inside a model is measured by the "
    "[soft nearest neighbor loss (SNNL)](https://arxiv.org/abs/1902.01889): near 0 they sit apart; where "
    "distance does not tell them apart, they are *mixed*."
)
mapping = None
if projection == "umap" and job.status == "done" and live.on_record(job.experiment, "umap") is None:
    mapping = live.project(job.experiment)
    live.island(mapping, draw_mapping, beside)
live.island(job, draw, beside)
frame.onward("entangle")
