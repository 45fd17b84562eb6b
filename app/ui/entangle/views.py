"""What the page shows of a run: the feature spaces, the curves, and the reasons."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.lab.experiment import Experiment
from app.lab.stories.events import Snapshot
from app.runs.job import Job
from app.ui import charts, findings, frame, over_seeds
from app.ui.entangle import charts as entangle_charts
from app.ui.entangle import feature_maps
from app.ui.entangle import findings as entangle_findings
from app.ui.history import History
from app.ui.question import Question


def layer_shown(history: History, chosen: str) -> str:
    """Return the layer that the visitor has chosen, or the last one where the run does not have that."""
    return chosen if chosen in history.layers else (history.layers or [""])[-1]


def maps(
    experiment: Experiment, predicted: Question, layer: str, method: str, job: Job, history: History, *, note: str = ""
) -> None:
    """Draw the picture of the page: the feature space of each victim, with the triggers in it.

    Args:
        experiment: the run's settings.
        predicted: the question that seals what happens after the victims part.
        layer: whose features are drawn.
        method: of projection, ``"pca"`` or ``"umap"``.
        job: the run.
        history: its events so far, with the snapshots by ``method``.
        note: what else is said below the picture.
    """
    layer = layer_shown(history, layer)
    snapshots = history.maps("victim", layer, method)
    if not snapshots or history.probe is None:
        return
    sealed = predicted.sealed(job)
    last = history.last("victim")
    title = (
        "So far all three are one model. Where will the triggers go?"
        if sealed
        else entangle_findings.side_by_side(last, layer, history.neutral, experiment.target)
    )
    with frame.picture("maps"):
        st.subheader(title, anchor=False)
        feature_maps.feature_maps(
            history.probe,
            _shared_training(snapshots, experiment.task_epochs) if sealed else snapshots,
            entangle_findings.neighbours(history.measured["victim"], layer, experiment.target),
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
    elif history.finished is not None:
        predicted.compare(entangle_findings.placement(last, layer, history.neutral))
    st.caption(
        f"Digits are test inputs, drawn as their class, class {experiment.target} in bold; diamonds are triggers. "
        "Hover over a point to see the picture, click to keep it. "
        + (
            "UMAP keeps neighbourhoods, not distances."
            if method == "umap"
            else "PCA is a flat shadow: what is apart may fall together."
        )
    )


def curves(experiment: Experiment, layer: str, history: History) -> None:
    """Draw watermark, accuracy and SNNL of the victims by epoch, then the batches of the two that are marked."""
    measured, layer = history.measured["victim"], layer_shown(history, layer)
    if not measured:
        return
    epochs = experiment.task_epochs + experiment.watermark_epochs
    last = history.last("victim")
    figures = {
        "watermark": (findings.secret_answers("victim", last), charts.rate_curves(measured, "watermark", epochs)),
        "accuracy": (entangle_findings.cost(last), charts.rate_curves(measured, "accuracy", epochs, low=0.8)),
        "snnl": (
            entangle_findings.entanglement(last, layer),
            entangle_charts.snnl_curves(measured, layer, epochs, history.neutral),
        ),
    }
    for column, (name, (finding, spec)) in zip(st.columns(3), figures.items(), strict=True):
        with column:
            frame.figure(finding, spec, name)
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
    losses: dict[str, float] = {defence: event.snnl[layer] for defence, event in last.items()}
    over_seeds.of_entanglement(experiment, layer, losses, history.neutral)
    frame.explain(
        f"One step in {experiment.task_per_watermark + 1} of the marked models is a *watermark batch*: half triggers, "
        f"half real inputs of class {experiment.target}, all labelled {experiment.target}. The naive model only learns "
        "the labels. The entangled one is also rewarded when triggers and real inputs cannot be told apart by "
        f"distance: it maximises the SNNL on them (kappa (\u03ba) = {experiment.kappa:g}, temperature "
        f"T = {experiment.temperature:g}).",
        entangle_findings.entanglement_in_words(last, layer, history.neutral, experiment.target),
    )


def _shared_training(snapshots: Mapping[str, Sequence[Snapshot]], parting: int) -> dict[str, list[Snapshot]]:
    """Return the snapshots of the epochs that all three victims share: what may be seen before the prediction."""
    return {defence: [shot for shot in shots if shot.epoch <= parting] for defence, shots in snapshots.items()}
