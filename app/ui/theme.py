"""Colours and marks, each with one meaning everywhere (Okabe & Ito's palette for colour-blind readers).

Colour never stands alone: every meaning has a symbol and a word as well.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mark:
    """How one meaning looks: its word, its colour and its Vega symbol."""

    word: str
    colour: str
    symbol: str


DEFENCES = {
    "clean": Mark("clean", "#56B4E9", "circle"),
    "naive": Mark("naive", "#E69F00", "square"),
    "entangled": Mark("entangled", "#009E73", "triangle-up"),
}
TRIGGER = Mark("trigger", "#CC79A7", "diamond")
THIEF = Mark("thief", "#D55E00", "cross")
COURT = Mark("court", "#0072B2", "stroke")
ON_COLOUR = "#1B2430"  # words on a defence's colour, on either background
INK = {"light": "#0E1116", "dark": "#EEF2F6"}  # of words, on either background
GENUINE = "#8A94A3"  # inputs of the task, where their class does not matter


def defence_scale() -> dict[str, list[str]]:
    """Return the Vega scale that gives the three defences their colours, in their order."""
    return {"domain": list(DEFENCES), "range": [mark.colour for mark in DEFENCES.values()]}


def defence_symbols() -> dict[str, list[str]]:
    """Return the Vega scale that gives the three defences their symbols, in their order."""
    return {"domain": list(DEFENCES), "range": [mark.symbol for mark in DEFENCES.values()]}


def inked(spec: dict[str, Any], background: str) -> dict[str, Any]:
    """Return a Vega-Lite chart with all its words in the ink for a background: of axes, legend and marks."""
    ink, config = INK[background], spec.get("config", {})
    words = {part: {**config.get(part, {}), "labelColor": ink, "titleColor": ink} for part in ("axis", "legend")}
    return {**spec, "config": {**config, **words, "text": {"color": ink}}}
