"""Draws a Plotly figure in the page; :func:`streamlit.plotly_chart` would make a new node for every change of data."""

import json
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.utils import PlotlyJSONEncoder

from app.ui.components import component
from app.ui.plot import library, template


@lru_cache(maxsize=256)
def kept(draw: Callable[..., go.Figure], *of: Hashable, **how: Hashable) -> go.Figure:
    """Return the chart that a pure function draws of these arguments: once for all visitors, who must not change it.

    For charts of what is recorded: to check all that it is given, Plotly takes 5 to 20 ms of the server a chart.
    """
    return draw(*of, **how)


def offered(figure: go.Figure) -> list[Any]:
    """Return all that a visitor may pick: what the points and the names of rows stand for."""
    of_points = [value for trace in figure.data if trace.customdata is not None for value in trace.customdata]
    return [value for value in [*of_points, *(figure.layout.meta or {}).get("rows", ())] if value is not None]


def plot(figure: go.Figure, key: str, *, alt: str, of: str = "", on_pick: Callable[[Any], None] | None = None) -> None:
    """Draw a chart in place: what changes is drawn anew, what a visitor looks at stays.

    A trace whose ``hoverinfo`` is ``"skip"`` is not read out. One whose ``meta`` is ``"ghosted"`` stays behind the next
    chart as a ghost of itself, when ``of`` changes.

    Args:
        figure: its traces hold plain lists, its layout a height in pixels.
        key: its name on the page.
        alt: the text alternative: its finding.
        of: what it is of, for example the key of the experiment.
        on_pick: called with the ``customdata`` of the point that a visitor has clicked, or chosen by Enter.
    """
    background: template.Background = "dark" if st.context.theme.type == "dark" else "light"
    name = f"plot_{key}"

    def picked() -> None:
        chosen = st.session_state[name].picked
        if on_pick is not None and chosen in offered(figure):  # a browser may send anything
            on_pick(chosen)

    component("plot/plot")(
        key=name,
        data={
            "figure": json.dumps(template.to_dict(figure, background), cls=PlotlyJSONEncoder),
            "alt": alt,
            "library": library.ADDRESS,
            "of": of,
            "pickable": on_pick is not None,
        },
        on_picked_change=picked,
    )
