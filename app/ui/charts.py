"""Charts as pure functions: events in, a Vega-Lite specification out.

They are drawn with ``st.vega_lite_chart``, which updates in place while a run is live. They have no
title: a title states a finding, wraps on a phone, and is set above the chart by the lesson.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.lab.ownership import exact_test
from app.lab.ownership.exact_test import SIGNIFICANCE
from app.lab.stories.events import DEFENCES, WATERMARKED, Claimed, Measured, Progress, Theft
from app.ui import findings, theme

Spec = dict[str, Any]
SMALLEST_P = 1e-12  # of the evidence chart; what is smaller is drawn there
CONFIG: Spec = {
    "axis": {"labelFontSize": 16, "titleFontSize": 16, "grid": True, "tickCount": 5},
    "legend": {"labelFontSize": 17, "titleFontSize": 17, "orient": "top", "symbolSize": 160},
    "view": {"stroke": None},
}
PERCENT: Spec = {"labelExpr": "format(100 * datum.value, '~r') + '\u202f%'"}
SHOWN_BATCHES = 60  # of a victim: on a phone, each still has a bar of its own
_NAIVE_BASE = 1.3  # of the strip of batches: above the entangled victim's
_KINDS = ["task", "watermark, SNNL off", "watermark"]
_ORDER = {name: place for place, name in enumerate(DEFENCES)}


def share(field: str, title: str | None, **axis: Any) -> Spec:
    """Return an axis from 0 to 1, told in percent."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**PERCENT, "title": title, **axis},
    }


def rate_curves(measured: Sequence[Measured], rate: str, epochs: float, *, low: float = 0.0) -> Spec:
    """Draw one rate (a field of :class:`Measured`) of all lanes against epochs; what is below ``low`` is cut off."""
    rows = [{"epoch": event.epoch, "lane": event.defence, "rate": getattr(event, rate)} for event in measured]
    return _lines(
        rows,
        epochs,
        {"field": "rate", "type": "quantitative", "axis": {**PERCENT, "title": None}, "scale": {"domain": [low, 1]}},
    )


def snnl_curves(measured: Sequence[Measured], layer: str, epochs: float, neutral: float) -> Spec:
    """Draw the SNNL of one layer against epochs: its neutral value, and the line from which it counts as mixed."""
    rows = [{"epoch": event.epoch, "lane": event.defence, "snnl": event.snnl[layer]} for event in measured]
    spec = _lines(rows, epochs, {"field": "snnl", "type": "quantitative", "axis": {"title": None}})
    mixed = findings.percent(findings.MIXED)
    spec["layer"] += [
        threshold("y", neutral, "neutral: distance tells nothing", theme.GENUINE, above=True),
        threshold("y", findings.MIXED * neutral, f"mixed from here on ({mixed})", theme.COURT.colour, above=False),
    ]
    return spec


def verdict(claims: dict[str, Claimed], thefts: dict[str, Theft]) -> Spec:
    """Draw who gives the secret answer: each victim (hollow) and its copy (filled), the clean ones as the control.

    From the dashed rule on, the court convicts.
    """
    some = next(iter(claims.values()))
    bar = exact_test.conviction_bar(some.queries, some.innocent_rate)
    needed = bar / some.queries
    rows = []
    for defence, theft in thefts.items():
        rows.append(_suspect(defence, "victim", theft.victim_watermark, needed))
        rows.append(_suspect(defence, "copy", theft.stolen_watermark, needed))
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
            "labelPadding": 16,
        },
    }
    x = share("rate", "secret answers to held-out triggers")
    colour = {"field": "lane", "scale": theme.lane_scale(), "legend": None}
    shape = {"field": "lane", "scale": theme.lane_symbols(), "legend": None}
    return {
        "height": 340,
        "config": CONFIG,
        "layer": [
            threshold("x", needed, f"convicted from {bar} of {some.queries} on", theme.COURT.colour),
            {
                "data": {"values": rows},
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
                        {"field": "says", "title": "secret answers"},
                    ],
                },
            },
            {
                "data": {"values": rows},
                "mark": {
                    "type": "text",
                    "fontSize": 18,
                    "dy": {"expr": "datum.who == 'victim' ? 28 : -24"},
                    "dx": {"expr": "datum.rate < 0.12 ? 8 : 0"},
                    "align": {"expr": "datum.rate > 0.88 ? 'right' : datum.rate < 0.12 ? 'left' : 'center'"},
                },
                "encoding": {"y": y, "x": {**x, "field": "words_at"}, "text": {"field": "words"}},
            },
        ],
    }


def growing_proof(claims: dict[str, Claimed]) -> Spec:
    """Draw how the p-value falls (or does not) as the owner asks one trigger after the other."""
    rows = [
        {"lane": defence, "queries": asked, "p": max(float(p), SMALLEST_P)}
        for defence, claim in claims.items()
        for asked, p in enumerate(claim.p_values, start=1)
    ]
    return {
        "height": 360,
        "config": CONFIG,
        "layer": [
            threshold(
                "y",
                SIGNIFICANCE,
                f"{SIGNIFICANCE:g}: below, it is established",
                theme.COURT.colour,
                above=False,
                late=True,
            ),
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3, "interpolate": "step-after"},
                "encoding": {
                    "x": {"field": "queries", "type": "quantitative", "title": "triggers asked"},
                    "y": {
                        "field": "p",
                        "type": "quantitative",
                        "title": "p-value",
                        "scale": {"type": "log", "domain": [SMALLEST_P, 1]},
                        "axis": {
                            "values": [1, 1e-3, 1e-6, 1e-9, SMALLEST_P],
                            "labelExpr": f"datum.value == 1 ? '1' : datum.value < {2 * SMALLEST_P:g} "
                            f"? '\u2264 {SMALLEST_P:.0e}' : format(datum.value, '.0e')",
                        },
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


def batch_strip(batches: Mapping[str, Sequence[Progress]], layer: str, *, live: bool = False) -> Spec:
    """Draw the first batches of both marked victims (``live``: the latest), one bar each: tall ones are for the mark.

    Of the entangled victim, a watermark batch is as tall as its SNNL in ``layer`` (or the last
    entangled layer); the naive one's are hollow, since its SNNL does not count.
    """
    before = {lane: max(0, len(batches[lane]) - SHOWN_BATCHES) if live else 0 for lane in WATERMARKED}
    drawn = {lane: batches[lane][before[lane] : before[lane] + SHOWN_BATCHES] for lane in WATERMARKED}
    losses = [batch.snnl for batch in drawn["entangled"] if batch.snnl]
    shown = layer if losses and layer in losses[0] else (list(losses[0])[-1] if losses else "")
    tallest = max((loss[shown] for loss in losses), default=1.0)
    rows = []
    for lane, base in (("naive", _NAIVE_BASE), ("entangled", 0.0)):
        for number, batch in enumerate(drawn[lane], start=before[lane] + 1):
            counts = shown in batch.snnl
            tall = 0.9 * batch.snnl[shown] / tallest if counts else 0.45
            rows.append(
                {
                    "lane": lane,
                    "from": number - 0.4,
                    "to": number + 0.4,
                    "low": base,
                    "high": base + (0.12 if batch.batch == "task" else max(tall, 0.14)),
                    "kind": batch.batch if batch.batch == "task" or counts else "watermark, SNNL off",
                    "says": f"{batch.snnl[shown]:.2f} in {shown}" if counts else "off",
                }
            )
    # Short: what is wider than a phone squeezes the whole picture.
    told = f"entangled: height, SNNL in {shown}" if shown else "entangled: SNNL counts"
    words = [{"at": _NAIVE_BASE + 0.6, "words": "naive: SNNL never counts"}, {"at": 1.02, "words": told}]
    ink = theme.TRIGGER.colour
    return {
        "height": 230,
        "config": CONFIG,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "rect", "strokeWidth": 1.5},
                "encoding": {
                    "x": {
                        "field": "from",
                        "type": "quantitative",
                        "title": "batch since the models parted",
                        "axis": {"grid": False},
                        "scale": {"zero": False, "nice": False},
                    },
                    "x2": {"field": "to"},
                    "y": {"field": "low", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1.95]}},
                    "y2": {"field": "high"},
                    "fill": {
                        "field": "kind",
                        "scale": {"domain": _KINDS, "range": [theme.GENUINE, "transparent", ink]},
                        "legend": None,
                    },
                    "stroke": {
                        "field": "kind",
                        "scale": {
                            "domain": _KINDS,
                            "range": [theme.GENUINE, theme.TRIGGER.colour, theme.TRIGGER.colour],
                        },
                        "legend": None,
                    },
                    "tooltip": [
                        {"field": "lane", "title": "model"},
                        {"field": "kind", "title": "batch"},
                        {"field": "says", "title": "SNNL"},
                    ],
                },
            },
            {
                "data": {"values": words},
                "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontSize": 16, "fontWeight": 600},
                "encoding": {
                    "x": {"value": 0},
                    "y": {"field": "at", "type": "quantitative"},
                    "text": {"field": "words"},
                },
            },
        ],
    }


def _suspect(lane: str, who: str, rate: float, needed: float) -> Spec:
    says = findings.percent(rate)
    # Near zero the words stand to the right of the rule, not on it.
    words_at = max(rate, needed) if rate < 0.12 else rate
    return {"lane": lane, "who": who, "rate": rate, "says": says, "words": f"{who} {says}", "words_at": words_at}


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
