"""Charts of an extraction attack. Pure: events in, a Vega-Lite specification out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events import Copied, Queried, Territory
from app.lab.stories.theft import GOOD
from app.ui import findings, theme
from app.ui.charts import CONFIG, share

Spec = dict[str, Any]
_MEASURES = ("accuracy", "fidelity")
_DOTS = 600  # of the map: the latest queries


def quality(copied: Sequence[Copied]) -> Spec:
    """Draw accuracy and fidelity of the copy against the dollars spent, on a log scale; dashed: good enough."""
    rows = [
        {"dollars": each.dollars, "queries": each.queries, "measure": measure, "rate": getattr(each, measure)}
        for each in copied
        for measure in _MEASURES
    ]
    bar = GOOD * copied[-1].victim_accuracy
    bought = copied[-1].accuracy >= bar  # then the curve ends above the rule, and its words stand below
    spent = [each.dollars for each in copied]
    x = {
        "field": "dollars",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [spent[0] / 1.1, spent[-1] * 1.1], "nice": False},
        "axis": {
            "values": spent,
            "title": "dollars spent",
            "labelExpr": "'$' + format(datum.value, datum.value < 0.1 ? '.3~f' : '.2f')",
            "labelOverlap": "greedy",
        },
    }
    y = share("rate", None)
    legend = {"title": None, "symbolStrokeColor": theme.THIEF.colour, "symbolFillColor": theme.THIEF.colour}
    dash = {"field": "measure", "scale": {"domain": list(_MEASURES), "range": [[1, 0], [5, 4]]}, "legend": legend}
    shape = {"field": "measure", "scale": {"domain": list(_MEASURES), "range": ["circle", "square"]}, "legend": legend}
    return {
        "height": 300,
        "config": CONFIG,
        "layer": [
            {
                "data": {"values": [{"rate": bar, "words": f"{findings.percent(GOOD)} of the victim's accuracy"}]},
                "layer": [
                    {
                        "mark": {"type": "rule", "strokeDash": [8, 5], "strokeWidth": 2, "color": theme.COURT.colour},
                        "encoding": {"y": y},
                    },
                    {
                        "mark": {
                            "type": "text",
                            "fontSize": 16,
                            "fontWeight": 600,
                            **(
                                {"align": "right", "dx": -4, "dy": 14}
                                if bought
                                else {"align": "left", "dx": 4, "dy": -10}
                            ),
                        },
                        "encoding": {"y": y, "x": {"value": "width" if bought else 0}, "text": {"field": "words"}},
                    },
                ],
            },
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3, "color": theme.THIEF.colour},
                "encoding": {"x": x, "y": y, "strokeDash": dash},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 130, "opacity": 1, "color": theme.THIEF.colour},
                "encoding": {
                    "x": x,
                    "y": y,
                    "shape": shape,
                    "tooltip": [
                        {"field": "measure"},
                        {"field": "rate", "format": ".1%"},
                        {"field": "queries", "format": ","},
                        {"field": "dollars", "format": "$.3~r"},
                    ],
                },
            },
        ],
    }


def territory(victim: Territory, copy: Territory, requests: Sequence[Queried]) -> Spec:
    """Draw the plane: where the copy answers otherwise than the victim, and what the thief has asked (dots)."""
    side, reach = victim.classes.shape[0], victim.reach
    width = 2 * reach / side
    differs = victim.classes != copy.classes
    cells = [
        {
            "x": round(-reach + column * width, 4),
            "x2": round(-reach + (column + 1) * width, 4),
            "y": round(-reach + row * width, 4),
            "y2": round(-reach + (row + 1) * width, 4),
            "copy": "answers otherwise" if differs[row, column] else "answers as the victim",
        }
        for row, column in np.ndindex(side, side)
        if differs[row, column] or _at_border(victim.classes, row, column)
    ]
    asked = np.concatenate([each.inputs for each in requests])[-_DOTS:] if requests else np.zeros((0, 2))
    dots = [{"x": round(float(x), 3), "y": round(float(y), 3)} for x, y in asked]

    def along(axis: str) -> Spec:
        return {
            "field": axis,
            "type": "quantitative",
            "scale": {"domain": [-reach, reach], "nice": False},
            "axis": {"title": None, "labels": False, "ticks": False, "grid": False},
        }

    meanings = {"answers as the victim": theme.GENUINE, "answers otherwise": theme.THIEF.colour}
    return {
        "height": 420,
        "config": CONFIG,
        "layer": [
            {
                "data": {"values": cells},
                "mark": {"type": "rect", "clip": True},
                "encoding": {
                    "x": along("x"),
                    "x2": {"field": "x2"},
                    "y": along("y"),
                    "y2": {"field": "y2"},
                    "color": {
                        "field": "copy",
                        "scale": {"domain": list(meanings), "range": list(meanings.values())},
                        "legend": {"title": "the copy"},
                    },
                },
            },
            {
                "data": {"values": dots},
                "mark": {"type": "point", "filled": True, "size": 26, "color": theme.COURT.colour, "clip": True},
                "encoding": {"x": along("x"), "y": along("y")},
            },
        ],
    }


def _at_border(classes: NDArray[np.uint8], row: int, column: int) -> bool:
    """Return whether the cell above or to the right belongs to another class."""
    here = classes[row, column]
    above = classes[min(row + 1, len(classes) - 1), column]
    beside = classes[row, min(column + 1, len(classes) - 1)]
    return bool(above != here or beside != here)
