"""Charts as pure functions: events in, a Vega-Lite specification out.

They are drawn with ``st.vega_lite_chart``, which updates in place while a run is live. They have no
title: a title states a finding, wraps on a phone, and is set above the chart by the lesson.
"""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.lab.events import DEFENCES, Claimed, Measured, Queried, Theft
from app.ui import theme

Spec = dict[str, Any]
_CONFIG: Spec = {
    "axis": {"labelFontSize": 16, "titleFontSize": 16, "grid": True, "tickCount": 5},
    "legend": {"labelFontSize": 17, "titleFontSize": 17, "orient": "top", "symbolSize": 160},
    "header": {"labelFontSize": 17},
    "view": {"stroke": None},
}
_PERCENT: Spec = {"format": "%"}
_ORDER = {name: place for place, name in enumerate(DEFENCES)}


def rate_curves(measured: Sequence[Measured], rate: str, epochs: float, *, low: float = 0.0) -> Spec:
    """Draw one rate (a field of :class:`Measured`) of all lanes against epochs; what is below ``low`` is cut off."""
    rows = [{"epoch": event.epoch, "lane": event.defence, "rate": getattr(event, rate)} for event in measured]
    return _lines(
        rows,
        epochs,
        {"field": "rate", "type": "quantitative", "axis": {**_PERCENT, "title": None}, "scale": {"domain": [low, 1]}},
    )


def snnl_curves(measured: Sequence[Measured], layer: str, epochs: float, neutral: float) -> Spec:
    """Draw the SNNL of one layer against epochs, with the value at which nothing can be told apart."""
    rows = [{"epoch": event.epoch, "lane": event.defence, "snnl": event.snnl[layer]} for event in measured]
    spec = _lines(rows, epochs, {"field": "snnl", "type": "quantitative", "axis": {"title": None}})
    rule = {
        "data": {"values": [{"neutral": neutral, "words": "cannot be told apart"}]},
        "layer": [
            {
                "mark": {"type": "rule", "strokeDash": [6, 4], "color": theme.GENUINE, "strokeWidth": 2},
                "encoding": {"y": {"field": "neutral", "type": "quantitative"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dy": -9, "dx": 4, "fontSize": 16, "color": theme.GENUINE},
                "encoding": {
                    "y": {"field": "neutral", "type": "quantitative"},
                    "x": {"value": 0},
                    "text": {"field": "words"},
                },
            },
        ],
    }
    spec["layer"].append(rule)
    return spec


def verdict(claims: dict[str, Claimed], thefts: dict[str, Theft], clean_watermark: float) -> Spec:
    """Draw who gives the secret answer: each victim (hollow), its copy (filled), the clean control.

    The dashed rule is the rate granted to an innocent model.
    """
    rows = [_suspect("clean", "model that never saw a mark", clean_watermark)]
    for defence, theft in thefts.items():
        rows.append(_suspect(defence, "victim", theft.victim_watermark))
        rows.append(_suspect(defence, "copy", theft.stolen_watermark))
    granted = next(iter(claims.values())).innocent_rate
    y = {
        "field": "lane",
        "type": "nominal",
        "sort": list(DEFENCES),
        "title": None,
        "axis": {
            "labelFontSize": 20,
            "labelFontWeight": 600,
            "domain": False,
            "ticks": False,
            "grid": False,
            "labelPadding": 12,
        },
    }
    x = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**_PERCENT, "title": "secret answers to held-out triggers"},
    }
    colour = {"field": "lane", "scale": theme.lane_scale(), "legend": None}
    shape = {"field": "lane", "scale": theme.lane_symbols(), "legend": None}
    return {
        "height": 340,
        "config": _CONFIG,
        "layer": [
            {
                "data": {"values": [{"granted": granted}]},
                "mark": {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 2, "color": theme.COURT.colour},
                "encoding": {"x": {"field": "granted", "type": "quantitative"}},
            },
            {
                "data": {"values": rows},
                "transform": [{"filter": "datum.who != 'model that never saw a mark'"}],
                "mark": {"type": "line", "strokeWidth": 3, "opacity": 0.6},
                "encoding": {"y": y, "x": x, "color": colour, "detail": {"field": "lane"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "size": 420, "strokeWidth": 3, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": x,
                    "color": colour,
                    "shape": shape,
                    "fillOpacity": {"condition": {"test": "datum.who == 'victim'", "value": 0}, "value": 1},
                    "fill": colour,
                    "tooltip": [
                        {"field": "lane", "title": "model"},
                        {"field": "who", "title": "who"},
                        {"field": "rate", "format": ".1%", "title": "secret answers"},
                    ],
                },
            },
            {
                "data": {"values": rows},
                "mark": {
                    "type": "text",
                    "fontSize": 18,
                    "dy": {"expr": "datum.who == 'victim' ? 28 : -24"},
                    "align": {"expr": "datum.rate > 0.88 ? 'right' : datum.rate < 0.12 ? 'left' : 'center'"},
                },
                "encoding": {"y": y, "x": x, "text": {"field": "words"}},
            },
        ],
    }


def evidence(claims: dict[str, Claimed]) -> Spec:
    """Draw how the p-value falls (or does not) as the owner asks one trigger after the other."""
    floor = 1e-12
    rows = [
        {"lane": defence, "queries": asked, "p": max(float(p), floor)}
        for defence, claim in claims.items()
        for asked, p in enumerate(claim.p_values[:100], start=1)
    ]
    return {
        "height": 360,
        "config": _CONFIG,
        "layer": [
            {
                "data": {"values": [{"line": 0.05}]},
                "mark": {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 2, "color": theme.COURT.colour},
                "encoding": {"y": {"field": "line", "type": "quantitative"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3, "interpolate": "step-after"},
                "encoding": {
                    "x": {"field": "queries", "type": "quantitative", "title": "triggers asked"},
                    "y": {
                        "field": "p",
                        "type": "quantitative",
                        "title": "p-value",
                        "scale": {"type": "log", "domain": [floor, 1]},
                        "axis": {"format": ".0e", "tickCount": 6},
                    },
                    "color": {
                        "field": "lane",
                        "scale": theme.lane_scale(),
                        "legend": {"title": None, "values": list(claims)},
                    },
                },
            },
        ],
    }


def queries(queried: Queried) -> Spec:
    """Draw a few of the thief's queries with the victim's answers; a wrong answer is set in the thief's colour."""
    rows = []
    for place, (picture, answer, truth) in enumerate(zip(queried.inputs, queried.answers, queried.labels, strict=True)):
        top = int(answer.argmax())
        words = f"{top}" if answer.max() == 1 else f"{top} ({answer.max():.0%})"
        rows.append({"place": place, "picture": png(picture), "answer": words, "wrong": top != int(truth)})
    x = {"field": "place", "type": "ordinal", "axis": None}
    return {
        "height": 150,
        "data": {"values": rows},
        "config": _CONFIG,
        "layer": [
            {
                "mark": {"type": "image", "width": 56, "height": 56, "y": 32},
                "encoding": {"x": x, "url": {"field": "picture"}},
            },
            {
                "mark": {"type": "text", "fontSize": 17, "y": 86, "fontWeight": 600},
                "encoding": {
                    "x": x,
                    "text": {"field": "answer"},
                    "color": {
                        "condition": {"test": "datum.wrong", "value": theme.THIEF.colour},
                        "value": theme.GENUINE,
                    },
                },
            },
        ],
    }


def png(picture: NDArray[np.generic]) -> str:
    """Return a ``(h, w)`` uint8 picture as a PNG data URI; a point in the plane as a small map with a dot."""
    if picture.ndim == 1:
        canvas = np.full((28, 28), 40, dtype=np.uint8)
        column, row = np.clip(((np.asarray(picture) * [1, -1] + 1.2) / 2.4 * 28).astype(int), 1, 26)
        canvas[row - 1 : row + 2, column - 1 : column + 2] = 255
        picture = canvas
    file = io.BytesIO()
    Image.fromarray(np.asarray(picture, dtype=np.uint8)).save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _suspect(lane: str, who: str, rate: float) -> Spec:
    return {"lane": lane, "who": who, "rate": rate, "words": f"{who} {rate:.0%}"}


def _lines(rows: list[Spec], epochs: float, y: Spec) -> Spec:
    x = {"field": "epoch", "type": "quantitative", "title": "epoch", "scale": {"domain": [0, epochs]}}
    colour = {
        "field": "lane",
        "scale": theme.lane_scale(),
        "legend": {"title": None, "values": sorted({row["lane"] for row in rows}, key=lambda name: _ORDER[name])},
    }
    shape = {"field": "lane", "scale": theme.lane_symbols(), "legend": colour["legend"]}
    return {
        "height": 320,
        "config": _CONFIG,
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
