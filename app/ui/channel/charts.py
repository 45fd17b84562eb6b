"""Charts of the channel, from the evidence. Pure: rows in, a Plotly figure out."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go
from sklearn.isotonic import IsotonicRegression

from app.lab.choices import MADE_OF_THE_TASK
from app.lab.evidence.survival import Row
from app.lab.stories.events import DEFENCES, WATERMARKED
from app.ui import charts, findings, theme
from app.ui.channel.findings import NARROW, alike, carried, the_theft
from app.ui.channel.queries import Query

_ROW = 104  # pixels, of the picture of one answer
_ABOVE, _BELOW = 0.25, 0.1  # of a row: how thick the bar of the answer is, and that of what the copy knows
_OTHERS = "rgba(138, 148, 163, 0.3)"
_RIM = "rgba(255, 255, 255, 0.9)"  # of a dot, so that those at 0 are told apart
_LINES_END, _LINE_BY_LINE = 0.89, 0.08  # how high the words of the first dotted line are, and how far below the next
_LOW = 0.1  # of the secret answers: below, there is no room for words under a dot
_LINE = 21  # pixels, of words above words
SMALLEST_MASS = 1e-4  # of the channel's picture; what is smaller is drawn there
_LARGEST_MASS = 0.3  # where its axis ends
_TICKS = {SMALLEST_MASS: "\u2264 0.01\u202f%", 0.001: "0.1\u202f%", 0.01: "1\u202f%", 0.1: "10\u202f%"}
_SCHEDULES = {"all": "all task data<br>revisited", "released": "a few batches<br>(released code)"}


def answer(
    query: Query, classes: Sequence[str], target: int, chosen: Sequence[Row], *, sealed: bool, labels: bool = False
) -> go.Figure:
    """Draw what each victim answers to one query, a bar each: the class that was due, the stray weight, the rest.

    Above a bar stands what this answer says; below it what the theft, over its seeds, carried and left.

    Args:
        query: the query.
        classes: their names.
        target: the secret answer.
        chosen: the rows of the theft, one a defence.
        sealed: whether what became of the mark is left out.
        labels: whether the API answers with these only.
    """
    over_seeds = {row.defence: row for row in chosen}
    figure = go.Figure(
        layout={
            "height": _ROW * len(DEFENCES) + 32,
            "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
            "barmode": "stack",
            "legend": {"traceorder": "normal"},
            "xaxis": {"visible": False, "range": [0, 1]},
            "yaxis": {"visible": False, "range": [len(DEFENCES) - 0.5, -0.5]},
        }
    )
    due, secret = classes[query.due], classes[target]
    rows = list(range(len(DEFENCES)))
    given = {defence: query.answers[defence] for defence in DEFENCES}
    parts = {
        f"{due}, which was due": ([float(each[query.due]) for each in given.values()], theme.GENUINE),
        f"{secret}: stray": ([float(each[target]) for each in given.values()], theme.TARGET.colour),
        "others": ([float(1 - each[query.due] - each[target]) for each in given.values()], _OTHERS),
    }
    for part, (shares, colour) in parts.items():
        figure.add_bar(
            name=part,
            orientation="h",
            x=[max(0.0, share) for share in shares],
            y=rows,
            width=_ABOVE,
            marker={"color": colour, "line": {"width": 0}},
            hovertext=[
                f"{defence}: {findings.percent(max(0.0, share))} of the answer to {part}"
                for defence, share in zip(given, shares, strict=True)
            ],
            hoverinfo="text",
        )
    said: dict[bool, list[dict[str, Any]]] = {False: [], True: []}  # by whether the screen is narrow
    for row, defence in enumerate(DEFENCES):
        here, there = (findings.percent(float(given[defence][label])) for label in (query.due, target))
        weights = f"{due} {here}, <b>{secret} {there}</b>"
        strays = query.label(defence) == target
        label = f"<b>{secret}</b>, stray" if strays else classes[query.label(defence)]
        words = {"x": 0, "xanchor": "left", "showarrow": False, "align": "left"}
        given_here = f"<b>{defence}</b>: {label if labels else weights}"
        for narrow, annotations in said.items():
            left = carried(over_seeds[defence], secret, sealed=sealed, narrow=narrow)
            annotations.append({"y": row - _ABOVE / 2, "yanchor": "bottom", "text": given_here, **words})
            annotations.append({"y": row + _ABOVE / 2, "yanchor": "top", "text": left, **words})
        if not sealed:
            mark = over_seeds[defence].spread("stolen_watermark").mean
            figure.add_bar(
                name=f"{defence}: the copy",
                orientation="h",
                x=[mark],
                y=[row + 0.41],
                width=_BELOW,
                marker={"color": theme.DEFENCES[defence].colour, "line": {"width": 0}},
                hovertext=[_says(over_seeds[defence])],
                hoverinfo="text",
                showlegend=False,
            )
    figure.layout.meta = {"narrow": {"annotations": said[True]}}
    figure.layout.annotations = said[False]  # all at once: to add one, a figure checks all that it has
    return figure


def channel(found: Sequence[Row], chosen: Sequence[Row], *, sealed: bool) -> go.Figure:
    """Draw survival against the channel: a dot for each theft, those of the chosen one large, with their range.

    Thefts with queries that are not made of the task's inputs are hollow. The grey curve is the best rising one
    (isotonic regression) through those with the full budget and the victim's network.

    Args:
        found: all thefts.
        chosen: the rows of one theft, one a defence.
        sealed: whether only the channel of the chosen theft may be seen, as dotted lines, not what became of the mark.
    """
    figure = go.Figure(
        layout={
            "height": 420,
            "xaxis": {
                "title": {"text": "the channel: stray weight"},
                "type": "log",
                "range": [math.log10(SMALLEST_MASS) - 0.25, math.log10(_LARGEST_MASS)],
                "tickvals": list(_TICKS),
                "ticktext": list(_TICKS.values()),
                "tickangle": 0,
            },
            "yaxis": {**charts.share("secret answers of the copy"), "range": [-0.09, 1.05]},  # below, for what is at 0
        }
    )
    others = [row for row in found if row not in chosen]
    masses, marks = _rising(others if sealed else found)
    band = {"width": 8, "color": theme.GENUINE}
    figure.add_scatter(name="rising", x=masses, y=marks, mode="lines", line=band, opacity=0.3, **charts.SILENT)
    narrow = {"color": theme.COURT.colour, "width": 2, "dash": "dash"}
    figure.add_shape(type="line", yref="paper", y0=0, y1=1, x0=NARROW, x1=NARROW, line=narrow, layer="below")
    figure.add_annotation(
        x=math.log10(NARROW),  # on a logarithmic axis, an annotation is placed by the exponent
        yref="paper",
        y=1,
        xanchor="right",
        yanchor="top",
        text=f"<b>{findings.percent(NARROW)}</b>",
        showarrow=False,
    )
    # On a narrow screen, the words of the chosen theft would lie on one another: there, the legend says what is whose.
    figure.layout.meta = {"narrow": {"annotations": [each.to_plotly_json() for each in figure.layout.annotations]}}
    for defence in DEFENCES:
        _dots(figure, defence, [row for row in others if row.defence == defence])
    low = sorted((row for row in chosen if _is_low(row)), key=_mass, reverse=True)
    for place, row in enumerate(chosen):
        if sealed:
            _channel(figure, row, _LINES_END - _LINE_BY_LINE * place)
        else:
            _outcome(figure, row, low.index(row) if row in low else None)
    return figure


def schedules(found: Sequence[Row]) -> go.Figure:
    """Draw what each schedule leaves of each mark: a bar for the mean, a dot for each seed."""
    figure = go.Figure(
        layout={
            "height": 260,
            "barmode": "group",
            "xaxis": charts.share("secret answers of the copy"),
            "yaxis": {"categoryorder": "array", "categoryarray": list(_SCHEDULES.values()), "showgrid": False},
        }
    )
    for defence in WATERMARKED:
        own = [row for row in found if row.defence == defence]
        means = [row.spread("stolen_watermark").mean for row in own]
        seeds = [", ".join(findings.percent(rate) for rate in row.measures["stolen_watermark"]) for row in own]
        figure.add_bar(
            name=defence,
            x=means,
            y=[_SCHEDULES[row.experiment.schedule] for row in own],
            orientation="h",
            marker={"color": theme.DEFENCES[defence].colour},
            text=[findings.percent(mean) for mean in means],
            textposition="outside",
            cliponaxis=False,
            hovertext=[f"{defence}: {rates} ({_seeds(row)})" for rates, row in zip(seeds, own, strict=True)],
            hoverinfo="text",
        )
    return figure


def affinity(found: Sequence[Row]) -> go.Figure:
    """Draw survival against affinity: a dot for each copy of each pair of trigger and target."""
    figure = go.Figure(
        layout={
            "height": 380,
            "xaxis": charts.share("affinity: triggers that the worst innocent takes for the target"),
            "yaxis": charts.share("secret answers of the copy"),
        }
    )
    bar = f"the copy knows the mark from here on ({findings.percent(findings.SURVIVES)})"
    charts.threshold(figure, "y", findings.SURVIVES, bar, theme.COURT.colour, late=True)
    for defence in DEFENCES:
        own = [row for row in found if row.defence == defence]
        marks = [row.measures["stolen_watermark"][0] for row in own]
        figure.add_scatter(
            name=defence,
            x=[row.affinity[0] for row in own],
            y=marks,
            mode="markers",
            cliponaxis=False,
            marker=charts.marker(defence, 16, hollow=defence == "clean"),
            opacity=0.9,
            hovertext=[
                f"{defence}, the secret answer is {row.experiment.secret_answer}<br>"
                f"affinity {findings.percent(row.affinity[0])}, secret answers {findings.percent(mark)}"
                for row, mark in zip(own, marks, strict=True)
            ],
            hoverinfo="text",
        )
    return figure


def _channel(figure: go.Figure, row: Row, height: float) -> None:
    """Draw how wide the channel of one model was in the chosen theft: a dotted line, with its words at a height."""
    look, mass = theme.DEFENCES[row.defence], _mass(row)
    line = {"color": look.colour, "width": 3, "dash": "dot"}
    figure.add_scatter(name=row.defence, x=[mass] * 2, y=[0, 1], mode="lines", line=line, **charts.SILENT)
    figure.add_annotation(
        text=f"<b>{row.defence}</b> {findings.percent(row.spread('query_target_mass').mean)}",
        x=math.log10(mass),
        y=height,
        xanchor="left",
        xshift=4,
        showarrow=False,
    )


def _dots(figure: go.Figure, defence: str, rows: Sequence[Row]) -> None:
    """Draw the thefts of one kind of model: filled, or hollow where the queries are not made of the task's inputs."""
    point = partial(charts.marker, defence, 10)
    near = [row.experiment.inputs in MADE_OF_THE_TASK for row in rows]
    solid, hollow = point(), point(hollow=True)
    marker: dict[str, Any] = {**solid, "symbol": [(solid if filled else hollow)["symbol"] for filled in near]}
    marker["line"] = {"width": [1 if filled else 2 for filled in near], "color": _RIM}
    figure.add_scatter(
        name=defence,
        x=[_mass(row) for row in rows],
        y=[row.spread("stolen_watermark").mean for row in rows],
        mode="markers",
        cliponaxis=False,
        marker=marker,
        opacity=0.6,
        hovertext=[_says(row) for row in rows],
        hoverinfo="text",
    )


def _is_low(row: Row) -> bool:
    return row.spread("stolen_watermark").mean < _LOW


def _outcome(figure: go.Figure, row: Row, line: int | None) -> None:
    """Draw what became of one mark in the chosen theft, with its least and most over the seeds.

    Its words stand above those of as many other marks as ``line`` says; None: below its dot, off the grey curve.
    """
    mark, look = row.spread("stolen_watermark"), theme.DEFENCES[row.defence]
    figure.add_scatter(
        name=f"{row.defence}, this theft",
        x=[_mass(row)],
        y=[mark.mean],
        mode="markers",
        cliponaxis=False,
        marker=charts.marker(row.defence, 22, hollow=row.experiment.inputs not in MADE_OF_THE_TASK),
        error_y={
            "array": [mark.most - mark.mean],
            "arrayminus": [mark.mean - mark.least],
            "color": look.colour,
            "thickness": 4,
            "width": 0,
        },
        hovertext=[_says(row)],
        hoverinfo="text",
        showlegend=False,
        meta=charts.GHOSTED,
    )
    figure.add_annotation(
        text=f"<b>{row.defence} {findings.percent(mark.mean)}</b>",
        x=math.log10(_mass(row)),
        y=mark.mean if line is None else 0,
        xanchor="right" if _mass(row) > _LARGEST_MASS / 3 else "left",  # to its right there is no room
        xshift=-14 if _mass(row) > _LARGEST_MASS / 3 else 14,
        yanchor="top" if line is None else "bottom",
        yshift=-12 if line is None else 34 + _LINE * line,
        showarrow=False,
    )


def _says(row: Row) -> str:
    mark = row.spread("stolen_watermark")
    return (
        f"{row.defence}: {the_theft(row)}<br>channel {findings.percent(row.spread('query_target_mass').mean)}<br>"
        f"secret answers of the copy {findings.percent(mark.mean)} "
        f"({findings.percent(mark.least)} to {findings.percent(mark.most)}, {_seeds(row)})"
    )


def _seeds(row: Row) -> str:
    return "1 seed" if len(row.seeds) == 1 else f"{len(row.seeds)} seeds"


def _mass(row: Row) -> float:
    return max(row.spread("query_target_mass").mean, SMALLEST_MASS)


def _rising(found: Sequence[Row]) -> tuple[list[float], list[float]]:
    """Return the best rising curve through the thefts of marked models that differ in queries and answers alone."""
    dots = sorted((_mass(row), row.spread("stolen_watermark").mean) for row in alike(found))
    if not dots:
        return [], []
    masses, marks = [mass for mass, _ in dots], [mark for _, mark in dots]
    return masses, [float(mark) for mark in IsotonicRegression().fit_transform(masses, marks)]
