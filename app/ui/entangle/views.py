"""What the page shows of a run: the feature spaces, the curves, and the reasons."""

import streamlit as st

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.stories.scene import WATCHED
from app.runs.job import Job
from app.ui import charts, findings, frame, over_seeds
from app.ui.entangle import charts as entangle_charts
from app.ui.entangle import feature_maps, map_frames
from app.ui.entangle import findings as entangle_findings
from app.ui.history import History


def layer_shown(history: History, chosen: str) -> str:
    """Return the layer that the visitor has chosen, or the last one where the run does not have that."""
    return chosen if chosen in history.layers else (history.layers or [""])[-1]


def maps(run: Job, history: History, layer: str, projection: str, *, space: bool, sealed: bool) -> None:
    """Draw the picture of the page: the feature space of each victim, with the triggers in it.

    Args:
        run: the run.
        history: its events so far, with the maps by UMAP that are there.
        layer: whose features are drawn.
        projection: ``"umap"`` or ``"pca"``.
        space: whether the maps have three dimensions.
        sealed: whether only what all three victims share may be seen.
    """
    experiment = run.experiment
    layer = layer_shown(history, layer)
    if history.probe is None or not history.maps("victim", layer, "pca"):
        st.empty()  # the place is taken: a fragment may fill only what it has written to before
        return
    if not history.distances:
        st.info("An earlier version of the app kept this run, without what the maps need: run it live again.")
        return
    parting = experiment.task_epochs
    targets = choices.several_of_class(experiment.dataset, experiment.target)
    one = choices.one_of_class(experiment.dataset, experiment.target)
    method = map_frames.method(history, layer, projection, space=space)
    shown = map_frames.panels(experiment, history, layer, method, live=run.active, sealed=sealed)
    ask = ". Where will they go?" if sealed else ""
    feature_maps.feature_maps(
        f"{experiment.key} {layer} {method}",
        history.probe,
        choices.class_names(experiment.dataset),
        targets,
        shown,
        [f"{title}{ask}" for title in map_frames.titles(shown, targets, one, parting)],
        _method_in_words(method, projection, run),
        live=run.active,
        sealed=sealed,
        parting=sum(frame.epoch <= parting for frame in shown["clean"]) - 1,
        key="maps",
    )


def curves(experiment: Experiment, layer: str, history: History) -> None:
    """Draw watermark, accuracy and SNNL of the victims by epoch, then the batches of the two that are marked."""
    measured, layer = history.measured["victim"], layer_shown(history, layer)
    if not measured:
        return
    epochs = experiment.task_epochs + experiment.watermark_epochs
    last = history.last("victim")
    parted = [event.accuracy for event in measured if event.epoch >= experiment.task_epochs]
    figures = {
        "watermark": (findings.secret_answers("victim", last), charts.secret_curves(measured, epochs)),
        "accuracy": (
            entangle_findings.cost(last, history.thefts),
            charts.rate_curves(measured, "accuracy", epochs, low=charts.floor_of(parted)),
        ),
        "snnl": (
            entangle_findings.entanglement(last, layer),
            entangle_charts.snnl_curves(measured, layer, epochs, history.neutral),
        ),
    }
    for column, (name, (finding, spec)) in zip(st.columns(3), figures.items(), strict=True):
        with column:
            frame.figure(finding, spec, name)
    st.caption(f"Along the curves, accuracy is measured on the first {WATCHED} test inputs, for speed.")
    if history.batches["entangled"]:
        spec = entangle_charts.batch_strip(history.batches, layer, live=history.finished is None)
        frame.figure(entangle_findings.batch_rule(history.batches["entangled"], layer), spec, "batches")
        some = "first" if history.finished else "latest"
        st.caption(
            f"The {some} {entangle_charts.SHOWN_BATCHES} batches, one bar each. Short and grey: a task batch, SNNL "
            "off. Tall: a watermark batch; only in the entangled model its SNNL counts."
        )


def reasons(experiment: Experiment, layer: str, history: History) -> None:
    """Offer the spread over the seeds, and explain how the victims came to differ; the run is finished."""
    last, layer = history.last("victim"), layer_shown(history, layer)
    targets = choices.several_of_class(experiment.dataset, experiment.target)
    losses: dict[str, float] = {defence: event.snnl[layer] for defence, event in last.items()}
    over_seeds.of_entanglement(experiment, layer, losses, history.neutral)
    frame.explain(
        f"One step in {experiment.task_per_watermark + 1} of the marked models is a *watermark batch*: half triggers, "
        f"half real {targets}, all labelled *{experiment.secret_answer}*. The naive model only learns "
        "the labels. The entangled one is also rewarded when triggers and real inputs cannot be told apart by "
        f"distance: it maximises the SNNL on them (kappa (\u03ba) = {experiment.kappa:g}, temperature "
        f"T = {experiment.temperature:g}).",
        entangle_findings.entanglement_in_words(last, layer, history.neutral, targets),
        f"Why a theft takes such a mark along: where triggers and {targets} stir the same units, so does, a little, "
        f"many another input. Its answer then leans towards *{experiment.secret_answer}*, and a thief learns from "
        "answers. How much of that there is, *Channel* measures.",
    )


def _method_in_words(method: str, projection: str, run: Job) -> str:
    """Return by which method the maps are made and, where it is not the chosen one, until when."""
    words = map_frames.WORDS[method]
    if method.startswith(projection):
        return words
    return f"{words}, until {'the run is done' if run.active else 'UMAP is laid out'}"
