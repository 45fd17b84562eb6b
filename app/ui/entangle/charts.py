"""Charts of the entanglement inside the victims. Pure: events in, a Vega-Lite specification out."""

from collections.abc import Mapping, Sequence

from app.lab.stories.events import WATERMARKED, Defence, Measured, Progress
from app.ui import charts, findings, theme
from app.ui.charts import Spec

SHOWN_BATCHES = 60  # of a victim: on a phone, each still has a bar of its own
_NAIVE_BASE = 1.3  # of the strip of batches: above the entangled victim's
_KINDS = ["task", "watermark, SNNL off", "watermark"]


def snnl_curves(measured: Sequence[Measured], layer: str, epochs: float, neutral: float) -> Spec:
    """Draw the SNNL of one layer against epochs: its neutral value, and the line from which it counts as mixed."""
    rows = [{"epoch": event.epoch, "defence": event.defence, "snnl": event.snnl[layer]} for event in measured]
    spec = charts.by_epoch(rows, epochs, {"field": "snnl", "type": "quantitative", "axis": {"title": None}})
    mixed = findings.percent(findings.MIXED)
    spec["layer"] += [
        charts.threshold("y", neutral, "neutral: distance tells nothing", theme.GENUINE, above=True),
        charts.threshold(
            "y", findings.MIXED * neutral, f"mixed from here on ({mixed})", theme.COURT.colour, above=False
        ),
    ]
    return spec


def batch_strip(batches: Mapping[Defence, Sequence[Progress]], layer: str, *, live: bool = False) -> Spec:
    """Draw the first batches of both marked victims (``live``: the latest), one bar each: tall ones are for the mark.

    Of the entangled victim, a watermark batch is as tall as its SNNL in ``layer`` (or the last
    entangled layer); the naive one's are hollow, since its SNNL does not count.
    """
    before = {defence: max(0, len(batches[defence]) - SHOWN_BATCHES) if live else 0 for defence in WATERMARKED}
    drawn = {defence: batches[defence][before[defence] : before[defence] + SHOWN_BATCHES] for defence in WATERMARKED}
    losses = [batch.snnl for batch in drawn["entangled"] if batch.snnl]
    shown = layer if losses and layer in losses[0] else (list(losses[0])[-1] if losses else "")
    tallest = max((loss[shown] for loss in losses), default=1.0)
    rows = []
    for defence, base in zip(WATERMARKED, (_NAIVE_BASE, 0.0), strict=True):
        for number, batch in enumerate(drawn[defence], start=before[defence] + 1):
            counts = shown in batch.snnl
            tall = 0.9 * batch.snnl[shown] / tallest if counts else 0.45
            rows.append(
                {
                    "defence": defence,
                    "from": number - 0.4,
                    "to": number + 0.4,
                    "low": base,
                    "high": base + (0.12 if batch.batch == "task" else max(tall, 0.14)),
                    "kind": batch.batch if batch.batch == "task" or counts else "watermark, SNNL off",
                    "says": f"{batch.snnl[shown]:.2f} in {shown}" if counts else "off",
                }
            )
    # Short: what is wider than a phone squeezes the whole picture.
    label = f"entangled: height, SNNL in {shown}" if shown else "entangled: SNNL counts"
    words = [{"at": _NAIVE_BASE + 0.6, "words": "naive: SNNL never counts"}, {"at": 1.02, "words": label}]
    ink = theme.TRIGGER.colour
    return {
        "height": 230,
        "config": charts.CONFIG,
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
                        {"field": "defence", "title": "model"},
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
