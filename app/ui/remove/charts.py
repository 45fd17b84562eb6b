"""The pictures of washing: how every attack ends, and at what price; and the curve of one. Pure."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from app.lab.evidence.removal_table import Fate, Washed
from app.lab.ownership import binomial
from app.lab.removal.attacks import REMOVAL_ATTACKS, RemovalAttack
from app.lab.stories.events import DEFENCES, WATERMARKED, Attempted, Defence, FromScratch
from app.lab.stories.scene import HELD_OUT
from app.ui import charts, findings, theme
from app.ui.remove import findings as removal_findings

EDGE = 0.02  # of accuracy, beside the outermost points of a curve
STOLEN = "as<br>stolen"  # the strength 0
LEGEND = (
    "A row is one attack; touch it for its curve. A point is one seed; what was never proven is one point. Where the "
    "thief *gets away*, it lies at the least accuracy that any strength costs. *Ruins it*: the mark goes only with the "
    "copy, which is then no better than a model of the thief's own. *Caught*: at every strength that was tried, the "
    "court convicts."
)
CURVE_LEGEND = (
    "Filled: the court convicts. Dashed: what it asks for. The clean copy, washed alike, sets that, since a damaged "
    "model may answer anything."
)
_ABOVE, _BESIDE = 0.2, 0.28  # of a row's height, of a column's width: how far from its middle the outermost seeds are
_STOLEN_ROW = -1.5  # the row of the copies as stolen, above the attacks, twice as high
_ASIDE = "this run"  # where it is not counted
_STAR = "star"  # the run on the page, here as in the other pictures
_WIDTH = 0.36  # of a column that has no prices, by the width of the one that has
_PRICED: tuple[Fate, ...] = ("washed out", "unproven")  # whose points have a price: what was never proven is gone for 0
# The columns, from left to right: what the attack does for the thief, and the colour of who wins.
_COLUMNS = (
    ("gets away<br>at this price", "rgba(213, 94, 0, 0.13)"),
    ("ruins<br>it", "rgba(138, 148, 163, 0.22)"),
    ("is<br>caught", "rgba(0, 158, 115, 0.16)"),
)
_CLEAR, _LINE = "rgba(0, 0, 0, 0)", "rgba(138, 148, 163, 0.28)"


@dataclass(frozen=True)
class _Point:
    """One mark, on one seed, as stolen or after one attack; or on several ``seeds`` of which there is one thing to say.

    ``side`` is where its seed is drawn between the others, from -1 to 1, and ``lost`` the price in points of accuracy.
    """

    attack: str | None
    height: float
    defence: Defence
    fate: Fate
    aside: bool
    side: float
    lost: float
    words: str
    seeds: int = 1

    @property
    def convicted(self) -> bool:
        """Whether the court convicts at every strength."""
        return self.fate == "stays"


def everything(
    names: Sequence[str], seeds: Sequence[Washed], aside: Washed | None = None, *, sealed: bool = False
) -> go.Figure:
    """Draw how each attack ends: a row an attack, a point a seed, in the column of who wins.

    On the left the mark is washed out, at the price in points of accuracy that the axis says; in the middle it goes
    only together with the copy; on the right the court convicts. The row above is the copies as stolen, and marks that
    were never proven are in that alone: they walk free for nothing. Each ``customdata`` is an attack, and so is each
    row's name.

    Args:
        names: the attacks, from top to bottom; one that has not had its turn has no points.
        seeds: the washings of one heist that are counted, each of its own seed.
        aside: the run on the page, where it is not one of those.
        sealed: whether no more is drawn than the copies as they were stolen.
    """
    points = _points(() if sealed else names, seeds, aside)
    dearest = _dearest(names, seeds, aside)
    edges = (-0.08 * dearest, dearest, (1 + _WIDTH) * dearest, (1 + 2 * _WIDTH) * dearest)
    labels = [REMOVAL_ATTACKS[name] for name in names]
    figure = go.Figure(
        layout={
            "height": 440,
            "barmode": "overlay",
            "margin": {"t": 70},
            "legend": {"y": 1.13},
            "xaxis": {
                "title": {"text": "price: points of accuracy lost", "standoff": 4},
                "range": [edges[0], edges[-1]],
                "tickvals": list(range(0, int(dearest) + 1, 5)),
                "showgrid": False,
                "zeroline": False,
            },
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
                    "legend": {"y": 1.2},
                    "xaxis": {"title": {"text": "price: points"}},
                    "yaxis": {"ticktext": ["<b>as stolen</b>", *(about.label for about in labels)]},
                },
            },
        }
    )
    for (low, high), (words, colour) in zip(itertools.pairwise(edges), _COLUMNS, strict=True):
        _column(figure, low, high, words, colour)
        if sealed:
            figure.add_annotation(
                text="<b>?</b>",
                x=(low + high) / 2,
                y=(len(names) - 1) / 2,
                showarrow=False,
                font={"size": 72, "color": theme.DEFENCES["entangled"].colour},
            )
    for point in points:
        if (point.attack, point.fate, point.aside) == (None, "unproven", False):
            words = removal_findings.nothing(point.defence, point.seeds, len(seeds))
            figure.add_annotation(text=words, x=0, y=point.height, xanchor="left", xshift=12, showarrow=False)
    _rows(figure, names, () if sealed else seeds, (edges[0], edges[-1]))
    _add(figure, points, edges)
    return figure


def _named(attacks: Sequence[RemovalAttack], *, sealed: bool) -> list[str]:
    """Return what each attack does, in plain words, and its name where the vote does not have to be read through it."""
    return [f"<b>{about.plain}</b>" + ("" if sealed else f" ({about.label})") for about in attacks]


def _dearest(names: Sequence[str], seeds: Sequence[Washed], aside: Washed | None) -> float:
    """Return where the axis of prices ends, in points: sealed or not, it is the same."""
    lost = [point.lost for point in _points(names, seeds, aside) if point.fate == "washed out"]
    return 1.08 * max([5.0, *lost])


def _column(figure: go.Figure, low: float, high: float, words: str, colour: str) -> None:
    """Add one column: its colour and, above it, its name."""
    charts.zone(figure, low, high, colour)
    figure.add_annotation(
        text=f"<b>{words}</b>",
        x=(low + high) / 2,
        yref="paper",
        y=1,
        yanchor="bottom",
        showarrow=False,
    )


def _points(names: Sequence[str], seeds: Sequence[Washed], aside: Washed | None) -> list[_Point]:
    """Return the points as stolen, then those after each attack on a mark that was proven.

    What was never proven is one point of all such seeds: they would lie on one another, at no price.
    """
    found = []
    drawn = [*seeds, *([] if aside is None else [aside])]
    halves = any(_proven(washed, "naive") for washed in drawn)
    for lane, washed in enumerate(drawn):
        side = 2 * lane / (len(drawn) - 1) - 1 if len(drawn) > 1 else 0.0
        for defence in WATERMARKED:
            half = -0.5 if defence == "naive" else 0.5  # of a row in which both marks have points
            fate: Fate = "stays" if _proven(washed, defence) else "unproven"
            words = removal_findings.stolen(washed, defence)
            stolen = _Point(None, _STOLEN_ROW + half, defence, fate, washed is aside, side, 0.0, words)
            found.append(stolen)
            if fate == "unproven":
                continue
            for row, name in enumerate(names):
                if name in washed.result["attacks"]:
                    height = row + half / 2 if halves else float(row)
                    found.append(_attacked(washed, name, defence, height, side, aside=washed is aside))
    return _at_once(found)


def _at_once(points: Sequence[_Point]) -> list[_Point]:
    """Return the points, those that were counted and never proven as one for each mark; it reads out every seed."""
    found = []
    never: dict[Defence, list[_Point]] = {}
    for point in points:
        if point.fate == "unproven" and not point.aside:
            never.setdefault(point.defence, []).append(point)
        else:
            found.append(point)
    for alike in never.values():
        words = "<br>".join(point.words for point in alike)
        found.append(replace(alike[0], side=0.0, words=words, seeds=len(alike)))
    return found


def _attacked(washed: Washed, name: str, defence: Defence, height: float, side: float, *, aside: bool) -> _Point:
    words = removal_findings.point(name, washed, defence, washed.end(name, defence))
    lost = 100 * max(0.0, washed.lost(name, defence) or 0.0)
    return _Point(name, height, defence, washed.fate(name, defence), aside, side, lost, words)


def _proven(washed: Washed, defence: Defence) -> bool:
    return washed.fate(next(iter(washed.result["attacks"])), defence) != "unproven"


def _rows(figure: go.Figure, names: Sequence[str], seeds: Sequence[Washed], ends: tuple[float, float]) -> None:
    """Add a bar for each attack, as wide as the picture: what a finger meets, and what is read out first."""
    figure.add_bar(
        name="attack",
        x=[ends[1] - ends[0]] * len(names),
        base=[ends[0]] * len(names),
        y=list(range(len(names))),
        width=1,
        orientation="h",
        marker={"color": _CLEAR, "line": {"width": 1, "color": _LINE}},
        hovertext=[removal_findings.row(name, seeds) for name in names],
        hoverinfo="text",
        customdata=list(names),
        showlegend=False,
    )


def _add(figure: go.Figure, points: Sequence[_Point], edges: Sequence[float]) -> None:
    """Add the points: those with a price where the axis says, seed above seed; the others side by side."""
    kinds: dict[str, list[_Point]] = {}
    for point in points:
        court = "convicted" if point.convicted else "not convicted"
        kinds.setdefault(f"{_ASIDE if point.aside else point.defence}: {court}", []).append(point)
    for name in sorted(kinds, key=lambda name: (name.startswith(_ASIDE), name)):
        own = sorted(kinds[name], key=lambda point: point.defence)
        looks = [charts.marker(point.defence, 9) for point in own]
        symbols = [_STAR if point.aside else theme.DEFENCES[point.defence].symbol for point in own]
        places = [_place(point, edges) for point in own]
        figure.add_scatter(
            name=name,
            x=[x for x, _ in places],
            y=[y for _, y in places],
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
        )


def _place(point: _Point, edges: Sequence[float]) -> tuple[float, float]:
    """Return where a point lies; ``edges`` are those of the columns."""
    if point.fate in _PRICED:
        return point.lost, point.height + _ABOVE * point.side
    left, right = edges[1:3] if point.fate == "dies with the copy" else edges[2:4]
    return (left + right) / 2 + _BESIDE * point.side * (right - left), point.height


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
