"""The pictures of washing: what all attacks leave of the marks and of the copies, and the curve of one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

import plotly.graph_objects as go

from app.lab.evidence.removal_table import Fate, Washed
from app.lab.ownership import binomial
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories.events import DEFENCES, WATERMARKED, Attempted, Defence, FromScratch
from app.lab.stories.scene import HELD_OUT
from app.ui import charts, findings, theme
from app.ui.remove import findings as removal_findings

BELOW = 0.12  # of accuracy below the thief's own model that is drawn; what is worse stands at the edge
EDGE = 0.02  # of accuracy, beside the outermost points
STOLEN = "as<br>stolen"  # the strength 0
LEGEND = (
    "A row is one attack; touch it for its curve. A line leads from the copy as stolen to where the mark is washed out "
    "at the least price, or least is left of it; a point is one seed. Filled: the court still convicts. Shaded: no "
    "better than the thief's own model."
)
CURVE_LEGEND = (
    "Filled: the court convicts. Dashed: what it asks for. The clean copy, washed alike, sets that, since a damaged "
    "model may answer anything."
)
_ASIDE = {"naive": -0.2, "entangled": 0.2}  # of the height of a row: where in it the points of a mark are
_BAND = "rgba(138, 148, 163, 0.12)"
_SHAPES: dict[Fate, str] = {
    "unproven": "-open",
    "stays": "",
    "dies with the copy": "-open-dot",
    "washed out": "-open",
}


@dataclass(frozen=True)
class _Point:
    """One mark, on one seed, before and after one attack; places are (secret answers, accuracy)."""

    attack: str
    row: float
    defence: Defence
    fate: Fate
    before: tuple[float, float]
    after: tuple[float, float]
    words: str


def everything(names: Sequence[str], seeds: Sequence[Washed], *, sealed: bool = False) -> go.Figure:
    """Draw what every attack leaves of the marks (left) and of the copies (right): a row an attack, a point a seed.

    A line leads from the copy as stolen to what :meth:`Washed.end` says of it. Filled, the court still convicts. In the
    shaded part, the washed copy is no better than a model of the thief's own. Each ``customdata`` is an attack.

    Args:
        names: the attacks, from top to bottom; one that has not had its turn has no points.
        seeds: the washings of one heist, each of its own seed.
        sealed: whether the copies are drawn as they were stolen, and no more.
    """
    own = mean(washed.result["from_scratch"] for washed in seeds)
    points = _points(names, seeds, sealed=sealed)
    low = max(0.0, own - BELOW)
    high = min(1.0, max([own, *(point.before[1] for point in points)]) + EDGE)
    most = max([0.1, *(mark for point in points for mark in (point.before[0], point.after[0]))])
    figure = go.Figure(
        layout={
            "height": 430,
            "barmode": "overlay",
            "margin": {"t": 30},
            "legend": {"y": 1.08},
            "xaxis": {**_narrow(charts.share("secret answers", high=most)), "domain": [0, 0.45]},
            "xaxis2": {**_narrow(charts.share("accuracy", low, high)), "domain": [0.58, 1], "anchor": "y"},
            "yaxis": {
                "range": [len(names) - 0.5, -0.5],
                "tickvals": list(range(len(names))),
                "ticktext": [REMOVAL_ATTACKS[name].label for name in names],
                "ticklabelstandoff": 8,
                "showgrid": False,
            },
        }
    )
    figure.add_shape(
        type="rect",
        xref="x2",
        yref="paper",
        x0=low,
        x1=own,
        y0=0,
        y1=1,
        fillcolor=theme.THIEF.colour,
        line={"width": 0},
        opacity=0.12,
        layer="below",
    )
    figure.add_annotation(
        text=f"<b>the thief's own: {findings.percent(own)}</b>",
        xref="paper",
        yref="paper",
        x=1,
        y=1,
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
    )
    _bands(figure, names, [] if sealed else seeds, most, (low, high))
    for column, (axis, floor) in enumerate((("x", 0.0), ("x2", low))):
        _lines(figure, points, column, axis, floor)
        _ends(figure, points, column, axis, floor)
    return figure


def _narrow(axis: Mapping[str, Any]) -> dict[str, Any]:
    """Return an axis with at most three of its ticks: on a phone, it is 100 pixels long."""
    every = -(-len(axis["tickvals"]) // 3)
    return {**axis, "tickvals": axis["tickvals"][::every], "ticktext": axis["ticktext"][::every], "tickangle": 0}


def _points(names: Sequence[str], seeds: Sequence[Washed], *, sealed: bool) -> list[_Point]:
    found = []
    for row, name in enumerate(names):
        for washed in seeds:
            for defence in WATERMARKED if name in washed.result["attacks"] else ():
                curve, fate = washed.result["attacks"][name][defence], washed.fate(name, defence)
                end = washed.end(name, defence)
                if sealed:
                    end, fate = 0, "unproven" if fate == "unproven" else "stays"
                before, after = ((curve["watermark"][place], curve["accuracy"][place]) for place in (0, end))
                words = removal_findings.point(name, washed, defence, end)
                found.append(_Point(name, row + _ASIDE[defence], defence, fate, before, after, words))
    return found


def _bands(
    figure: go.Figure, names: Sequence[str], seeds: Sequence[Washed], most: float, accuracies: tuple[float, float]
) -> None:
    """Add a band for each attack, as wide as the picture: what a finger meets, and what is read out first."""
    for axis, (low, high) in (("x", (0.0, most)), ("x2", accuracies)):
        span = high - low
        figure.add_bar(
            name="attack",
            x=[1.04 * span] * len(names),
            base=[low - 0.02 * span] * len(names),
            y=list(range(len(names))),
            width=0.9,
            xaxis=axis,
            orientation="h",
            marker={"color": _BAND, "line": {"width": 0}},
            hovertext=[removal_findings.row(name, seeds) for name in names],
            hoverinfo="text",
            customdata=list(names),
            showlegend=False,
        )


def _lines(figure: go.Figure, points: Sequence[_Point], column: int, axis: str, floor: float) -> None:
    for defence in WATERMARKED:
        own = [point for point in points if point.defence == defence]
        figure.add_scatter(
            x=[x for point in own for x in (point.before[column], max(floor, point.after[column]), None)],
            y=[y for point in own for y in (point.row, point.row, None)],
            xaxis=axis,
            mode="lines",
            line={"color": theme.DEFENCES[defence].colour, "width": 2},
            opacity=0.5,
            **charts.SILENT,
        )


def _ends(figure: go.Figure, points: Sequence[_Point], column: int, axis: str, floor: float) -> None:
    for defence in WATERMARKED:
        for fate, shape in _SHAPES.items():
            own = [point for point in points if (point.defence, point.fate) == (defence, fate)]
            if not own:
                continue
            look = charts.marker(defence, 12, hollow=bool(shape))
            figure.add_scatter(
                name=f"{defence}: {removal_findings.FATES[fate]}",
                x=[max(floor, point.after[column]) for point in own],
                y=[point.row for point in own],
                xaxis=axis,
                mode="markers",
                marker={**look, "symbol": theme.DEFENCES[defence].symbol + shape},
                hovertext=[point.words for point in own],
                hoverinfo="text",
                customdata=[point.attack for point in own],
                cliponaxis=False,
                showlegend=column == 0,
            )


def washing(name: str, curves: Mapping[str, Sequence[Attempted]], own: FromScratch) -> go.Figure:
    """Draw the curve of one attack: secret answers (above) and accuracy (below) at each of its strengths.

    Dashed, what the court asks for: the clean copy, washed alike, sets that. Filled: it convicts.

    Args:
        name: the attack.
        curves: the attempts on each copy, strength 0 first.
        own: the thief's own model.
    """
    attack = REMOVAL_ATTACKS[name]
    some = curves["entangled"]
    places = list(range(len(some)))
    bars = [bar(attempt) / HELD_OUT for attempt in some]
    marks = [attempt.watermark for curve in curves.values() for attempt in curve]
    accuracies = [own.accuracy, *(attempt.accuracy for curve in curves.values() for attempt in curve)]
    figure = go.Figure(
        layout={
            "height": 430,
            "legend": {"y": 1.02},
            "xaxis": {
                "title": {"text": attack.scale},
                "range": [-0.4, len(places) - 0.6],
                "tickvals": places,
                "ticktext": [STOLEN, *(attack.number(attempt.strength) for attempt in some[1:])],
                "tickangle": 0,
                "anchor": "y2",
                "showgrid": False,
            },
            "yaxis": {**charts.share("secret answers", high=max(0.2, *marks, *bars)), "domain": [0.46, 1]},
            "yaxis2": {
                **charts.share("accuracy", max(0.0, min(accuracies) - EDGE), min(1.0, max(accuracies) + EDGE)),
                "domain": [0, 0.4],
            },
        }
    )
    figure.add_scatter(
        name="the court convicts from here on",
        x=[place + side for place in places for side in (-0.5, 0.5)],
        y=[height for height in bars for _ in (0, 1)],
        mode="lines",
        line={"color": theme.COURT.colour, "width": 2, "dash": "dash"},
        hovertext=[
            f"{removal_findings.strength(name, attempt)}: convicted from {bar(attempt)} of {HELD_OUT} secret answers on"
            for attempt in some
            for _ in (0, 1)
        ],
        hoverinfo="text",
    )
    for axis, measure in (("y", "watermark"), ("y2", "accuracy")):
        for defence in DEFENCES:
            _curve(figure, name, defence, curves[defence], axis, measure)
    figure.add_shape(
        type="line",
        xref="paper",
        yref="y2",
        x0=0,
        x1=1,
        y0=own.accuracy,
        y1=own.accuracy,
        line={"color": theme.THIEF.colour, "width": 2, "dash": "dash"},
        layer="below",
    )
    figure.add_annotation(
        text=f"<b>the thief's own model: {findings.percent(own.accuracy)}</b>",
        xref="paper",
        yref="y2",
        x=0,
        y=own.accuracy,
        xanchor="left",
        yanchor="top",
        showarrow=False,
    )
    return figure


def bar(attempt: Attempted) -> int:
    """Return from how many secret answers on the court convicts the copy of an attempt."""
    return binomial.conviction_bar(HELD_OUT, attempt.innocent_rate)


def _curve(figure: go.Figure, name: str, defence: Defence, curve: Sequence[Attempted], axis: str, measure: str) -> None:
    look = charts.marker(defence, 12)
    shapes = [_convicted(defence, attempt) for attempt in curve]
    mark: dict[str, Any] = {
        **look,
        "symbol": [look["symbol"] if filled else f"{look['symbol']}-open" for filled in shapes],
        "line": {"width": [0 if filled else 2.5 for filled in shapes]},
    }
    figure.add_scatter(
        name=defence,
        x=list(range(len(curve))),
        y=[getattr(attempt, measure) for attempt in curve],
        yaxis=axis,
        mode="lines+markers",
        line={"color": look["color"], "width": 3},
        marker=mark,
        hovertext=[removal_findings.attempt(name, attempt) for attempt in curve],
        hoverinfo="text",
        cliponaxis=False,
        showlegend=measure == "watermark",
        meta=charts.GHOSTED,
    )


def _convicted(defence: str, attempt: Attempted) -> bool:
    return attempt.owned and defence != "clean"  # nobody accuses the clean copy: it sets the bar
