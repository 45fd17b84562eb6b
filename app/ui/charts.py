"""Charts as pure functions: events in, a Vega-Lite specification out.

They are drawn with ``st.vega_lite_chart``, which updates in place while a run is live. They have no
title: a title states a finding, wraps on a phone, and is set above the chart by the lesson.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.lab.ownership import binomial
from app.lab.stories.events import DEFENCES, Claimed, Defence, Measured, Theft
from app.ui import findings, theme

Spec = dict[str, Any]
SMALLEST_P = 1e-12  # of the evidence chart; what is smaller is drawn there
CONFIG: Spec = {
    "axis": {"labelFontSize": 16, "titleFontSize": 16, "grid": True, "tickCount": 5},
    "legend": {"labelFontSize": 17, "titleFontSize": 17, "orient": "top", "symbolSize": 160},
    "view": {"stroke": None},
}
PERCENT: Spec = {"labelExpr": "format(100 * datum.value, '~r') + '\u202f%'"}
_ORDER = {name: place for place, name in enumerate(DEFENCES)}


def share(field: str, title: str | None, **axis: Any) -> Spec:
    """Return an axis from 0 to 1, labelled in percent."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**PERCENT, "title": title, **axis},
    }


def rate_curves(measured: Sequence[Measured], rate: str, epochs: float, *, low: float = 0.0) -> Spec:
    """Draw a field of :class:`Measured` against epochs, a curve for each defence; what is below ``low`` is cut off."""
    rows = [{"epoch": event.epoch, "defence": event.defence, "rate": getattr(event, rate)} for event in measured]
    return by_epoch(
        rows,
        epochs,
        {"field": "rate", "type": "quantitative", "axis": {**PERCENT, "title": None}, "scale": {"domain": [low, 1]}},
    )


def verdict(claims: Mapping[Defence, Claimed], thefts: Mapping[Defence, Theft]) -> Spec:
    """Draw how often each victim (hollow) and its copy (filled) give the secret answer; the clean ones are the control.

    From the dashed rule on, the court convicts.
    """
    some = next(iter(claims.values()))
    bar = binomial.conviction_bar(some.queries, some.innocent_rate)
    needed = bar / some.queries
    rows = []
    for defence, theft in thefts.items():
        rows.append(_suspect(defence, "victim", theft.victim_watermark, needed))
        rows.append(_suspect(defence, "copy", theft.stolen_watermark, needed))
    y = {
        "field": "defence",
        "type": "nominal",
        "sort": list(DEFENCES),
        "title": None,
        "axis": {
            "labelFontSize": 20,
            "labelFontWeight": 600,
            "domain": False,
            "ticks": False,
            "grid": False,
            "labelPadding": 16,
        },
    }
    x = share("rate", "secret answers to held-out triggers")
    colour = {"field": "defence", "scale": theme.defence_scale(), "legend": None}
    shape = {"field": "defence", "scale": theme.defence_symbols(), "legend": None}
    return {
        "height": 340,
        "config": CONFIG,
        "layer": [
            threshold("x", needed, f"convicted from {bar} of {some.queries} on", theme.COURT.colour),
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3, "opacity": 0.6},
                "encoding": {"y": y, "x": x, "color": colour, "detail": {"field": "defence"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "size": 420, "strokeWidth": 3, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": x,
                    "color": colour,
                    "shape": shape,
                    "fillOpacity": {"condition": {"test": "datum.role == 'victim'", "value": 0}, "value": 1},
                    "fill": colour,
                    "tooltip": [
                        {"field": "defence", "title": "model"},
                        {"field": "role", "title": "victim or copy"},
                        {"field": "says", "title": "secret answers"},
                    ],
                },
            },
            {
                "data": {"values": rows},
                "mark": {
                    "type": "text",
                    "fontSize": 18,
                    "dy": {"expr": "datum.role == 'victim' ? 28 : -24"},
                    "dx": {"expr": "datum.rate < 0.12 ? 8 : 0"},
                    "align": {"expr": "datum.rate > 0.88 ? 'right' : datum.rate < 0.12 ? 'left' : 'center'"},
                },
                "encoding": {"y": y, "x": {**x, "field": "words_at"}, "text": {"field": "words"}},
            },
        ],
    }


def _suspect(defence: str, role: str, rate: float, needed: float) -> Spec:
    says = findings.percent(rate)
    # Near zero the words stand to the right of the rule, not on it.
    words_at = max(rate, needed) if rate < 0.12 else rate
    return {
        "defence": defence,
        "role": role,
        "rate": rate,
        "says": says,
        "words": f"{role} {says}",
        "words_at": words_at,
    }


def threshold(
    axis: str, value: float, words: str, colour: str, *, above: bool = True, late: bool = False, middle: float = 0.5
) -> Spec:
    """Draw a dashed rule at a value of one axis, its label beside it at the edge of the picture.

    The label of an upright rule stands on the side of ``middle``, the middle of its axis.
    """
    along = {"field": "value", "type": "quantitative"}
    if axis == "y":
        text: Spec = {"align": "right" if late else "left", "dx": -4 if late else 4, "dy": -10 if above else 12}
        place: Spec = {"y": along, "x": {"value": "width" if late else 0}}
    else:
        text = {"align": "left" if value < middle else "right", "baseline": "bottom", "dy": -4}
        place = {"x": along, "y": {"value": 0}}
    return {
        "data": {"values": [{"value": value, "words": words}]},
        "layer": [
            {
                "mark": {"type": "rule", "strokeDash": [6, 4], "color": colour, "strokeWidth": 2},
                "encoding": {axis: along},
            },
            {
                "mark": {"type": "text", "fontSize": 16, "fontWeight": 600, **text},
                "encoding": {**place, "text": {"field": "words"}},
            },
        ],
    }


def by_epoch(rows: list[Spec], epochs: float, y: Spec) -> Spec:
    """Draw one line with points for each defence in ``rows``, ``y`` against the epoch."""
    x = {"field": "epoch", "type": "quantitative", "title": "epoch", "scale": {"domain": [0, epochs]}}
    colour = {
        "field": "defence",
        "scale": theme.defence_scale(),
        "legend": {"title": None, "values": sorted({row["defence"] for row in rows}, key=lambda name: _ORDER[name])},
    }
    shape = {"field": "defence", "scale": theme.defence_symbols(), "legend": colour["legend"]}
    return {
        "height": 320,
        "config": CONFIG,
        "layer": [
            {
                "data": {"values": rows},
                "layer": [
                    {
                        "mark": {"type": "line", "strokeWidth": 3, "clip": True},
                        "encoding": {"x": x, "y": y, "color": colour},
                    },
                    {
                        "mark": {"type": "point", "filled": True, "size": 90, "clip": True},
                        "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
                    },
                ],
            }
        ],
    }
