"""The picture of what a mark costs against what a court makes of it. Pure: rows in, a Plotly figure out."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, median_high
from typing import Any

import plotly.graph_objects as go

from app.lab.evidence.survival import Row
from app.lab.ownership.binomial import MOST_QUERIES
from app.ui import charts, theme
from app.ui.tradeoff import findings as tradeoff_findings
from app.ui.tradeoff.findings import Measure
from app.ui.tradeoff.priced import NAIVE, OneRun

NEVER = 2.0 * MOST_QUERIES  # where a mark stands that no number of triggers convicts
_TICKS = (5, 10, 20, 50, 100, 200, 500, MOST_QUERIES)
_MOVE = {"duration": 600, "easing": "cubic-in-out"}  # of the mark, to another kappa
_LARGE, _USUAL, _SMALL, _SEED = 26, 17, 13, 7  # pixels: the mark chosen, a control, another kappa, one seed
_GOAL = f"{tradeoff_findings.PAPER}: {tradeoff_findings.GOAL:g}"


def frontier(
    marks: Mapping[float, Row],
    clean: Row,
    measure: Measure,
    chosen: float,
    own: OneRun | None = None,
    *,
    sealed: bool = False,
) -> go.Figure:
    """Draw the price of each mark, in points of accuracy, against what a court makes of it: up and left is better.

    The mark chosen is large and filled: the mean over its seeds (of triggers needed: the median), with lines from the
    least to the most, and each seed small; of *conviction*, a seed is convicted or not. The entangled marks of the
    other kappas are hollow stops, whose seeds are read out. The controls, naive and clean, are always whole. A point's
    ``customdata`` is its kappa.

    Args:
        marks: by kappa, ascending; the naive one is at kappa 0.
        clean: the control.
        measure: what is upright.
        chosen: the kappa whose mark is drawn whole.
        own: one run of the visitor's setting, one seed.
        sealed: whether the entangled marks are left out, and the prices asked about drawn instead; the axes are the
            same.
    """
    rows = [clean, *marks.values()]
    costs = [100 * cost for row in rows for cost in row.cost] + ([] if own is None else [100 * own.cost])
    figure = go.Figure(
        layout={
            "height": 430,
            "margin": {"t": 30},
            "legend": {"y": 1.07},
            "transition": _MOVE,
            "xaxis": {
                "title": {"text": "price: points of accuracy lost"},
                "range": [min(0.0, *costs) - 0.5, max(costs) + 0.4],
                "dtick": 1,
            },
            "yaxis": _upright(measure),
        }
    )
    charts.threshold(figure, "x", tradeoff_findings.GOAL, _GOAL, theme.COURT.colour, middle=math.inf)
    figure.add_annotation(
        text="<b>\u2196 better</b>",
        xref="paper",
        yref="paper",
        x=0.01,
        y=1,
        xanchor="left",
        yanchor="top",
        showarrow=False,
        font={"size": 18},
    )
    _legend(figure)
    if sealed:
        charts.asked(figure, tradeoff_findings.BOUNDS, theme.DEFENCES["entangled"].colour)
    elif measure == "triggers":
        _never(figure)
    shown = {kappa: row for kappa, row in marks.items() if kappa == NAIVE or not sealed}
    figure.add_scatter(
        x=[100 * fmean(row.cost) for row in shown.values()],
        y=[middle(row, measure) for row in shown.values()],
        mode="lines",
        line={"color": theme.DEFENCES["entangled"].colour, "width": 4},
        opacity=0.35,
        meta=charts.GHOSTED,
        **charts.SILENT,
    )
    _mark(figure, None, clean, measure, "bottom left")
    picked = None if sealed else shown.get(chosen)
    if chosen == NAIVE and picked is not None:
        _nothing(figure, 2)
    else:
        _mark(figure, NAIVE, shown[NAIVE], measure, "bottom right")
    _stops(figure, {kappa: row for kappa, row in shown.items() if kappa not in (NAIVE, chosen)}, measure, max(shown))
    if picked is not None:
        # Above it, where no line rises and no star has its words.
        high = own is None and measure == "conviction" and middle(picked, measure) > 0.5
        above = "top center" if high else "top left"
        _mark(figure, chosen, picked, measure, "bottom right" if chosen == NAIVE else above, chosen=True)
    if own is None or sealed:
        _nothing(figure, 1)
    else:
        _run(figure, own, measure)
    return figure


def middle(row: Row, measure: Measure) -> float:
    """Return where a mark stands: the mean over the seeds; of the triggers needed, the median, the worse of two."""
    return median_high(_values(row, measure)) if measure == "triggers" else fmean(_values(row, measure))


def _upright(measure: Measure) -> dict[str, Any]:
    room = [-0.1, 1.24]  # above, for the name of the mark chosen; below, for the words of what stands at 0
    match measure:
        case "conviction":
            words = ["no seed", "half", "all seeds"]
            return {"title": {"text": "convicted"}, "range": room, "tickvals": [0, 0.5, 1], "ticktext": words}
        case "survival":
            return {**charts.share("secret answers of the copy"), "range": room}
        case "triggers":
            return {
                "title": {"text": "triggers needed to convict"},
                "type": "log",
                "range": [math.log10(2 * NEVER), math.log10(4)],
                "tickvals": [*_TICKS, NEVER],
                "ticktext": [*(f"{tick:,}" for tick in _TICKS[:-1]), f"{MOST_QUERIES:,}", "never"],
            }


def _legend(figure: go.Figure) -> None:
    """Say what the sizes and the lines are: of every mark, whatever its colour and symbol."""
    for words, mode, look in (
        ("a mark: middle of its seeds", "markers", {"marker": {"size": _USUAL, "color": theme.GENUINE}}),
        ("one seed", "markers", {"marker": {"size": _SEED, "color": theme.GENUINE}}),
        ("least to most", "lines", {"line": {"width": 2, "color": theme.GENUINE}}),
    ):
        figure.add_scatter(name=words, x=[None], y=[None], mode=mode, hoverinfo="skip", showlegend=True, **look)


def _never(figure: go.Figure) -> None:
    """Say at the foot of the picture what *never* is; on a narrow screen, there is no room for it."""
    figure.layout.meta = {"narrow": {"annotations": [each.to_plotly_json() for each in figure.layout.annotations]}}
    figure.add_annotation(
        text=f"never: {tradeoff_findings.NEVER}",
        xref="paper",
        x=1,
        y=math.log10(NEVER),
        xanchor="right",
        yanchor="top",
        yshift=-8,
        showarrow=False,
    )


def _mark(
    figure: go.Figure, kappa: float | None, row: Row, measure: Measure, where: str, *, chosen: bool = False
) -> None:
    """Draw a mark whole, large where it is the one chosen: its seeds, its range, and its name at ``where``."""
    name = "clean" if kappa is None else _name(kappa)
    look = charts.marker(row.defence, _SEED)
    values, costs = _values(row, measure), [100 * cost for cost in row.cost]
    here, cost = middle(row, measure), fmean(costs)
    if kappa is not None:  # the clean victim costs nothing, on any seed
        figure.add_scatter(
            name=f"{name}, each seed",
            x=costs,
            y=values,
            mode="markers",
            marker=look,
            opacity=0.6,
            hovertext=[
                f"<b>{name}</b>, seed {seed}: {tradeoff_findings.court_of(run)}"
                for seed, run in zip(row.seeds, OneRun.each(row), strict=True)
            ],
            hoverinfo="text",
            customdata=[kappa] * len(row.seeds),
            showlegend=False,
            meta=charts.GHOSTED,
        )
    label = _label(f"<b>{name}</b>", row, measure) if chosen else f"<b>{name}</b>"
    spread = (0.0, 0.0) if measure == "conviction" else (max(values) - here, here - min(values))
    bars = {"type": "data", "symmetric": False, "thickness": 2, "width": 0, "color": look["color"]}
    figure.add_scatter(
        name=name,
        x=[cost],
        y=[here],
        error_x={**bars, "array": [max(costs) - cost], "arrayminus": [cost - min(costs)]},
        error_y={**bars, "array": [spread[0]], "arrayminus": [spread[1]]},
        mode="markers+text",
        marker=charts.marker(row.defence, _LARGE if chosen else _USUAL),
        text=[label],
        textposition=where,
        cliponaxis=False,
        hovertext=[f"<b>{name}</b>: {tradeoff_findings.court(row)}"],
        hoverinfo="text",
        customdata=None if kappa is None else [kappa],
        showlegend=False,
        meta=charts.GHOSTED,
    )


def _nothing(figure: go.Figure, traces: int) -> None:
    """Keep the place of traces that are not drawn: only where there are as many as before does the mark move."""
    for _ in range(traces):
        figure.add_scatter(x=[None], y=[None], mode="markers", **charts.SILENT)


def _run(figure: go.Figure, own: OneRun, measure: Measure) -> None:
    """Draw one run of the visitor's setting: a star."""
    name = tradeoff_findings.whose(own)
    figure.add_scatter(
        name=name,
        x=[100 * own.cost],
        y=[_of_run(own, measure)],
        mode="markers+text",
        marker={"symbol": "star", "size": 18, "color": theme.COURT.colour},
        text=[f"<b>{name}</b>"],
        textposition="top center",
        cliponaxis=False,
        hovertext=[f"<b>{name}</b>: {tradeoff_findings.court_of(own)}"],
        hoverinfo="text",
        showlegend=False,
    )


def _stops(figure: go.Figure, rows: Mapping[float, Row], measure: Measure, most: float) -> None:
    """Draw the marks of the other kappas small and hollow: where the mark would go; what each seed did is read out.

    ``most`` is the largest kappa of all.
    """
    if not rows:
        _nothing(figure, 1)
        return
    figure.add_scatter(
        name="another \u03ba",
        x=[100 * fmean(row.cost) for row in rows.values()],
        y=[middle(row, measure) for row in rows.values()],
        mode="markers+text",
        marker={**charts.marker("entangled", _SMALL, hollow=True), "opacity": 0.7},
        text=[_label(_name(kappa), row, measure) for kappa, row in rows.items()],
        textposition=[_below(row, measure, last=kappa == most) for kappa, row in rows.items()],
        cliponaxis=False,
        hovertext=[
            "<br>".join([f"<b>{_name(kappa)}</b>: {tradeoff_findings.court(row)}", *tradeoff_findings.each_seed(row)])
            for kappa, row in rows.items()
        ],
        hoverinfo="text",
        customdata=list(rows),
        showlegend=False,
        meta=charts.GHOSTED,
    )


def _below(row: Row, measure: Measure, *, last: bool) -> str:
    """Return where the name of a stop stands: off the line, inside the picture, and off the words on what never is."""
    if measure == "triggers" and middle(row, measure) == NEVER:
        return "top left"
    return "bottom center" if last else "bottom right"


def _label(name: str, row: Row, measure: Measure) -> str:
    """Return the name of a mark in the picture and, where that is upright, on how many of its seeds it convicts."""
    return f"{name} ({sum(row.convicted)} of {len(row.seeds)})" if measure == "conviction" else name


def _name(kappa: float) -> str:
    return "naive" if kappa == NAIVE else f"\u03ba {kappa:g}"


def _values(row: Row, measure: Measure) -> Sequence[float]:
    return [_of_run(run, measure) for run in OneRun.each(row)]


def _of_run(run: OneRun, measure: Measure) -> float:
    match measure:
        case "conviction":
            return float(run.convicted)
        case "survival":
            return run.mark
        case "triggers":
            return NEVER if run.needed is None else float(run.needed)
