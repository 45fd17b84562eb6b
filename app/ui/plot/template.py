"""The look of every chart: ink, sizes, axes without handles, and how one point is marked."""

import textwrap
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go

from app.ui import theme

Background = Literal["light", "dark"]
TEXT = 16  # pixels, of all words in a chart: what the back row can still read; the browser enlarges them when alone
_GRID = "rgba(138, 148, 163, 0.28)"
_LINE = 96  # letters of a title that fit
_CLEAR = "rgba(0, 0, 0, 0)"


@cache
def template(background: Background) -> go.layout.Template:
    """Return the look of a chart on a light or a dark page."""
    ink = theme.INK[background]
    axis = {
        "automargin": True,
        "fixedrange": True,  # a drag scrolls the page; nothing in a chart needs a mouse
        "gridcolor": _GRID,
        "linecolor": _GRID,
        "zeroline": False,
        "ticks": "",
        "title": {"standoff": 10},
        "nticks": 6,
    }
    scene_axis = {"gridcolor": _GRID, "backgroundcolor": _CLEAR, "zeroline": False, "nticks": 5}
    return go.layout.Template(
        layout={
            "font": {"family": '"Source Sans", "Source Sans Pro", sans-serif', "size": TEXT, "color": ink},
            "paper_bgcolor": _CLEAR,
            "plot_bgcolor": _CLEAR,
            "colorway": [mark.colour for mark in theme.DEFENCES.values()],
            "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
            "xaxis": axis,
            "yaxis": axis,
            "scene": {"xaxis": scene_axis, "yaxis": scene_axis, "zaxis": scene_axis},
            "hovermode": "closest",
            "hoverlabel": {"font": {"size": TEXT}, "align": "left"},
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1,
                "xanchor": "left",
                "yanchor": "bottom",
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "dragmode": False,
            "bargap": 0.3,
            "annotationdefaults": {"showarrow": False, "font": {"color": ink}},
            "shapedefaults": {"line": {"color": ink, "width": 2}},
        }
    )


def standing_alone(figure: go.Figure, finding: str, source: str) -> dict[str, Any]:
    """Return a chart as it stands outside the app, on white: under its finding, and with its source below.

    Args:
        figure: a chart as a lesson draws it, with a height.
        finding: its title.
        source: the words on where its numbers come from.
    """
    ink = theme.INK["light"]
    lines = textwrap.wrap(finding, _LINE)
    top = 80 + 28 * len(lines)
    alone = to_dict(figure, "light")
    alone["layout"] |= {
        "paper_bgcolor": "#FFFFFF",
        "width": 1100,
        "height": figure.layout.height + 80 + top,
        "margin": {"l": 24, "r": 32, "t": top, "b": 60},
        "title": {
            "text": "<br>".join(lines),
            "subtitle": {"text": source, "font": {"size": TEXT, "color": ink}},
            "font": {"size": 21, "color": ink},
            "x": 0,
            "xref": "paper",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 20},
        },
    }
    return alone


def to_dict(figure: go.Figure, background: Background) -> dict[str, Any]:
    """Return what the browser gets of a chart: its traces (``data``), and its ``layout`` for this background."""
    # Joined as plain values: a figure would check all of itself anew for each thing that is set.
    layout = {**figure.layout.to_plotly_json(), "template": _look(background)}
    return {"data": [trace.to_plotly_json() for trace in figure.data], "layout": layout}


@cache
def _look(background: Background) -> dict[str, Any]:
    look: dict[str, Any] = template(background).to_plotly_json()
    return look
