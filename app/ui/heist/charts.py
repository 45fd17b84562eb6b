"""The chart of the p-value by the number of triggers asked. Pure: claims in, a Plotly figure out."""

import math
from collections.abc import Mapping

import plotly.graph_objects as go

from app.lab.ownership.binomial import SIGNIFICANCE
from app.lab.stories.events import Claimed, Defence
from app.ui import charts, theme
from app.ui.charts import SMALLEST_P

_TICKS = {1.0: "1", 1e-3: "1e-03", 1e-6: "1e-06", 1e-9: "1e-09", SMALLEST_P: f"\u2264 {SMALLEST_P:.0e}"}


def growing_proof(claims: Mapping[Defence, Claimed]) -> go.Figure:
    """Draw how the p-value falls (or does not) as the owner asks one trigger after the other."""
    figure = go.Figure(
        layout={
            "height": 360,
            "xaxis": {"title": {"text": "triggers asked"}},
            "yaxis": {
                "title": {"text": "p-value"},
                "type": "log",
                "range": [math.log10(SMALLEST_P) - 0.3, 0.3],
                "tickvals": list(_TICKS),
                "ticktext": list(_TICKS.values()),
            },
        }
    )
    for defence, claim in claims.items():
        p_values = [max(float(p), SMALLEST_P) for p in claim.p_values]
        figure.add_scatter(
            name=defence,
            x=list(range(1, len(p_values) + 1)),
            y=p_values,
            mode="lines",
            line={"color": theme.DEFENCES[defence].colour, "width": 3, "shape": "hv"},
        )
    words = f"{SIGNIFICANCE:g}: below, it is established"
    charts.threshold(figure, "y", SIGNIFICANCE, words, theme.COURT.colour, above=False, late=True)
    return figure
