"""Charts of two networks, of all their inputs, and of the work to tell them apart. Pure: a problem or numbers in.

All return a Plotly figure.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from app.lab.hardness import ReluNetwork, SubsetSum, networks
from app.lab.stories.hardness import DEPTHS, Problem, Work
from app.ui import pictures, theme
from app.ui.charts import SILENT

Label = dict[str, Any]  # an annotation of a chart

MOST_LABELLED = 20  # inputs; more have no room for their weights
_MOST_HIDDEN = 6  # units with their words
MOST_SQUARES = 18  # bits of the squares in the picture of all inputs: 512 by 512
_FURTHEST = 40  # numbers, to which the work is drawn on
_APART = 2.6  # from the first network to the second one
_HEIGHT = 450  # pixels, of the two pictures beside each other
_LIT = theme.COURT.colour
_UNSEEN, _TESTED = (138, 148, 163, 50), (138, 148, 163, 255)  # red, green, blue and opacity of a square
_DIGIT = 9  # pixels that a digit takes
_METHODS = {  # how each method is drawn
    "brute force": (theme.THIEF.colour, "circle"),
    "meet in the middle": (theme.DEFENCES["naive"].colour, "square"),
    "dynamic program": (theme.DEFENCES["entangled"].colour, "triangle-up"),
    "integer program": (theme.DEFENCES["clean"].colour, "diamond"),
}


def pair(problem: Problem, witness: Sequence[int] | None) -> go.Figure:
    """Draw the network of a problem with its weights, and beside it the one that differs in the last ones: they are 0.

    Args:
        problem: what they are built from.
        witness: an input on which they differ: what it makes active is lit, in both; None: nothing is.
    """
    network = problem.network()
    longest = max(len(f"{number:,}") for number in network.layers[0].weights[0].tolist())
    figure = go.Figure(
        layout={
            "height": _HEIGHT,
            "showlegend": False,
            "margin": {"l": 18 + _DIGIT * longest},  # where the numbers stand, however narrow the screen is
            "xaxis": {"visible": False, "range": [-0.15, _APART + 2.3]},
            "yaxis": {"visible": False, "range": [-0.08, 1.18]},
        }
    )
    silent, said = networks.silenced(network), []
    for which, offset, words in ((network, 0.0, "a network"), (silent, _APART, "the same, silenced")):
        target = problem.target if isinstance(problem, SubsetSum) else None
        said += _drawn(figure, which, witness, offset, target, weights=offset == 0)
        said.append(_label(offset + 1, 1.18, f"<b>{words}</b>", yanchor="top", font={"size": 18}))
    figure.layout.annotations = said  # all at once: to add one, a figure checks all that it has
    return figure


def inputs(tested: networks.Whole, witness: Sequence[int] | None) -> go.Figure:
    """Draw a square for every input, in order: dark where a test has asked, ringed where the networks differ.

    Of more than 2^18 inputs, each square stands for several.

    Args:
        tested: the inputs that were tested, ``(n, d)``.
        witness: one on which the networks differ, if it is to be seen.
    """
    bits = tested.shape[1]
    high, wide = squares(bits)
    shown = np.full((high, wide, 4), _UNSEEN, dtype=np.uint8)
    shown[places(tested)] = _TESTED
    larger = max(1, 512 // wide)
    axis = {"visible": False, "range": [-0.01, 1.01]}
    figure = go.Figure(
        layout={
            "height": _HEIGHT,
            "showlegend": False,
            "margin": {"t": 34},
            "xaxis": axis,
            "yaxis": {**axis, "scaleanchor": "x", "constrain": "domain"},
        }
    )
    figure.add_layout_image(
        source=pictures.png(shown.repeat(larger, axis=0).repeat(larger, axis=1)),
        xref="x",
        yref="y",
        x=0,
        y=1,
        sizex=1,
        sizey=1,
        sizing="stretch",
        layer="below",
    )
    figure.add_annotation(
        text="■ asked by a test",
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
    )
    if witness is not None:
        row, column = (int(place[0]) for place in places(np.array([witness], dtype=np.int64)))
        figure.add_scatter(
            name="where they differ",
            x=[(column + 0.5) / wide],
            y=[1 - (row + 0.5) / high],
            mode="markers",
            marker={"symbol": "circle-open", "size": 26, "color": _LIT, "line": {"width": 4}},
            hovertext=[f"the input {''.join(map(str, witness))}: here the networks differ"],
            hoverinfo="text",
            cliponaxis=False,
        )
    return figure


def squares(bits: int) -> tuple[int, int]:
    """Return how many squares high and wide the picture of all inputs of ``bits`` bits is."""
    drawn = min(bits, MOST_SQUARES)
    return 1 << drawn // 2, 1 << (drawn - drawn // 2)


def places(inputs: networks.Whole) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the row and the column of the square of each input ``(n, d)``, read as a binary number."""
    bits = inputs.shape[1]
    read = inputs @ (1 << np.arange(bits, dtype=np.int64)) >> max(0, bits - MOST_SQUARES)
    _, wide = squares(bits)
    return read // wide, read % wide


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


def _drawn(
    figure: go.Figure,
    network: ReluNetwork,
    witness: Sequence[int] | None,
    offset: float,
    target: int | None,
    *,
    weights: bool,
) -> list[Label]:
    """Draw the edges and the units of a network; return what is to be written beside them."""
    inputs = network.layers[0].weights.shape[1]
    given = np.array([witness if witness is not None else [0] * inputs], dtype=np.int64)
    values = [given[0], *(activity[0] for activity in network.activities(given))]
    places = [_column(len(layer), offset + number) for number, layer in enumerate(values)]
    lit: tuple[list[float | None], list[float | None]] = ([], [])
    dark: tuple[list[float | None], list[float | None]] = ([], [])
    for number, layer in enumerate(network.layers):
        for unit, row in enumerate(layer.weights.tolist()):
            for source, weight in enumerate(row):
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
    figure.add_scatter(x=lit[0], y=lit[1], mode="lines", line={"color": _LIT, "width": 1.5}, **SILENT)
    for number, column in enumerate(places):
        active = [witness is not None and bool(value) for value in values[number]]
        figure.add_scatter(
            name=("input", "hidden", "output")[number],
            x=[x for x, _ in column],
            y=[y for _, y in column],
            mode="markers",
            cliponaxis=False,
            marker={
                "size": [_size(column)] * len(column),
                "color": [_LIT if on else "#FFFFFF" for on in active],
                "line": {"width": 2, "color": _LIT if any(active) else theme.GENUINE},
            },
            hovertext=[_words(number, unit, network, values, lit=witness is not None) for unit in range(len(column))],
            hoverinfo="text",
        )
    return _labels(network, places, values, target, lit=witness is not None, weights=weights)


def _labels(
    network: ReluNetwork,
    places: list[list[tuple[float, float]]],
    values: list[networks.Whole],
    target: int | None,
    *,
    lit: bool,
    weights: bool,
) -> list[Label]:
    """Return the weights, where no edge is: left of an input, outward of a hidden unit, and on its edge's free side."""
    first, *_, last = network.layers
    labels = []
    given = first.weights.T.tolist()
    if weights and len(given) <= MOST_LABELLED and all(len(set(each)) == 1 for each in given):
        beside = -_size(places[0]) / 2 - 3
        for (x, y), each in zip(places[0], given, strict=True):
            labels.append(_label(x, y, f"{each[0]:,}", xshift=beside, xanchor="right"))
    if len(places[1]) <= _MOST_HIDDEN:
        ox, oy = places[2][0]
        units = zip(places[1], first.bias.tolist(), last.weights[0].tolist(), strict=True)
        for (x, y), bias, weight in units:
            above = y > oy  # outward: its edge runs inward; the middle one has its words on both sides
            if weights:
                up = y >= oy
                place, anchor = y + (0.05 if up else -0.05), "bottom" if up else "top"
                labels.append(_label(x, place, _bias(bias, target), xanchor="left", yanchor=anchor))
            place, anchor = y + 0.55 * (oy - y) + (0.02 if above else -0.02), "bottom" if above else "top"
            labels.append(_label(x + 0.55 * (ox - x), place, f"\u00d7 {weight}", xanchor="left", yanchor=anchor))
    if lit:
        (x, y), value = places[2][0], int(values[2][0])
        beside = _size(places[2]) / 2 + 4
        labels.append(_label(x, y, f"<b>{value}</b>", xshift=beside, xanchor="left", font={"size": 22}))
    return labels


def _label(x: float, y: float, text: str, **how: Any) -> Label:
    return {"x": x, "y": y, "text": text, "showarrow": False, **how}


def _size(column: Sequence[tuple[float, float]]) -> float:
    """Return the diameter of a column's units, in pixels."""
    return max(8.0, min(22.0, 330 / len(column)))


def _bias(bias: int, target: int | None) -> str:
    """Return a bias, short: as the target S and what is added to it, where there is one."""
    return f"{bias:+,}" if target is None else f"\u2212S{bias + target:+d}".removesuffix("+0")


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
