"""Words from what became of a handshake: results in, sentences out."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events import Claimed, Defence, Theft
from app.lab.watermark.neurons import Division
from app.ui.findings import SURVIVES, percent

HANDSHAKES = {"yes": "yes, mostly", "little": "a little", "no": "no"}
_LEADS = {
    "yes, mostly": "The copy knows the handshake",
    "a little": "Of the handshake, the copy knows a little",
    "no": "The copy does not know the handshake",
}
_APART = 0.05  # of the overlap: over the seeds it moves by as much, so less is not called a difference
_MOSTLY = 0.5  # of the selectivity: it answers to triggers three times as much as to genuine inputs


def handshake(theft: Theft, claim: Claimed) -> str:
    """Return how far a copy knows the handshake, as one of the words offered for prediction.

    It does not where the court cannot tell it from an innocent model, and it mostly does where it
    gives the secret answer to at least half of the triggers.
    """
    if not claim.owned:
        return HANDSHAKES["no"]
    return HANDSHAKES["yes" if theft.stolen_watermark >= SURVIVES else "little"]


def headline(thefts: Mapping[Defence, Theft], claim: Claimed) -> str:
    """Return the finding of the theft: what the copy of the naive model knows, beside its victim."""
    naive = thefts["naive"]
    return (
        f"{_LEADS[handshake(naive, claim)]}: {percent(naive.stolen_watermark)} secret answers, "
        f"where its victim gives {percent(naive.victim_watermark)}"
    )


def answer(suspect: str, confidences: NDArray[np.float64], target: int) -> str:
    """Return what one model answered: its top class, and whether that is the secret answer."""
    top = int(confidences.argmax())
    return f"{suspect.capitalize()}: {top}{', the secret' if top == target else ''}"


def sets(divided: Mapping[str, Division], layer: str, genuine: str) -> str:
    """Return the finding of the neurons: how much of a layer triggers and genuine inputs share in the naive model.

    Args:
        divided: by defence.
        layer: its name.
        genuine: the word for genuine inputs.
    """
    naive, clean = divided["naive"].overlap, divided["clean"].overlap
    how = (
        "more separate" if naive < clean - _APART else "no more separate" if naive >= clean else "hardly more separate"
    )
    lead = f"Naive, triggers and {genuine} use {how} neurons"
    others = ", ".join(f"{defence} {percent(divided[defence].overlap)}" for defence in divided if defence != "naive")
    return f"{lead}: their answers in {layer} overlap by {percent(naive)} ({others})"


def overlap(name: str, divided: Division) -> str:
    """Return the finding of the neurons of one model."""
    return f"{name.capitalize()}: overlap {percent(divided.overlap)}"


def sets_in_words(divided: Mapping[str, Division], layer: str, genuine: str) -> str:
    """Say where the naive mark went, and what that means for a thief who asks with genuine inputs."""
    naive, clean = divided["naive"], divided["clean"]
    own = {defence: int((division.selectivity >= _MOSTLY).sum()) for defence, division in divided.items()}
    said = (
        f"In *{layer}*, {own['naive']} of the naive model's {len(naive.selectivity)} active neurons answer to triggers "
        f"at least three times as much as to {genuine} (clean: {own['clean']} of {len(clean.selectivity)}). For scale: "
        f"a single class overlaps with all {genuine} by {percent(naive.usual)}."
    )
    if naive.overlap < min(clean.overlap, naive.usual) - _APART:
        return (
            f"{said} The mark lives partly beside the task: what a thief asks with {genuine} hardly moves those "
            "neurons, so the answers hardly say anything about them."
        )
    return f"{said} Here the mark did not move to neurons of its own."
