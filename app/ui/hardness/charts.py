"""Charts of two networks, of the time to ask about all inputs, and of the work to tell the two apart.

Pure: a problem or numbers in. All return a Plotly figure.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.lab.choices import HardProblem
from app.lab.hardness import ReluNetwork, SubsetSum, networks, unit_of
from app.lab.stories.hardness import DEPTHS, Asked, Problem, Work, kind_of, pace
from app.ui import theme
from app.ui.charts import SILENT

Label = dict[str, Any]  # an annotation of a chart

MOST_LABELLED = 20  # inputs; more have no room for their weights
_MOST_HIDDEN = 6  # units with their words
_FURTHEST = 40  # numbers, to which the work is drawn on
_APART = 2.9  # from the first network to the second one
_HEIGHT = 380  # pixels, of the two pictures beside each other
_LIT = theme.COURT.colour
_YEAR = 31_557_600.0  # seconds
_UNIVERSE = 13.8e9 * _YEAR  # old it is (Planck 2018)
_TIMES = {"1 s": 1.0, "1 hour": 3600.0, "1 year": _YEAR, "1,000 years": 1e3 * _YEAR, "1 million years": 1e6 * _YEAR}
_PICTURE = 28  # pixels wide and high, as the pictures of the other lessons are
_SIZE = f"{_PICTURE}\u00a0\u00d7\u00a0{_PICTURE}"
# What the hidden units do together.
_TOGETHER: dict[HardProblem, str] = {
    "subset sum": "Together: 1 only if the chosen numbers<br>make exactly S, the target",
    "3-SAT": "Together: 1 only if all wishes are met<br>(a unit is lit while its wish is not)",
}
_BELOW: dict[str, Any] = {"xanchor": "left", "yanchor": "top", "align": "left"}
_SIGNS = {None: "= ?", True: "=", False: "\u2260"}  # between the two networks
_RAISED = str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
_DIGIT = 9  # pixels that a digit takes
_METHODS = {  # how each method is drawn
    "brute force": (theme.THIEF.colour, "circle"),
    "meet in the middle": (theme.DEFENCES["naive"].colour, "square"),
    "dynamic program": (theme.DEFENCES["entangled"].colour, "triangle-up"),
    "backtracking": (theme.DEFENCES["entangled"].colour, "triangle-up"),  # of the other problem
    "integer program": (theme.DEFENCES["clean"].colour, "diamond"),
}


def pair(problem: Problem, given: Sequence[int], *, same: bool | None) -> go.Figure:
    """Draw the network of a problem with its weights, and beside it the one that differs in the last ones: they are 0.

    Both are given one input: what it makes active is lit, and each says its answer.

    Args:
        problem: what they are built from.
        given: the input.
        same: whether they are the same; None: that is sealed, and so is what makes the other network.
    """
    network = problem.network()
    units = network.layers[0].weights.shape[1]
    labelled = isinstance(problem, SubsetSum) and units <= MOST_LABELLED
    longest = max(len(f"{number:,}") for number in network.layers[0].weights[0].tolist()) if labelled else 1
    figure = go.Figure(
        layout={
            "height": _HEIGHT,
            "showlegend": False,
            "margin": {"l": 18 + _DIGIT * longest, "b": 66},  # where the numbers stand, however narrow the screen is
            "xaxis": {"visible": False, "range": [-0.15, _APART + 2.5]},
            "yaxis": {"visible": False, "range": [-0.04, 1.18]},
        }
    )
    sealed = same is None
    silent, said = (
        networks.silenced(network),
        [_label(-0.1, -0.04, f"{plural(units, 'input unit')}<br>{_TOGETHER[kind_of(problem)]}", **_BELOW)],
    )
    other = "network B" if sealed else "B is A, silenced"
    for which, offset, words in ((network, 0.0, "network A"), (silent, _APART, other)):
        target = problem.target if isinstance(problem, SubsetSum) else None
        said += _drawn(figure, which, given, offset, target, known=offset == 0, sealed=sealed)
        said.append(_label(offset + 1, 1.18, f"<b>{words}</b>", yanchor="top", font={"size": 18}))
    said.append(_label((2 + _APART) / 2, 1.18, f"<b>{_SIGNS[same]}</b>", yanchor="top", font={"size": 24}))
    figure.layout.annotations = said  # all at once: to add one, a figure checks all that it has
    return figure


def asking(measured: Sequence[Asked], inputs: int) -> go.Figure:
    """Draw how long it takes to ask two networks about every input, against their number of input units.

    Args:
        measured: how long some questions took; up to there the line is solid, and dotted where it is drawn on.
        inputs: the switches of the lock on the page, which is marked.
    """
    known = [math.log2(one.inputs) for one in measured]
    question = pace(measured)
    endless = beyond(measured)
    furthest = 10 * math.ceil((max(endless, inputs) + 10) / 10)
    further = [known[-1], *range(math.ceil(known[-1]), furthest + 1)]
    low, high = (math.log10(2.0**units * question) for units in (known[0], furthest))
    figure = go.Figure(
        layout={
            "height": _HEIGHT,
            "showlegend": False,
            "xaxis": {"title": {"text": "switches (input units)"}, "range": [0, furthest]},
            "yaxis": {
                "type": "log",
                "range": [low - 1, high + 0.8],
                "tickvals": list(_TIMES.values()),
                "ticktext": list(_TIMES),
            },
        }
    )
    figure.add_hline(y=_UNIVERSE, line={"color": theme.GENUINE, "width": 2, "dash": "dash"})
    figure.add_scatter(
        name="measured",
        x=known,
        y=[one.seconds for one in measured],
        mode="lines+markers",
        line={"color": theme.THIEF.colour, "width": 3},
        marker={"color": theme.THIEF.colour, "size": 7},
        hovertext=[f"{one.inputs:,} inputs: {lasting(one.seconds)}, measured" for one in measured],
        hoverinfo="text",
    )
    figure.add_scatter(
        name="not measured",
        x=further,
        y=[2.0**units * question for units in further],
        mode="lines",
        line={"color": theme.THIEF.colour, "width": 2, "dash": "dot"},
        hovertext=[f"{units:g} units: about {lasting(2.0**units * question)}, not measured" for units in further],
        hoverinfo="text",
    )
    whole = 2.0**inputs * question
    figure.add_scatter(
        name="this lock",
        x=[inputs],
        y=[whole],
        mode="markers",
        marker={"color": _LIT, "symbol": "diamond", "size": 14},
        hovertext=[f"this lock, {plural(inputs, 'switch', 'switches')}: about {lasting(whole)}"],
        hoverinfo="text",
    )
    left = inputs > furthest / 2  # the words keep clear of the line, which rises
    figure.layout.annotations = [
        _label(
            inputs,
            math.log10(whole),
            f"<b>this lock:<br>{lasting(whole)}</b>",
            align="right" if left else "left",
            xanchor="right" if left else "left",
            yanchor="bottom" if left else "top",
            xshift=-10 if left else 10,
        ),
        _label(0, math.log10(_UNIVERSE), "age of the universe", xanchor="left", yanchor="bottom", xshift=4),
        _label(
            furthest,
            (math.log10(question) + high) / 2,
            f"<b>a {_SIZE}<br>picture: {_PICTURE**2}<br>switches \u2192</b>",
            xanchor="right",
            align="right",
        ),
    ]
    return figure


def beyond(measured: Sequence[Asked]) -> int:
    """Return with how many input units it takes longer than the universe is old to ask about every input."""
    return math.ceil(math.log2(_UNIVERSE / pace(measured)))


def picture(measured: Sequence[Asked]) -> tuple[str, str]:
    """Return the size of a small picture, and how long it takes to ask about all that have it in black and white."""
    return _SIZE, lasting(2.0**_PICTURE**2 * pace(measured))


def lasting(seconds: float) -> str:
    """Return a time in words: "5 minutes"."""
    if seconds >= 1e6 * _YEAR:
        return f"{orders(seconds / _YEAR)} years"
    for size, word in ((_YEAR, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return plural(round(seconds / size), word)
    return f"{seconds:.2g} s" if seconds >= 0.1 else f"{1000 * seconds:.2g} ms"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return so many of something in words; ``many`` are called ``one`` with an s unless it is said."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def growth(measured: Sequence[Work], kind: HardProblem, bits: int) -> go.Figure:
    """Draw the work of each method against the size of a problem: measured, and dotted where it is drawn on.

    The size is how many numbers a subset sum has, or variables a formula. Brute force and meet in the middle are drawn
    on by what they count, 2^d and 2 x 2^(d/2), and the dynamic program by its table, for numbers of ``bits`` bits.
    """
    counted = "number" if kind == "subset sum" else "variable"
    figure = go.Figure(
        layout={
            "height": 400,
            "xaxis": {"title": {"text": f"{counted}s, d"}, "range": [min(DEPTHS) - 0.5, _FURTHEST + 0.5]},
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
                f"{method}, {plural(work.numbers, counted)}: {work.work:,} {unit_of(work.work, work.unit)}, measured, "
                f"{work.seconds:.4f} s"
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
                    f"{method}, {plural(count, counted)}: about {law(count, bits):.2g}, not measured"
                    for count in further
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
    given: Sequence[int],
    offset: float,
    target: int | None,
    *,
    known: bool,
    sealed: bool,
) -> list[Label]:
    """Draw the edges and the units of a network; return what is to be written beside them."""
    asked = np.array([given], dtype=np.int64)
    values = [asked[0], *(activity[0] for activity in network.activities(asked))]
    places = [_column(len(layer), offset + number) for number, layer in enumerate(values)]
    lit: tuple[list[float | None], list[float | None]] = ([], [])
    dark: tuple[list[float | None], list[float | None]] = ([], [])
    for number, layer in enumerate(network.layers):
        for unit, row in enumerate(layer.weights.tolist()):
            for source, weight in enumerate(row):
                if weight == 0 and number == 0:
                    continue
                on = values[number][source] != 0 and weight != 0
                (x0, y0), (x1, y1) = places[number][source], places[number + 1][unit]
                xs, ys = lit if on else dark
                xs += [x0, x1, None]
                ys += [y0, y1, None]
    figure.add_scatter(
        x=dark[0], y=dark[1], mode="lines", line={"color": theme.GENUINE, "width": 1}, opacity=0.55, **SILENT
    )
    figure.add_scatter(x=lit[0], y=lit[1], mode="lines", line={"color": _LIT, "width": 1.5}, **SILENT)
    for number, column in enumerate(places):
        active = [bool(value) for value in values[number]]
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
            hovertext=[
                _words(number, unit, network, values)
                if known or not sealed or number < 2
                else "output, its weights are not seen"
                for unit in range(len(column))
            ],
            hoverinfo="text",
        )
    hidden = sealed and not known
    return _labels(network, places, values, target, weights=known, hidden=hidden)


def _labels(
    network: ReluNetwork,
    places: list[list[tuple[float, float]]],
    values: list[networks.Whole],
    target: int | None,
    *,
    weights: bool,
    hidden: bool,
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
            along = 0.15 if y == oy else 0.55  # the edges meet at the output
            labels.append(
                _label(
                    x + along * (ox - x), place, f"\u00d7 {'?' if hidden else weight}", xanchor="left", yanchor=anchor
                )
            )
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


def _words(number: int, unit: int, network: ReluNetwork, values: list[networks.Whole]) -> str:
    if number == 0:
        weights = sorted(set(network.layers[0].weights[:, unit].tolist()))
        said = f"input {unit + 1}, weights {', '.join(f'{weight:,}' for weight in weights)}"
    else:
        layer = network.layers[number - 1]
        name = "output" if number == len(network.layers) else f"hidden unit {unit + 1}"
        said = f"{name}, bias {int(layer.bias[unit]):+,}"
    return f"{said}; now {int(values[number][unit]):,}"


def _column(count: int, x: float) -> list[tuple[float, float]]:
    """Return where the units of a layer are drawn, from the top."""
    if count == 1:
        return [(x, 0.5)]
    spread = 1.0 if count > 4 else 0.62
    return [(x, 0.5 + spread / 2 - spread * unit / (count - 1)) for unit in range(count)]


def orders(count: float) -> str:
    """Return a large number in words: "1.1 trillion"."""
    if count >= 1e15:
        return f"10{str(math.floor(math.log10(count))).translate(_RAISED)}"
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if count >= size:
            return f"{count / size:.2g} {word}"
    return f"{count:,.0f}"
