"""The sequential test in the browser: one trigger after the other, each suspect's answer, the evidence growing."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab.ownership import sequential
from app.lab.ownership.sequential import Plan
from app.lab.stories.events import Exhibit, Probe
from app.ui import pictures, theme
from app.ui.components import component

_INNOCENT = "innocent"
_SUSPECTS = {  # who stands there, until the first trigger is asked
    _INNOCENT: "trained by others, on other data",
    "naive": "stolen; its mark is naive",
    "entangled": "stolen; its mark is entangled",
}
_SYMBOLS = {_INNOCENT: "●", "naive": "■", "entangled": "▲"}


def hearing(
    exhibit: Exhibit,
    answers: Mapping[str, NDArray[np.int64]],
    names: Sequence[str],
    plan: Plan,
    *,
    asks: str,
    says: str,
    key: str,
    sealed: bool,
    paused: bool,
    heard: bool,
    on_heard: Callable[[], None],
) -> None:
    """Draw the hearing of the suspects.

    It begins by itself when a visitor has predicted, and anew for one who comes back without having seen its end.

    Args:
        exhibit: the triggers.
        answers: the top labels for the triggers, ``(n,)``, by suspect: ``"innocent"``, or the defence of a copy.
        names: of the classes.
        plan: the sequential test.
        asks: the question with which it opens.
        says: its finding, once the last suspect's end has been seen.
        key: of the component.
        sealed: whether the answers are to be kept from the visitor for now: nobody is asked then.
        paused: what :func:`is_paused` says.
        heard: whether the last suspect's end has been seen: it then stands there.
        on_heard: called when it has been.
    """
    acquit, convict = plan.bounds
    is_points = exhibit.inputs.ndim == 2
    component("court/hearing")(
        key=key,
        data={
            "suspects": [_suspect(name, labels, exhibit.target, names, plan) for name, labels in answers.items()],
            "target": names[exhibit.target],
            "acquit": acquit / math.log(10),
            "convict": convict / math.log(10),
            "courtColour": theme.COURT.colour,
            "sprite": pictures.sheet(_as_probe(exhibit)),
            "points": exhibit.inputs.astype(float).round(3).tolist() if is_points else None,
            "side": exhibit.inputs.shape[1],
            "columns": pictures.COLUMNS,
            "sealed": sealed,
            "paused": paused,
            "heard": heard,
            "asks": asks,
            "says": says,
        },
        on_heard_change=on_heard,
        on_paused_change=lambda: None,
    )


def is_paused(key: str) -> bool:
    """Return whether the hearing called ``key`` stands still while a suspect is still to be judged."""
    return bool(st.session_state.get(key, {}).get("paused"))


def _suspect(name: str, labels: NDArray[np.int64], target: int, names: Sequence[str], plan: Plan) -> dict[str, Any]:
    secret = labels == target
    decision = sequential.decide(secret, plan)
    return {
        "name": f"{name} model" if name == _INNOCENT else f"{name} copy",
        "about": _SUSPECTS[name],
        "colour": theme.GENUINE if name == _INNOCENT else theme.DEFENCES[name].colour,
        "symbol": _SYMBOLS[name],
        "answers": [names[label] for label in labels],
        "ratios": (sequential.log_ratios(secret, plan) / math.log(10)).round(3).tolist(),
        "end": None if decision.convicted is None else decision.queries,
        "convicted": decision.convicted,
    }


def _as_probe(exhibit: Exhibit) -> Probe:
    count = len(exhibit.inputs)
    return Probe(exhibit.inputs, np.full(count, exhibit.target), np.ones(count, dtype=bool), exhibit.target)
