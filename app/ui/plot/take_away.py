"""A chart as a file of its own: SVG and PNG, made in the browser, and a page of HTML that needs no network."""

import json
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

from app.ui.components import component
from app.ui.plot import library


def pictures(figure: Mapping[str, Any], name: str) -> None:
    """Offer a chart that stands alone (:func:`app.ui.plot.template.standing_alone`) as SVG and PNG.

    Args:
        figure: the chart.
        name: of the file, without its suffix.
    """
    described = json.dumps(figure, cls=PlotlyJSONEncoder)
    component("plot/take_away")(
        key=f"take_{name}", data={"figure": described, "library": library.ADDRESS, "name": name}
    )


def page(figure: Mapping[str, Any]) -> str:
    """Return a chart that stands alone as a page of HTML, with all that draws it inside; 5 MB."""
    return str(go.Figure(figure).to_html(include_plotlyjs=True, config={"displaylogo": False}))
