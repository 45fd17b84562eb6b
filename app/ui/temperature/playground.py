"""The playground of the SNNL: two groups in the plane, drawn and measured by the browser as fast as one drags.

The server hears of a change when the visitor lets go. Arrangement and temperature are in the URL;
points that were moved, added or deleted stay with the visitor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from app.lab.quoting import quoted
from app.lab.watermark import arrangements
from app.lab.watermark.arrangements import ARRANGEMENTS, COLDEST, HOTTEST, Arrangement
from app.ui import links, settings, theme
from app.ui.components import component
from app.ui.markdown import escaped
from app.ui.temperature import findings as temperature_findings

STEPS = 200  # of a pull
RATE, LONGEST = 0.2, 0.1  # a step: this times the gradient of each point's loss, but no longer than this
WORDS = {
    "ring": "ring around a blob",
    "blobs": "blobs apart",
    "mixed": "mixed",
    "pairs": "glued pairs",
    "moons": "two moons",
}
# What is not in the URL. At T = 1, the ring is pulled in by few points that end deep among strangers: their loss alone
# makes the mean neutral, and one sees no mixing. At 2, it is still told apart, and what is pulled together mixes.
_USUAL = {"arrangement": "ring", "t": "2"}
_KEY, _KEPT = "playground", "playground_kept"


@dataclass(frozen=True)
class Pull:
    """Gradient steps that the visitor let the points take: up the loss (``together``) or down, and from where."""

    together: bool
    temperature: float
    steps: int
    start: Arrangement


@dataclass(frozen=True)
class Played:
    """What lies on the table: the arrangement's name, where its points are now, the temperature, the last pull."""

    name: str
    temperature: float
    arrangement: Arrangement
    pull: Pull | None = None


def chosen() -> Played:
    """Return what the visitor plays with: the URL's arrangement and temperature, with the points as they left them.

    A value in the URL that is not allowed is put aside with a sentence.
    """
    kept = _kept()
    asked = {name: value for name, value in st.query_params.items() if name in _USUAL}
    if not asked and kept is not None:
        return kept
    name = asked.get("arrangement", _USUAL["arrangement"])
    if name not in ARRANGEMENTS:
        links.refuse("arrangement", name, links.among(ARRANGEMENTS), _USUAL["arrangement"])
        name = _USUAL["arrangement"]
    heat = asked.get("t", _USUAL["t"])
    if refused := links.within(heat, COLDEST, HOTTEST):
        links.refuse("t", heat, refused, _USUAL["t"])
        heat = _USUAL["t"]
    temperature = float(heat)
    if kept is not None and kept.name == name:
        return Played(name, temperature, kept.arrangement, kept.pull)
    return Played(name, temperature, arrangements.arrange(name))


def picker(played: Played) -> None:
    """Offer the arrangements."""
    key = "arrangement_choice"

    def changed() -> None:
        name = st.session_state[key]
        _keep(Played(name, played.temperature, arrangements.arrange(name)))

    st.session_state[key] = played.name
    st.selectbox("Arrangement", ARRANGEMENTS, format_func=WORDS.__getitem__, key=key, on_change=changed)


def draw(played: Played, *, limit: float = HOTTEST, hint: str = "") -> Played:
    """Draw the playground; return what it shows, which is no hotter than ``limit``.

    ``hint`` is said below the slider.
    """
    before = _kept()
    if played.temperature > limit and (before is None or before.temperature != played.temperature):
        links.refuse("t", f"{played.temperature:g}", "gives the answer away before you predict", f"{limit:g}")
    played = replace(played, temperature=min(played.temperature, limit))
    _keep(played)
    start = arrangements.arrange(played.name)

    def changed() -> None:
        sent: Any = st.session_state[_KEY].get("played")
        if isinstance(sent, Mapping) and sent.get("arrangement") == played.name:
            _keep(_read(sent, played))

    component("temperature/playground")(
        key=_KEY,
        on_played_change=changed,
        data={
            "arrangement": played.name,
            "start": start.points.tolist(),
            "groups": start.groups.tolist(),
            "now": {
                "points": played.arrangement.points.tolist(),
                "groups": played.arrangement.groups.tolist(),
                "temperature": played.temperature,
            },
            "coldest": COLDEST,
            "hottest": HOTTEST,
            "limit": limit,
            "hint": hint,
            "edge": arrangements.EDGE,
            "most": arrangements.MOST,
            "rate": RATE,
            "longest": LONGEST,
            "steps": STEPS,
            "leads": temperature_findings.LEADS,
            "strangers": temperature_findings.STRANGERS,
            "blind": temperature_findings.BLIND,
            "colours": [theme.GENUINE, theme.TRIGGER.colour],
            "names": ["real input", theme.TRIGGER.word],
        },
    )
    return played


def _read(sent: Mapping[str, Any], before: Played) -> Played:
    """Return what the browser sent, which may be anything; where it cannot be, what was known before."""
    try:
        temperature = _temperature(sent["temperature"])
        arrangement = _arrangement(sent["points"], sent["groups"])
        pull = sent["pull"]
        if pull is not None:
            start = _arrangement(pull["start"], sent["groups"])
            pull = Pull(bool(pull["together"]), _temperature(pull["temperature"]), int(pull["steps"]), start)
        return Played(before.name, temperature, arrangement, pull)
    except (KeyError, OverflowError, TypeError, ValueError) as mistake:
        st.warning(escaped(f"The playground sent something that cannot be ({quoted(str(mistake))}): it was put aside."))
        return before


def _temperature(sent: Any) -> float:
    temperature = float(sent)
    if not COLDEST * 0.999 <= temperature <= HOTTEST * 1.001:  # the slider's ends, but for rounding
        raise ValueError(f"The temperature must lie between {COLDEST:g} and {HOTTEST:g}.")
    return temperature


def _arrangement(points: Any, groups: Any) -> Arrangement:
    return Arrangement(np.array(points, dtype=np.float64), np.array(groups, dtype=np.int64))


def _kept() -> Played | None:
    kept: Played | None = st.session_state.get(_KEPT)
    return kept


def _keep(played: Played) -> None:
    st.session_state[_KEPT] = played
    asked = {"arrangement": played.name, "t": f"{played.temperature:.3g}"}
    settings.to_url({key: value for key, value in asked.items() if value != _USUAL[key]}, _USUAL)
