"""Charts of the evidence, over seeds: rows in, a Plotly figure out. They are drawn as those of a run are."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from app.lab.evidence import survival
from app.lab.stories.events import DEFENCES
from app.ui import charts, findings, theme


def seeds_apart(
    values: Mapping[str, Sequence[float]], seeds: Sequence[int], here: Mapping[str, float], axis: str
) -> go.Figure:
    """Draw a dot for each seed, the interval of the mean, and a ring for this run.

    Args:
        values: by defence, a fraction for each seed.
        seeds: one for each of those fractions, in the same order.
        here: by defence, the fraction in the run on the page.
        axis: title of the horizontal axis.
    """
    most = max(1.0, *(rate for rates in values.values() for rate in rates))
    figure = go.Figure(
        layout={
            "height": 220,
            "showlegend": False,
            "xaxis": charts.share(axis, high=most),
            "yaxis": {
                "categoryorder": "array",
                "categoryarray": [defence for defence in DEFENCES if defence in values],
                "autorange": "reversed",
                "showgrid": False,
                "tickfont": {"size": 18},
            },
        }
    )
    for defence, rates in values.items():
        look, mean = theme.DEFENCES[defence], survival.spread(rates)
        band = {"color": look.colour, "width": 12}
        figure.add_scatter(
            x=[mean.low, mean.high], y=[defence] * 2, mode="lines", line=band, opacity=0.3, **charts.SILENT
        )
        tick = {"symbol": "line-ns", "size": 22, "line": {"width": 4, "color": look.colour}}
        figure.add_scatter(
            name=f"{defence}, mean",
            x=[mean.mean],
            y=[defence],
            mode="markers",
            marker=tick,
            hovertext=[f"{defence}, mean: {findings.percent(mean.mean)}"],
            hoverinfo="text",
        )
        figure.add_scatter(
            name=defence,
            x=list(rates),
            y=[defence] * len(rates),
            mode="markers",
            marker=charts.marker(defence, 11),
            opacity=0.75,
            hovertext=[
                f"{defence}, seed {seed}: {findings.percent(rate)}" for rate, seed in zip(rates, seeds, strict=True)
            ],
            hoverinfo="text",
        )
    ring = {"symbol": "circle-open", "size": 22, "color": theme.COURT.colour, "line": {"width": 3}}
    figure.add_scatter(
        name="this run",
        x=list(here.values()),
        y=list(here),
        mode="markers",
        marker=ring,
        hovertext=[f"{defence}, this run: {findings.percent(rate)}" for defence, rate in here.items()],
        hoverinfo="text",
    )
    return figure
