"""Charts of two networks and of the work to tell them apart. Pure: a problem or numbers in, a Plotly figure out."""

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from app.lab.hardness import ReluNetwork, networks
from app.lab.stories.hardness import DEPTHS, Problem, Work
from app.ui import theme
from app.ui.charts import SILENT

MOST_LABELLED = 20  # inputs; more have no room for their weights
_FURTHEST = 40  # numbers, to which the work is drawn on
_APART = 3.1  # from the first network to the second one
_LIT = theme.COURT.colour
_METHODS = {  # how each method is drawn
    "brute force": (theme.THIEF.colour, "circle"),
    "meet in the middle": (theme.DEFENCES["naive"].colour, "square"),
    "dynamic program": (theme.DEFENCES["entangled"].colour, "triangle-up"),
}


def pair(problem: Problem, witness: Sequence[int] | None) -> go.Figure:
    """Draw the network of a problem, and beside it the one that is constantly 0, with all their weights.

    Args:
        problem: what they are built from.
        witness: an input on which they differ: what it makes active is lit, in both; None: nothing is.
    """
    network = problem.network()
    figure = go.Figure(
        layout={
            "height": 440,
            "showlegend": False,
            "xaxis": {"visible": False, "range": [-0.45, _APART + 2.45]},
            "yaxis": {"visible": False, "range": [-0.04, 1.12]},
        }
    )
    for which, offset, words in (
        (network, 0.0, "this network"),
        (networks.silenced(network), _APART, "and this one, always 0"),
    ):
        _draw(figure, which, witness, offset)
        figure.add_annotation(
            x=offset + 1, y=1.12, yanchor="top", text=f"<b>{words}</b>", showarrow=False, font={"size": 18}
        )
    return figure


def growth(measured: Sequence[Work], bits: int) -> go.Figure:
    """Draw the work of each method against the number of numbers: measured, and dotted where it is drawn on.

    Brute force and meet in the middle are drawn on by what they count, 2^d and 2 x 2^(d/2), and the dynamic program by
    its table, for numbers of ``bits`` bits.
    """
    figure = go.Figure(
        layout={
            "height": 400,
            "xaxis": {"title": {"text": "numbers, d"}, "range": [min(DEPTHS) - 0.5, _FURTHEST + 0.5]},
            "yaxis": {
                "title": {"text": "looked at"},
                "type": "log",
                "range": [0, 12.6],
                "tickvals": [1, 1e3, 1e6, 1e9, 1e12],
                "ticktext": ["1", "thousand", "million", "billion", "trillion"],
            },
        }
    )
    for method, (colour, symbol) in _METHODS.items():
        own = [work for work in measured if work.method == method]
        if not own:
            continue
        figure.add_scatter(
            name=method,
            x=[work.numbers for work in own],
            y=[work.work for work in own],
            mode="lines+markers",
            line={"color": colour, "width": 3},
            marker={"symbol": symbol, "size": 10, "color": colour},
            hovertext=[
                f"{method}, {work.numbers} numbers: {work.work:,} {work.unit}, measured, {work.seconds:.4f} s"
                for work in own
            ],
            hoverinfo="text",
        )
        law = _LAWS.get(method)
        if law is not None:
            further = range(own[-1].numbers, _FURTHEST + 1)
            figure.add_scatter(
                name=f"{method}, not measured",
                x=list(further),
                y=[law(count, bits) for count in further],
                mode="lines",
                line={"color": colour, "width": 2, "dash": "dot"},
                showlegend=False,
                hovertext=[
                    f"{method}, {count} numbers: about {law(count, bits):.2g}, not measured" for count in further
                ],
                hoverinfo="text",
            )
    return figure


_LAWS = {
    "brute force": lambda count, bits: 2.0**count,
    "meet in the middle": lambda count, bits: 2.0 ** (count // 2) + 2.0 ** (count - count // 2),
    # Without a solution, the target lies beyond the sum of all; a number is three quarters of the largest on average.
    "dynamic program": lambda count, bits: count * (count * 0.75 * 2.0**bits),
}


def _draw(figure: go.Figure, network: ReluNetwork, witness: Sequence[int] | None, offset: float) -> None:
    inputs = network.layers[0].weights.shape[1]
    given = np.array([witness if witness is not None else [0] * inputs], dtype=np.int64)
    values = [given[0], *(activity[0] for activity in network.activities(given))]
    places = [_column(len(layer), offset + number) for number, layer in enumerate(values)]
    lit: tuple[list[float | None], list[float | None]] = ([], [])
    dark: tuple[list[float | None], list[float | None]] = ([], [])
    for number, layer in enumerate(network.layers):
        for unit, weights in enumerate(layer.weights.tolist()):
            for source, weight in enumerate(weights):
                if weight == 0 and number == 0:
                    continue
                on = witness is not None and values[number][source] != 0 and weight != 0
                (x0, y0), (x1, y1) = places[number][source], places[number + 1][unit]
                xs, ys = lit if on else dark
                xs += [x0, x1, None]
                ys += [y0, y1, None]
    figure.add_scatter(
        x=dark[0], y=dark[1], mode="lines", line={"color": theme.GENUINE, "width": 1}, opacity=0.55, **SILENT
    )
    figure.add_scatter(x=lit[0], y=lit[1], mode="lines", line={"color": _LIT, "width": 2.5}, **SILENT)
    for number, column in enumerate(places):
        active = [witness is not None and bool(value) for value in values[number]]
        figure.add_scatter(
            name=("input", "hidden", "output")[number],
            x=[x for x, _ in column],
            y=[y for _, y in column],
            mode="markers",
            marker={
                "size": [max(8, min(22, 330 / len(column)))] * len(column),
                "color": [_LIT if on else "#FFFFFF" for on in active],
                "line": {"width": 2, "color": _LIT if any(active) else theme.GENUINE},
            },
            hovertext=[_words(number, unit, network, values, lit=witness is not None) for unit in range(len(column))],
            hoverinfo="text",
        )
    _labels(figure, network, places, values, lit=witness is not None)


def _labels(
    figure: go.Figure,
    network: ReluNetwork,
    places: list[list[tuple[float, float]]],
    values: list[networks.Whole],
    *,
    lit: bool,
) -> None:
    """Write the weights: of an input beside it where all of its edges have the same, of the output on its edges."""
    first, *_, last = network.layers
    inputs = first.weights.T.tolist()
    if len(inputs) <= MOST_LABELLED and all(len(set(weights)) == 1 for weights in inputs):
        for (x, y), weights in zip(places[0], inputs, strict=True):
            figure.add_annotation(x=x - 0.07, y=y, xanchor="right", text=f"{weights[0]:,}", showarrow=False)
    if len(places[1]) <= 6:
        for (x, y), bias in zip(places[1], first.bias.tolist(), strict=True):
            figure.add_annotation(x=x, y=y + 0.045, yanchor="bottom", text=f"{bias:+,}", showarrow=False)
        for (x, y), weight in zip(places[1], last.weights[0].tolist(), strict=True):
            ox, oy = places[2][0]
            figure.add_annotation(
                x=(x + ox) / 2, y=(y + oy) / 2 + 0.03, yanchor="bottom", text=f"\u00d7 {weight}", showarrow=False
            )
    if lit:
        (x, y), value = places[2][0], int(values[2][0])
        figure.add_annotation(
            x=x + 0.09, y=y, xanchor="left", text=f"<b>{value}</b>", showarrow=False, font={"size": 22}
        )


def _words(number: int, unit: int, network: ReluNetwork, values: list[networks.Whole], *, lit: bool) -> str:
    if number == 0:
        weights = sorted(set(network.layers[0].weights[:, unit].tolist()))
        said = f"input {unit + 1}, weights {', '.join(f'{weight:,}' for weight in weights)}"
    else:
        layer = network.layers[number - 1]
        name = "output" if number == len(network.layers) else f"hidden unit {unit + 1}"
        said = f"{name}, bias {int(layer.bias[unit]):+,}"
    return f"{said}; now {int(values[number][unit]):,}" if lit else said


def _column(count: int, x: float) -> list[tuple[float, float]]:
    """Return where the units of a layer are drawn, from the top."""
    if count == 1:
        return [(x, 0.5)]
    spread = 1.0 if count > 4 else 0.62
    return [(x, 0.5 + spread / 2 - spread * unit / (count - 1)) for unit in range(count)]


def orders(count: float) -> str:
    """Return a large number in words: "1.1 trillion"."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if count >= size:
            return f"{count / size:.2g} {word}" if count < 1000 * size else f"10^{math.floor(math.log10(count))}"
    return f"{count:,.0f}"
