"""Charts of the handshake. Pure: what a model answers, and which of its neurons respond to triggers."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.lab.watermark.neurons import Division
from app.ui import charts, findings, theme


def answer(confidences: NDArray[np.float64], target: int, defence: str) -> charts.Spec:
    """Draw the confidence of one model in each class; the diamond marks the secret answer.

    Args:
        confidences: ``(classes,)``.
        target: the secret answer.
        defence: whose colour the bars have.
    """
    top = int(confidences.argmax())
    rows = [
        {"class": _named(label, target), "confidence": float(rate), "says": findings.percent(float(rate))}
        for label, rate in enumerate(confidences)
    ]
    y = {
        "field": "class",
        "type": "nominal",
        "sort": [row["class"] for row in rows],
        "title": None,
        "axis": {"domain": False, "ticks": False, "grid": False, "labelPadding": 8},
    }
    x = charts.share("confidence", "confidence", tickCount=2)
    tooltip = [{"field": "class", "title": "answer"}, {"field": "says", "title": "confidence"}]
    return {
        "height": 290,
        "config": charts.CONFIG,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "bar", "color": theme.DEFENCES[defence].colour, "height": {"band": 0.7}},
                "encoding": {"y": y, "x": x, "tooltip": tooltip},
            },
            {
                "data": {"values": [rows[top]]},
                "mark": {
                    "type": "text",
                    "fontSize": 17,
                    "fontWeight": 700,
                    "align": {"expr": "datum.confidence > 0.6 ? 'right' : 'left'"},
                    "dx": {"expr": "datum.confidence > 0.6 ? -6 : 6"},
                },
                "encoding": {
                    "y": y,
                    "x": x,
                    "text": {"field": "says"},
                    "color": {"condition": {"test": "datum.confidence > 0.6", "value": theme.ON_COLOUR}},
                },
            },
        ],
    }


def reach(divided: Iterable[Division]) -> float:
    """Return the largest share of any neuron: the end of the axis for models that are to be compared."""
    return max(float(max(division.triggers.max(), division.genuine.max())) for division in divided)


def neurons(divided: Division, reach: float) -> charts.Spec:
    """Draw the share of each neuron in the answer to triggers (up) and to genuine inputs (down), as they are sorted.

    Args:
        divided: the neurons of one layer.
        reach: the end of the axis, either way.
    """
    rows = [
        {"neuron": number, "share": sign * float(share), "group": group, "says": findings.percent(float(share))}
        for group, sign, shares in (("triggers", 1, divided.triggers), ("genuine", -1, divided.genuine))
        for number, share in enumerate(shares, start=1)
    ]
    groups = {"triggers": theme.TRIGGER.colour, "genuine": theme.GENUINE}
    return {
        "height": 260,
        "config": charts.CONFIG,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "bar"},
                "encoding": {
                    "x": {
                        "field": "neuron",
                        "type": "ordinal",
                        "axis": {"labels": False, "ticks": False, "title": "neurons, sorted"},
                    },
                    "y": {
                        "field": "share",
                        "type": "quantitative",
                        "stack": None,
                        "scale": {"domain": [-reach, reach]},
                        "axis": {
                            "title": None,
                            "labelExpr": "format(100 * abs(datum.value), '~r') + '\u202f%'",
                        },
                    },
                    "color": {
                        "field": "group",
                        "scale": {"domain": list(groups), "range": list(groups.values())},
                        "legend": None,
                    },
                    "tooltip": [{"field": "group", "title": "answers to"}, {"field": "says", "title": "share"}],
                },
            },
            {
                "data": {"values": [{"at": reach, "words": "↑ triggers"}, {"at": -reach, "words": "↓ genuine inputs"}]},
                "mark": {
                    "type": "text",
                    "align": "right",
                    "fontSize": 16,
                    "fontWeight": 600,
                    "dx": -4,
                    "baseline": {"expr": "datum.at > 0 ? 'top' : 'bottom'"},
                },
                "encoding": {
                    "x": {"value": "width"},
                    "y": {"field": "at", "type": "quantitative"},
                    "text": {"field": "words"},
                },
            },
        ],
    }


def _named(label: int, target: int) -> str:
    return f"\u25c6 {label}" if label == target else str(label)
