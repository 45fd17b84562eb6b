"""Words about the entanglement inside the victims. Pure: measurements in, sentences out."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.lab.stories.events import Defence, Measured, Progress, Theft
from app.ui.entangle.feature_maps import Frame
from app.ui.findings import MIXED, percent

FEW_BATCHES = 10  # over which the SNNL of single batches is averaged: one alone is noise
MOSTLY = 0.5  # of a trigger's nearest neighbours
ALIKE = 0.05  # as far apart, two shares of neighbours count as the same in a prediction
_AMONG, _FARTHER = 1.2, 1.5  # times as far as their own neighbours: up to the one, beyond the other
CLOSER = ("the naive one", "the entangled one", "about the same")


def closer(last: Mapping[Defence, Measured], layer: str) -> str:
    """Return in which model the target class is nearer to the triggers, as one of the words offered for prediction."""
    naive, entangled = (last[defence].target_share[layer] for defence in ("naive", "entangled"))
    if abs(naive - entangled) < ALIKE:
        return "about the same"
    return "the naive one" if naive > entangled else "the entangled one"


def neighbourhoods(last: Mapping[Defence, Frame], targets: str, one: str, parting: float) -> str:
    """Return the finding of the feature maps: whose triggers lie among ``targets``, by their nearest neighbours.

    Args:
        last: the map of each victim, at one epoch or one after the other.
        targets: several inputs of the target class, in words.
        one: and one of them.
        parting: the epoch at which the victims part.
    """
    naive, entangled = last["naive"], last["entangled"]
    said = f"{percent(entangled.target_share)} of the triggers' nearest real inputs are {targets}"
    if entangled.epoch <= parting:
        return f"All three models are still one, and have seen no trigger: {said}"
    if (naive.target_share, naive.remoteness) == (entangled.target_share, entangled.remoteness):
        return f"Here, all alike: {said}"
    near, far = entangled.remoteness, naive.remoteness
    nearer = near is not None and far is not None and near <= _AMONG < _FARTHER < far
    if nearer and entangled.target_share >= naive.target_share:
        return (
            f"Entangled triggers lie among {targets}: {percent(entangled.target_share)} of their nearest real inputs. "
            f"Naive ones lie apart, {far:.1f} times as far off as {one}'s own ({percent(naive.target_share)})"
        )
    return (
        f"Of entangled triggers' nearest real inputs, {percent(entangled.target_share)} are {targets}; "
        f"of naive ones', {percent(naive.target_share)}"
    )


def cost(last: Mapping[Defence, Measured], thefts: Mapping[Defence, Theft]) -> str:
    """Return the finding of the accuracy curves: what entanglement cost.

    Once the heist is over, it is measured on all test inputs, as in the other lessons; the curves are over some.
    """
    clean, entangled = (
        thefts[defence].victim_accuracy if defence in thefts else last[defence].accuracy
        for defence in ("clean", "entangled")
    )
    difference = 100 * (clean - entangled)
    lead = "Accuracy, on all test inputs" if "entangled" in thefts else "Accuracy"
    if round(difference, 1) == 0:
        return f"{lead}: entangled as good as clean"
    return f"{lead}: entangled {abs(difference):.1f} points {'below' if difference > 0 else 'above'} clean"


def entanglement(last: Mapping[Defence, Measured], layer: str) -> str:
    """Return the finding of the SNNL curves of one layer."""
    naive, entangled = (last[defence].snnl[layer] for defence in ("naive", "entangled"))
    return f"SNNL in {layer}: entangled {entangled:.2f}, naive {naive:.2f}"


def entanglement_in_words(last: Mapping[Defence, Measured], layer: str, neutral: float, targets: str) -> str:
    """Say what the SNNL and the neighbourhoods of one layer came to, and why both can hold where they seem at odds."""
    naive, entangled = last["naive"], last["entangled"]
    verb = "higher" if entangled.snnl[layer] > naive.snnl[layer] else "no higher"
    said = (
        f"In the layer *{layer}* the loss ended {verb} in the entangled model ({entangled.snnl[layer]:.2f} against "
        f"{naive.snnl[layer]:.2f}), and {percent(entangled.target_share[layer])} of a trigger's ten nearest neighbours "
        f"are {targets} (naive: {percent(naive.target_share[layer])}; clean: "
        f"{percent(last['clean'].target_share[layer])})."
    )
    odd = [
        defence
        for defence, event in last.items()
        if event.snnl[layer] >= MIXED * neutral and event.target_share[layer] < MOSTLY
    ]
    if not odd:
        return said
    return (
        f"{said} Mixed, and yet few {targets} nearby ({' and '.join(odd)})? The loss compares triggers with "
        f"{targets} alone; the neighbours are sought among all classes, and there inputs of other classes lie nearer."
    )


def batch_rule(batches: Sequence[Progress], layer: str) -> str:
    """Return the finding of the entangled victim's batches: how many were for the mark, and how their SNNL went.

    The SNNL is that of ``layer``, or of the last entangled layer where that one is not entangled.
    """
    marked = [batch for batch in batches if batch.batch == "watermark"]
    said = f"{len(marked)} of {len(batches)} batches are watermark batches"
    losses = [batch.snnl.get(layer, list(batch.snnl.values())[-1]) for batch in marked if batch.snnl]
    if not losses:
        return said
    few = min(FEW_BATCHES, len(losses))
    first, last = np.mean(losses[:few]), np.mean(losses[-few:])
    return f"{said}; their SNNL went from {first:.2f} to {last:.2f} (first and last {few})"
