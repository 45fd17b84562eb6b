"""Charts of an extraction attack. Pure: events and results in, a Plotly figure out."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from app.lab.experiment import Experiment
from app.lab.extraction.rounds import FIRST_ROUND
from app.lab.stories.events import Copied, Queried, Territory, TheftResult
from app.lab.stories.theft import GOOD
from app.ui import charts, findings, theme
from app.ui.steal import findings as steal_findings
from app.ui.steal.findings import dollars

_MEASURES = {  # of a copy: colour, symbol and dash
    "accuracy": (theme.THIEF.colour, "circle", "solid"),
    "fidelity": (theme.DEFENCES["clean"].colour, "square-open", "dash"),
}
_EVERY = 2  # of the sums of dollars: on a phone, all would run into one another
_DOTS = 600  # of the map: the latest queries
_ROOM = 2.1  # of a panel, against its longest bar: the number stands beside it
_ROW = 64  # pixels, of a policy
_FADED = 0.45  # opacity of a policy that is not the chosen one


def quality(copied: Sequence[Copied], experiment: Experiment, *, sealed: bool = False) -> go.Figure:
    """Draw accuracy and fidelity of the copy against the dollars spent, on a log scale; dashed: good enough.

    The axis is as long as the budget, so that one attack can be held against another.

    Args:
        copied: the rounds so far; perhaps none.
        experiment: its price and its budget.
        sealed: whether the prices asked about are drawn: in which of them will the copy be good?
    """
    least, most = (queries * experiment.price / 1000 for queries in (FIRST_ROUND, experiment.budget))
    least = min([least, most, *(each.dollars for each in copied)])
    ticks = _sums(least, most)
    figure = go.Figure(
        layout={
            "height": 430,
            "margin": {"r": 24},
            "xaxis": {
                "title": {"text": "dollars spent"},
                "type": "log",
                "range": [math.log10(least / 1.15), math.log10(most * 1.1)],
                "tickvals": ticks,
                "ticktext": [dollars(amount) for amount in ticks],
                "tickangle": 0,
            },
            "yaxis": charts.share(None),
        }
    )
    if sealed:
        charts.asked(figure, steal_findings.PRICES.values(), theme.THIEF.colour)
    if not copied:
        return figure
    bar = GOOD * copied[-1].victim_accuracy
    first = steal_findings.good(copied)
    charts.threshold(figure, "y", bar, f"good: {findings.percent(bar)}", theme.COURT.colour)
    for measure, (colour, symbol, dash) in _MEASURES.items():
        rates = [float(getattr(each, measure)) for each in copied]
        figure.add_scatter(
            name=f"{measure} {findings.percent(rates[-1])}",
            x=[each.dollars for each in copied],
            y=rates,
            mode="lines+markers",
            line={"color": colour, "width": 3, "dash": dash},
            marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2.5 if "open" in symbol else 0}},
            cliponaxis=False,
            hovertext=[
                f"{measure} {findings.percent(rate)}<br>{each.queries:,} queries, {dollars(each.dollars)}"
                for rate, each in zip(rates, copied, strict=True)
            ],
            hoverinfo="text",
            meta=charts.GHOSTED,
        )
    if first is not None:
        drop = {"color": theme.THIEF.colour, "width": 3, "dash": "dot"}
        figure.add_scatter(
            name="price", x=[first.dollars] * 2, y=[0, first.accuracy], mode="lines", line=drop, **charts.SILENT
        )
        late = first.dollars**2 > least * most  # in the right half of the picture
        figure.add_annotation(
            x=math.log10(first.dollars),  # on a logarithmic axis, an annotation is placed by the exponent
            y=0.02,
            xanchor="right" if late else "left",
            yanchor="bottom",
            xshift=-6 if late else 6,
            text=f"<b>{dollars(first.dollars)}</b>",
            showarrow=False,
            font={"color": theme.THIEF.colour, "size": 20},
        )
    return figure


def tax(rows: Mapping[str, TheftResult], chosen: str | None, most: float) -> go.Figure:
    """Draw what each way to answer costs honest users, the thief and the owner: a panel for each, a bar a policy.

    The thin line is what plain confidences cost. A copy that is not to be had for the budget has a hatched bar.

    Args:
        rows: the results of one attack, by policy; those of plain confidences first.
        chosen: the policy on the page, which stands out.
        most: dollars, the whole budget.
    """
    panels = (
        ("<b>Honest<br>users</b> lose<br>2nd choice", theme.GENUINE),
        ("<b>The thief</b><br>pays for a<br>good copy", theme.THIEF.colour),
        ("<b>The copy</b> has,<br>of the victim's<br>accuracy", theme.DEFENCES["clean"].colour),
    )
    names = list(rows)
    figure = go.Figure(
        layout={
            "height": 96 + _ROW * max(len(names), 2),
            "showlegend": False,
            "margin": {"t": 76, "b": 20},  # below, the button of the numbers has room
            "bargap": 0.25,
            "yaxis": {
                "tickvals": names,
                "ticktext": [f"<b>{_policy(name)}</b>" if name == chosen else _policy(name) for name in names],
                "autorange": "reversed",
                "showgrid": False,
            },
        }
    )
    width = 1 / len(panels)
    for number, (heading, colour) in enumerate(panels, start=1):
        axis = "x" if number == 1 else f"x{number}"
        start = (number - 1) * width
        figure.layout[f"xaxis{number if number > 1 else ''}"] = {
            "domain": [start, start + 0.94 * width],
            "range": [0, _ROOM],
            "visible": False,
        }
        lengths, words = zip(*(_cost(number, result, most) for result in rows.values()), strict=True)
        figure.add_bar(
            name=heading.replace("<br>", " ").replace("<b>", "").replace("</b>", ""),
            x=list(lengths),
            y=names,
            xaxis=axis,
            orientation="h",
            marker={
                "color": colour,
                "pattern": {"shape": ["/" if word == steal_findings.NO_COPY else "" for word in words]},
                "opacity": [1.0 if name == chosen else _FADED for name in names],
            },
            text=[f"<b>{word}</b>" if name == chosen else word for name, word in zip(names, words, strict=True)],
            textposition="outside",
            cliponaxis=False,
            hovertext=[f"{name}: {steal_findings.costs(result)}" for name, result in rows.items()],
            hoverinfo="text",
            customdata=names,
        )
        figure.add_annotation(
            xref=f"{axis} domain", x=0, xanchor="left", yref="paper", y=1, yanchor="bottom", align="left",
            text=heading, showarrow=False,
        )  # fmt: skip
        plain = {"color": colour, "width": 2, "dash": "dot"}
        figure.add_shape(
            type="line", xref=axis, x0=lengths[0], x1=lengths[0], yref="paper", y0=0, y1=1, line=plain, layer="below"
        )
    return figure


def territory(victim: Territory, copy: Territory, requests: Sequence[Queried]) -> go.Figure:
    """Draw the plane: where the copy answers otherwise than the victim, and what the thief has asked (dots)."""
    side, reach = victim.classes.shape[0], victim.reach
    width = 2 * reach / side
    centres = [round(-reach + (place + 0.5) * width, 4) for place in range(side)]
    differs = victim.classes != copy.classes
    border = _borders(victim.classes)
    cells = [
        [1 if differs[row, column] else 0 if border[row, column] else None for column in range(side)]
        for row in range(side)
    ]
    asked = np.concatenate([each.inputs for each in requests])[-_DOTS:] if requests else np.zeros((0, 2))
    axis = {"range": [-reach, reach], "visible": False}
    figure = go.Figure(layout={"height": 250, "showlegend": False, "xaxis": axis, "yaxis": axis})
    figure.add_heatmap(
        name="the copy",
        x=centres,
        y=centres,
        z=cells,
        zmin=0,
        zmax=1,
        colorscale=[[0, theme.GENUINE], [1, theme.THIEF.colour]],
        showscale=False,
        hoverinfo="skip",
    )
    dot = {"size": 5, "color": theme.COURT.colour}
    figure.add_scatter(
        name="query",
        x=[round(float(x), 3) for x in asked[:, 0]],
        y=[round(float(y), 3) for y in asked[:, 1]],
        mode="markers",
        marker=dot,
        hoverinfo="skip",
    )
    return figure


def _policy(name: str) -> str:
    """Return what a policy is called in the picture: what it does first, where its name does not say it."""
    plain = steal_findings.POLICIES.get(name)
    return f"{plain}:<br>{name}" if plain else name


def _cost(panel: int, result: TheftResult, most: float) -> tuple[float, str]:
    """Return the length of a bar, a share of the longest one, and the words beside it."""
    if panel == 1:
        share = result["tax"]["second_best"]
        return share, _rounded(share)
    if panel == 2:
        price = result["dollars_to_good"]
        return (1.0, steal_findings.NO_COPY) if price is None else (price / most, dollars(price))
    share = result["accuracy"] / result["victim_accuracy"]
    return share, _rounded(share)


def _rounded(share: float) -> str:
    """Return a share in whole percent, short enough for a phone, except so near 0 or 1 that it would read as that."""
    return findings.percent(round(share, 2) if 0.005 <= share < 0.995 else share)


def _sums(least: float, most: float) -> list[float]:
    """Return the sums of dollars that the axis names: a round's, which doubles the one before, up to the budget."""
    sums = [least]
    while sums[-1] * 2 <= most:
        sums.append(sums[-1] * 2)
    return [round(amount, 6) for amount in sums[::_EVERY]]


def _borders(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return, for each cell, whether the cell above or to the right belongs to another class."""
    above, beside = np.zeros(classes.shape, dtype=bool), np.zeros(classes.shape, dtype=bool)
    above[:-1] = classes[:-1] != classes[1:]
    beside[:, :-1] = classes[:, :-1] != classes[:, 1:]
    return above | beside
