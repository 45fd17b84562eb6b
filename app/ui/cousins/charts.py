"""Charts of a backdoor beside a watermark. Pure: events in, a Plotly figure out."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from app.lab.stories.events import PLANTED, Learned, Planted, Pruned
from app.ui import charts, findings, theme
from app.ui.cousins import findings as cousins_findings

_LOOKS: dict[Planted, theme.Mark] = {
    "clean": theme.DEFENCES["clean"],
    "backdoor": theme.THIEF,
    "watermark": theme.DEFENCES["naive"],
}
_SIDE = 0.14  # of the axis: so near an edge, words stand beside their point


def models(last: Mapping[Planted, Learned], *, sealed: bool = False) -> go.Figure:
    """Draw each model's accuracy on clean pictures (hollow), and how often what was planted works (filled).

    Args:
        last: the latest measurement of each model.
        sealed: whether only the clean model is shown.
    """
    figure = go.Figure(
        layout={
            "height": 300,
            "showlegend": False,
            "xaxis": charts.share("hollow: clean pictures right<br>filled: what was planted works"),
            "yaxis": {
                "range": [len(PLANTED) - 0.5, -0.5],
                "tickvals": list(range(len(PLANTED))),
                "ticktext": list(PLANTED),
                "tickfont": {"size": 20},
                "showgrid": False,
            },
        }
    )
    for row, planted in enumerate(PLANTED):
        event = last.get(planted)
        if event is None or (sealed and planted != "clean"):
            continue
        look = _LOOKS[planted]
        both = {"accuracy": event.accuracy, "success": event.success}
        figure.add_scatter(
            x=list(both.values()),
            y=[row] * 2,
            mode="lines",
            line={"color": look.colour, "width": 3},
            opacity=0.5,
            **charts.SILENT,
        )
        for what, rate in both.items():
            filled = what == "success"
            figure.add_scatter(
                name=f"{planted}, {what}",
                x=[rate],
                y=[row],
                mode="markers",
                marker=_marker(look, 20, hollow=not filled),
                meta=charts.GHOSTED,
                hovertext=[cousins_findings.learned(event)],
                hoverinfo="text",
                cliponaxis=False,
            )
            says = f"{what} {findings.percent(rate)}"
            side = "right" if rate < _SIDE else "left" if rate > 1 - _SIDE else "center"
            figure.add_scatter(
                x=[rate],
                y=[row],
                mode="text",
                text=[f"{says}<br> " if filled else f" <br>{says}"],
                textposition=f"{'top' if filled else 'bottom'} {side}",
                **charts.SILENT,
            )
    return figure


def pruning(attempts: Mapping[Planted, Sequence[Pruned]]) -> go.Figure:
    """Draw what fine-pruning leaves of what was planted (solid), and of accuracy (dotted), by the share pruned."""
    figure = go.Figure(
        layout={
            "height": 340,
            "xaxis": {**charts.share("units switched off", 0, 0.8)},
            "yaxis": charts.share(None),
        }
    )
    for planted, own in attempts.items():
        if not own:
            continue
        look = _LOOKS[planted]
        for what, dash in (("success", "solid"), ("accuracy", "dot")):
            figure.add_scatter(
                name=f"{planted}, {what}",
                x=[event.share for event in own],
                y=[getattr(event, what) for event in own],
                mode="lines+markers",
                line={"color": look.colour, "width": 3, "dash": dash},
                marker=_marker(look, 11, hollow=what == "accuracy"),
                meta=charts.GHOSTED,
                hovertext=[cousins_findings.defended(event) for event in own],
                hoverinfo="text",
            )
    return figure


def _marker(look: theme.Mark, size: float, *, hollow: bool) -> dict[str, Any]:
    symbol = f"{look.symbol}-open" if hollow else look.symbol
    return {"symbol": symbol, "size": size, "color": look.colour, "line": {"width": 2.5 if hollow else 0}}
