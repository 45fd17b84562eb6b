"""Charts as pure functions: events in, a Plotly figure out; here those that several lessons draw, and their parts.

They have no title: a title states a finding, wraps on a phone, and is set above the chart by the lesson. How they look
is one template (:mod:`app.ui.plot.template`).
"""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from app.lab.ownership import binomial
from app.lab.stories.events import DEFENCES, Claimed, Defence, Measured, Theft
from app.ui import findings, theme

SMALLEST_P = 1e-12  # of the evidence chart; what is smaller is drawn there
GHOSTED = "ghosted"  # the ``meta`` of a trace that stays behind the next chart as a ghost
SILENT: dict[str, Any] = {"hoverinfo": "skip", "showlegend": False}  # of a trace that only leads the eye
_ZONE = "rgba(138, 148, 163, 0.16)"  # every other price that is offered for prediction
_WIDTHS = (9, 6, 3)  # of curves, the first one drawn at the bottom: where they are one, all are seen
_SIDE = 0.12  # of the width: so near an edge, words stand beside their point


def share(title: str | None, low: float = 0.0, high: float = 1.0) -> dict[str, Any]:
    """Return an axis of shares between two bounds, labelled in percent."""
    span = high - low
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if span / step <= 6 or step == 0.2)
    ticks = [step * number for number in range(round(low / step), round(high / step) + 1)]
    return {
        "title": {"text": title},
        "range": [low - 0.02 * span, high + 0.02 * span],
        "tickvals": ticks,
        "ticktext": [findings.percent(tick) for tick in ticks],
    }


def floor_of(rates: Iterable[float]) -> float:
    """Return where an axis of shares begins that shows all of these rates, and little below them; of none, 0.8."""
    return math.floor(20 * min(rates, default=0.8)) / 20


def marker(defence: str, size: float = 12, *, hollow: bool = False) -> dict[str, Any]:
    """Return how a model of this defence is marked: its symbol in its colour, hollow for the lesser of two roles."""
    look = theme.DEFENCES[defence]
    symbol = f"{look.symbol}-open" if hollow else look.symbol
    # A triangle looks smaller than a disc of its size.
    larger = 1.2 if look.symbol.startswith("triangle") else 1.0
    return {"symbol": symbol, "size": size * larger, "color": look.colour, "line": {"width": 2.5 if hollow else 0}}


def asked(figure: go.Figure, bounds: Iterable[float], colour: str) -> None:
    """Draw what is offered for prediction, as a question mark between every two of the ``bounds`` along the x axis.

    Of bounds beyond the axis nothing is drawn; below 0, no question mark stands.
    """
    logarithmic = figure.layout.xaxis.type == "log"
    low, high = (10**end if logarithmic else end for end in figure.layout.xaxis.range)
    edges = [low, *(float(bound) for bound in bounds if low < bound < high), high]
    for place, (left, right) in enumerate(itertools.pairwise(edges)):
        if place % 2 == 0:
            zone(figure, left, right, _ZONE)
        figure.add_annotation(
            text="<b>?</b>",
            x=math.log10(left * right) / 2 if logarithmic else (max(left, 0.0) + right) / 2,
            yref="paper",
            y=0.55,
            showarrow=False,
            font={"size": 56, "color": colour},
        )


def zone(figure: go.Figure, left: float, right: float, colour: str) -> None:
    """Colour a part of the x axis, all the way up."""
    place = {"x0": left, "x1": right, "yref": "paper", "y0": 0, "y1": 1}
    figure.add_shape(type="rect", **place, fillcolor=colour, line={"width": 0}, layer="below")


def threshold(
    figure: go.Figure,
    axis: str,
    value: float,
    words: str,
    colour: str,
    *,
    above: bool = True,
    late: bool = False,
    middle: float = 0.5,
) -> None:
    """Draw a dashed rule at a value of one axis, its label beside it at the edge of the picture.

    Args:
        figure: the chart, which gets the rule.
        axis: ``"x"`` or ``"y"``.
        value: on that axis; on a logarithmic axis, too, the value itself.
        words: of the label.
        colour: of the rule.
        above: whether the label of a level rule stands above it.
        late: whether it stands at the end of the rule.
        middle: of the axis: the label of an upright rule stands on that side.
    """
    line = {"color": colour, "width": 2, "dash": "dash"}
    label = {"text": f"<b>{words}</b>", "showarrow": False}
    # On a logarithmic axis, Plotly takes a shape's place as it is, and a label's as its exponent.
    place = math.log10(value) if figure.layout[f"{axis}axis"].type == "log" else value
    if axis == "y":
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=value, y1=value, line=line, layer="below")
        edge = {"x": 1 if late else 0, "xanchor": "right" if late else "left"}
        figure.add_annotation(xref="paper", y=place, **edge, yanchor="bottom" if above else "top", **label)
    else:
        figure.add_shape(type="line", yref="paper", y0=0, y1=1, x0=value, x1=value, line=line, layer="below")
        left = value < middle
        figure.add_annotation(
            x=place, yref="paper", y=1, xanchor="left" if left else "right", yanchor="bottom", **label
        )


def curves(
    measured: Sequence[Measured], value: Callable[[Measured], float], epochs: float, axis: Mapping[str, Any]
) -> go.Figure:
    """Draw a measure of models in training against epochs, a line with points for each defence.

    Args:
        measured: the measurements, in order.
        value: takes the measure from one of them.
        epochs: the end of the axis.
        axis: the upright one.
    """
    figure = go.Figure(
        layout={
            "height": 320,
            "xaxis": {"title": {"text": "epoch"}, "range": [-0.02 * epochs, 1.02 * epochs]},
            "yaxis": dict(axis),
        }
    )
    for defence, wide in zip(DEFENCES, _WIDTHS, strict=True):
        own = [event for event in measured if event.defence == defence]
        if own:
            figure.add_scatter(
                name=defence,
                x=[event.epoch for event in own],
                y=[value(event) for event in own],
                mode="lines+markers",
                line={"color": theme.DEFENCES[defence].colour, "width": wide},
                marker=marker(defence, wide + 6),
                meta=GHOSTED,
            )
    return figure


def rate_curves(measured: Sequence[Measured], rate: str, epochs: float, *, low: float = 0.0) -> go.Figure:
    """Draw a field of :class:`Measured` against epochs, a curve for each defence; what is below ``low`` is cut off."""
    return curves(measured, lambda event: float(getattr(event, rate)), epochs, share(None, low))


def secret_curves(measured: Sequence[Measured], epochs: float) -> go.Figure:
    """Draw the watermark success rate against epochs.

    A network that has learnt nothing takes all triggers for one class; where that is the target by chance, a curve
    would fall from 100 %, as if a secret were forgotten. So the untrained ones are left out.
    """
    return rate_curves([event for event in measured if event.epoch > 0], "watermark", epochs)


def verdict(claims: Mapping[Defence, Claimed], thefts: Mapping[Defence, Theft]) -> go.Figure:
    """Draw how often each victim (hollow) and its copy (filled) give the secret answer; the clean ones are the control.

    From the dashed rule on, the court convicts.
    """
    some = next(iter(claims.values()))
    bar = binomial.conviction_bar(some.queries, some.innocent_rate)
    needed = bar / some.queries
    figure = go.Figure(
        layout={
            "height": 340,
            "margin": {"t": 34},
            "showlegend": False,
            "xaxis": share("secret answers to held-out triggers"),
            "yaxis": {
                "categoryorder": "array",
                "categoryarray": [defence for defence in DEFENCES if defence in thefts],
                "range": [len(thefts) - 0.4, -0.6],  # with room for the words above the first and below the last
                "showgrid": False,
                "tickfont": {"size": 20},
            },
        }
    )
    threshold(figure, "x", needed, f"convicted from {bar} of {some.queries} on", theme.COURT.colour)
    for defence, theft in thefts.items():
        rates = {"victim": theft.victim_watermark, "copy": theft.stolen_watermark}
        line = {"color": theme.DEFENCES[defence].colour, "width": 3}
        figure.add_scatter(
            x=list(rates.values()), y=[defence] * 2, mode="lines", line=line, opacity=0.6, name=defence, **SILENT
        )
        for role, rate in rates.items():
            says = f"{role} {findings.percent(rate)}"
            figure.add_scatter(
                name=f"{defence}, {role}",
                x=[rate],
                y=[defence],
                mode="markers",
                marker=marker(defence, 20, hollow=role == "victim"),
                hovertext=[f"{defence}, {says}"],
                hoverinfo="text",
            )
            # Near zero the words stand to the right of the rule, not on it, and clear of it.
            side = "right" if rate < _SIDE else "left" if rate > 1 - _SIDE else "center"
            words = f"\u2002{says}" if side == "right" else says
            figure.add_scatter(
                name=says,
                x=[max(rate, needed) if rate < _SIDE else rate],
                y=[defence],
                mode="text",
                text=[f"{words}<br> " if role == "copy" else f" <br>{words}"],
                textposition=f"{'top' if role == 'copy' else 'bottom'} {side}",
                **SILENT,
            )
    return figure
