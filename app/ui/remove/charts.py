"""The pictures of washing: what all attacks leave of the marks and of the copies, and the curve of one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import plotly.graph_objects as go

from app.lab.evidence.removal_table import Washed
from app.lab.ownership import binomial
from app.lab.removal.attacks import REMOVAL_ATTACKS, RemovalAttack
from app.lab.stories.events import DEFENCES, WATERMARKED, Attempted, Defence, FromScratch
from app.lab.stories.scene import HELD_OUT
from app.ui import charts, findings, theme
from app.ui.remove import findings as removal_findings

BELOW = 0.12  # of accuracy below the thief's own model that is drawn; what is worse stands at the edge
EDGE = 0.02  # of accuracy, beside the outermost points
STOLEN = "as<br>stolen"  # the strength 0
LEGEND = (
    "A row is one attack; touch it for its curve. A point is one seed, a little apart from the others: after the "
    "attack at the strength that washes the mark out at the least price, or else leaves least of it. The thief *gets "
    "away* where no seed convicts a copy that is worth having, *ruins it* where the mark goes only together with the "
    "copy (shaded: no better than a model of the thief's own), *is caught* where the court convicts all the same, and "
    "*fails* where it is now the one, now the other. "
    "The dotted line is the accuracy as stolen: the way from it to a point is the price."
)
CURVE_LEGEND = (
    "Filled: the court convicts. Dashed: what it asks for. The clean copy, washed alike, sets that, since a damaged "
    "model may answer anything."
)
_APART = 0.24  # of the height of a row: how far from its middle the outermost seeds are
_STOLEN_ROW = -1.45  # the row of the copies as stolen, above the attacks, twice as high
_ASIDE = "this run"  # where it is not counted
_STAR = "star"  # the run on the page, here as in the other pictures
_BAND = "rgba(138, 148, 163, 0.12)"
_BANDS = {"washed out": "rgba(213, 94, 0, 0.2)", "stays": "rgba(0, 158, 115, 0.16)"}  # whose colour: who wins
_NO_GAIN = ("<br>not worth having", "<br>no use")  # no better than the thief's own model: below the ticks; if narrow


@dataclass(frozen=True)
class _Point:
    """One mark, on one seed, as stolen or after one attack; ``ahead`` is the accuracy beyond the thief's own model."""

    attack: str | None
    height: float
    defence: Defence
    convicted: bool
    aside: bool
    mark: float
    ahead: float
    words: str


def everything(
    names: Sequence[str], seeds: Sequence[Washed], aside: Washed | None = None, *, sealed: bool = False
) -> go.Figure:
    """Draw what every attack leaves of the marks (left) and of the copies (right): a row an attack, a point a seed.

    The row above them is the copies as stolen. After an attack, a point is what :meth:`Washed.end` says, of marks that
    were proven before. Filled, the court convicts. The accuracy is that beyond a model of the thief's own, on the same
    seed; in the shaded part there is none. Each ``customdata`` is an attack, and so is each row's name.

    Args:
        names: the attacks, from top to bottom; one that has not had its turn has no points.
        seeds: the washings of one heist that are counted, each of its own seed.
        aside: the run on the page, where it is not one of those.
        sealed: whether no more is drawn than the copies as they were stolen.
    """
    own = fmean(washed.result["from_scratch"] for washed in seeds)
    points = _points(() if sealed else names, seeds, aside)
    floor, high = -BELOW, max(0.0, *(point.ahead for point in points)) + EDGE
    most = max(0.1, *(point.mark for point in points))
    marks = charts.share("secret answers", high=most)
    labels = [REMOVAL_ATTACKS[name] for name in names]
    figure = go.Figure(
        layout={
            "height": 440,
            "barmode": "overlay",
            "margin": {"t": 30},
            "legend": {"y": 1.07},
            "xaxis": {**_ticks(marks, 3), "domain": [0, 0.41]},
            "xaxis2": {**_ahead(floor, high, 4, _NO_GAIN[0]), "domain": [0.59, 1], "anchor": "y"},
            "yaxis": {
                "range": [len(names) - 0.5, _STOLEN_ROW - 1.0],
                "tickvals": [_STOLEN_ROW, *range(len(names))],
                "ticktext": ["<b>as stolen</b>", *_named(labels, sealed=sealed)],
                "ticklabelstandoff": 8,
                "showgrid": False,
            },
            "meta": {
                "rows": [None, *names],
                "narrow": {
                    "xaxis": {**_ticks(marks, 2), "domain": [0, 0.34]},
                    "xaxis2": {
                        **_ahead(floor, high, 2, _NO_GAIN[1]),
                        "domain": [0.66, 1],
                        "title": {"text": "above own"},
                    },
                    "yaxis": {"ticktext": ["<b>as stolen</b>", *(about.label for about in labels)]},
                },
            },
        }
    )
    shade = {"yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}, "layer": "below"}
    figure.add_shape(type="rect", xref="x2", x0=floor - EDGE, x1=0, fillcolor=theme.GENUINE, opacity=0.3, **shade)
    figure.add_annotation(
        text=f"<b>0: a model of the thief's own ({findings.percent(own)} right)</b>",
        xref="paper",
        yref="paper",
        x=1,
        y=1,
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
    )
    _bands(figure, names, [] if sealed else seeds, most, (floor, high))
    if not sealed:
        _outcomes(figure, names, seeds)
        _as_stolen(figure, len(names), seeds)
    for axis, column, (low, top) in (("x", "mark", (0.0, most)), ("x2", "ahead", (floor, high))):
        _ends(figure, points, column, axis, low)
        if sealed:
            figure.add_annotation(
                text="<b>?</b>",
                xref=axis,
                x=(low + top) / 2,
                y=(len(names) - 1) / 2,
                showarrow=False,
                font={"size": 72, "color": theme.DEFENCES["entangled"].colour},
            )
    return figure


def _named(attacks: Sequence[RemovalAttack], *, sealed: bool) -> list[str]:
    """Return what each attack does, in plain words, and its name where the vote does not have to be read through it."""
    return [f"<b>{about.plain}</b>" + ("" if sealed else f" ({about.label})") for about in attacks]


def _ticks(axis: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Return an axis with so many of its ticks at most, evenly spaced, and the words level."""
    every = -(-len(axis["tickvals"]) // most)
    return {**axis, "tickvals": axis["tickvals"][::every], "ticktext": axis["ticktext"][::every], "tickangle": 0}


def _ahead(low: float, high: float, most: int, below: str) -> dict[str, Any]:
    """Return the axis of an accuracy above that of the thief's own model, in points, from 0 on; below it, words."""
    ticks = [tick / 10 for tick in range(int(10 * high) + 1)]
    words = [f"{100 * tick:+.0f}" if tick else "0" for tick in ticks]
    axis = _ticks({"tickvals": ticks, "ticktext": words}, most)
    return {
        **axis,
        "title": {"text": "points above the thief's own"},
        "range": [low - EDGE, high],
        "tickvals": [low / 2, *axis["tickvals"]],
        "ticktext": [below, *axis["ticktext"]],
    }


def _points(names: Sequence[str], seeds: Sequence[Washed], aside: Washed | None) -> list[_Point]:
    """Return the points as stolen, then those after each attack on a mark that was proven."""
    found = []
    drawn = [*seeds, *([] if aside is None else [aside])]
    halves = any(_proven(washed, "naive") for washed in drawn)
    for lane, washed in enumerate(drawn):
        side = _APART * (2 * lane / (len(drawn) - 1) - 1) if len(drawn) > 1 else 0.0
        for defence in WATERMARKED:
            half = -0.5 if defence == "naive" else 0.5  # of a row in which both marks have points
            found.append(_stolen(washed, defence, _STOLEN_ROW + half + side, aside=washed is aside))
            if not _proven(washed, defence):
                continue
            for row, name in enumerate(names):
                if name in washed.result["attacks"]:
                    height = row + (half + side) / 2 if halves else row + side
                    found.append(_attacked(washed, name, defence, height, aside=washed is aside))
    return found


def _stolen(washed: Washed, defence: Defence, height: float, *, aside: bool) -> _Point:
    curve = next(iter(washed.result["attacks"].values()))[defence]
    mark, ahead = curve["watermark"][0], curve["accuracy"][0] - washed.result["from_scratch"]
    words = removal_findings.stolen(washed, defence)
    return _Point(None, height, defence, curve["owned"][0], aside, mark, ahead, words)


def _attacked(washed: Washed, name: str, defence: Defence, height: float, *, aside: bool) -> _Point:
    curve, end = washed.result["attacks"][name][defence], washed.end(name, defence)
    mark, ahead = curve["watermark"][end], curve["accuracy"][end] - washed.result["from_scratch"]
    words = removal_findings.point(name, washed, defence, end)
    return _Point(name, height, defence, curve["owned"][end], aside, mark, ahead, words)


def _proven(washed: Washed, defence: Defence) -> bool:
    return bool(next(iter(washed.result["attacks"].values()))[defence]["owned"][0])


def _bands(
    figure: go.Figure, names: Sequence[str], seeds: Sequence[Washed], most: float, ahead: tuple[float, float]
) -> None:
    """Add a band for each attack, as wide as the picture: what a finger meets, and what is read out first."""
    ends = [removal_findings.end_of(name, seeds) if seeds else None for name in names]
    colours = [_BAND if end is None else _BANDS.get(end, _BAND) for end in ends]
    for axis, (low, high) in (("x", (0.0, most)), ("x2", ahead)):
        span = high - low
        figure.add_bar(
            name="attack",
            x=[1.04 * span] * len(names),
            base=[low - 0.02 * span] * len(names),
            y=list(range(len(names))),
            width=0.9,
            xaxis=axis,
            orientation="h",
            marker={"color": colours, "line": {"width": 0}},
            hovertext=[removal_findings.row(name, seeds) for name in names],
            hoverinfo="text",
            customdata=list(names),
            showlegend=False,
        )


def _outcomes(figure: go.Figure, names: Sequence[str], seeds: Sequence[Washed]) -> None:
    """Write between the panels what each attack does for the thief: gets away (or on how many seeds), or not."""
    found = removal_findings.count(seeds)
    if not found.proven:
        return
    said: list[tuple[float, str]] = [(_STOLEN_ROW, "the thief")]
    said += [(row, removal_findings.outcome(name, seeds)) for row, name in enumerate(names) if name in found.gone]
    for row, words in said:
        figure.add_annotation(text=f"<b>{words}</b>", xref="paper", x=0.5, y=row, showarrow=False)


def _as_stolen(figure: go.Figure, rows: int, seeds: Sequence[Washed]) -> None:
    """Draw how right the entangled copies were as stolen, all the way down: from there on, accuracy is lost."""
    points = [
        _stolen(washed, "entangled", _STOLEN_ROW, aside=False) for washed in seeds if _proven(washed, "entangled")
    ]
    if not points:
        return
    at = fmean(point.ahead for point in points)
    line = {"color": theme.DEFENCES["entangled"].colour, "width": 2, "dash": "dot"}
    figure.add_shape(type="line", xref="x2", x0=at, x1=at, y0=_STOLEN_ROW, y1=rows - 0.5, line=line, layer="below")


def _ends(figure: go.Figure, points: Sequence[_Point], column: str, axis: str, floor: float) -> None:
    """Add the points of one panel; what is worse than its floor stands there."""
    kinds: dict[str, list[_Point]] = {}
    for point in points:
        court = "convicted" if point.convicted else "not convicted"
        kinds.setdefault(f"{_ASIDE if point.aside else point.defence}: {court}", []).append(point)
    for name in sorted(kinds, key=lambda name: (name.startswith(_ASIDE), name)):
        own = sorted(kinds[name], key=lambda point: point.defence)
        looks = [charts.marker(point.defence, 9, hollow=not point.convicted) for point in own]
        symbols = [_STAR if point.aside else theme.DEFENCES[point.defence].symbol for point in own]
        figure.add_scatter(
            name=name,
            x=[max(floor, getattr(point, column)) for point in own],
            y=[point.height for point in own],
            xaxis=axis,
            mode="markers",
            marker={
                "symbol": [
                    symbol if point.convicted else f"{symbol}-open" for symbol, point in zip(symbols, own, strict=True)
                ],
                "size": [look["size"] for look in looks],
                "opacity": 1,  # Plotly makes points of several sizes pale
                "color": [look["color"] for look in looks],
                "line": {"width": [0 if point.convicted else 2 for point in own]},
            },
            hovertext=[point.words for point in own],
            hoverinfo="text",
            customdata=[point.attack for point in own],
            cliponaxis=False,
            showlegend=column == "mark",
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
