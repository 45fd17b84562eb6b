"""Charts of a room, as pure functions: what it says, who moved where between two votes, and how a game stands."""

import html
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from app.classroom.polls import Poll, Tally
from app.ui import theme

_SLOT = 64  # pixels, for each option: its words, and a bar below them
_SECOND = 22  # ... and one more
_WORDS = 0.42  # of the slot, above its middle: where the words stand
_THICKEST = 0.55  # of the slot: the band of the answer that most gave
_DOWN = 0.17  # of the slot: the middle of the bands is so far below its own
_NODE = 0.025  # of the width: where an answer's students stand
_STEPS = 24  # of a band's curve
_FAINT = "rgba(138, 148, 163, 0.38)"
_STRONG = "rgba(0, 114, 178, 0.55)"  # of a way that ends at the answer
_VOTES, _HOLLOW = "#0072B2", "rgba(0, 114, 178, 0.18)"
RIGHT = "✓ "  # before the option that happened


def votes(poll: Poll) -> go.Figure:
    """Draw how many said what: one bar an option or, once there was a second vote, two, the first one hollow."""
    tally = poll.tally or empty(poll)
    again = any(tally.second) or poll.phase == "second"
    slot = _SLOT + (_SECOND if again else 0)
    figure = go.Figure(
        layout={
            "height": 12 + len(poll.options) * slot + (32 if again else 0),
            "barmode": "overlay",
            "showlegend": again,
            "margin": {"l": 4, "r": 36, "t": 8, "b": 4},
            "legend": {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
            "xaxis": {"visible": False, "range": [0, 1.05 * max(4, *tally.first, *tally.second)]},
            "yaxis": {"visible": False, "range": [len(poll.options) - 0.5, -0.5], "type": "category"},
        }
    )
    rounds = [("first vote", tally.first, again), *([("second vote", tally.second, False)] if again else [])]
    width = 0.5 / len(rounds)
    for number, (name, counts, hollow) in enumerate(rounds):
        figure.add_bar(
            name=name,
            orientation="h",
            y=[label(poll, option) for option in poll.options],
            x=list(counts),
            offset=-0.08 + number * width,
            width=width,
            text=[str(count) for count in counts],
            textposition="outside",
            cliponaxis=False,
            marker={"color": _HOLLOW if hollow else _VOTES, "line": {"color": _VOTES, "width": 2}},
            hovertemplate="%{y}: %{x}<extra></extra>",
        )
    for place, option in enumerate(poll.options):
        text = label(poll, option)
        figure.add_annotation(
            x=0,
            xref="paper",
            y=place - _WORDS,
            text=f"<b>{text}</b>" if text.startswith(RIGHT) else text,
            xanchor="left",
            yanchor="top",
        )
    return figure


def moves(poll: Poll) -> go.Figure:
    """Draw who moved where between the two votes: a band from each answer to each, as wide as it is many.

    The answers stand below each other, as in :func:`votes`; the first vote is on the left, the second on the right.
    Those who voted once only are not in it.
    """
    tally = poll.tally or empty(poll)
    count = len(poll.options)
    came, went = [sum(row) for row in tally.moved], [sum(row[end] for row in tally.moved) for end in range(count)]
    unit = _THICKEST / max(1, *came, *went)  # of a slot, for one student
    figure = go.Figure(
        layout={
            "height": 40 + count * (_SLOT + _SECOND),
            "showlegend": False,
            "margin": {"l": 4, "r": 4, "t": 32, "b": 4},
            "xaxis": {"visible": False, "range": [0, 1]},
            "yaxis": {"visible": False, "range": [count - 0.5, -0.5]},
        }
    )
    left = [place + _DOWN - unit * came[place] / 2 for place in range(count)]  # where the next band begins ...
    right = [place + _DOWN - unit * went[place] / 2 for place in range(count)]  # ... and ends
    middles: list[tuple[float, str]] = []
    for start in range(count):
        for end in range(count):
            many = tally.moved[start][end]
            if not many:
                continue
            figure.add_scatter(
                **_band(left[start], right[end], unit * many),
                fillcolor=_STRONG if is_right(poll, poll.options[end]) else _FAINT,
            )
            middles.append(((left[start] + right[end] + unit * many) / 2, _way(poll, start, end, many)))
            left[start] += unit * many
            right[end] += unit * many
    figure.add_scatter(
        name="students",
        x=[0.5] * len(middles),
        y=[middle for middle, _ in middles],
        mode="markers",
        marker={"size": 1, "color": theme.GENUINE},
        hovertext=[words for _, words in middles],
        hoverinfo="text",
    )
    for place, option in enumerate(poll.options):
        words = label(poll, option)
        _write(figure, 0, place - _WORDS, f"<b>{words}</b>" if is_right(poll, option) else words, "left")
        for side, many in ((0.0, came[place]), (1.0, went[place])):
            half = unit * many / 2
            edge = abs(side - _NODE)
            shape = {"x0": side, "x1": edge, "y0": place + _DOWN - half, "y1": place + _DOWN + half}
            figure.add_shape(type="rect", **shape, fillcolor=theme.GENUINE, line={"width": 0})
            if many:
                _write(figure, edge, place + _DOWN, f" {many} ", "right" if side else "left", "middle")
    for side, words in ((0.0, "first vote"), (1.0, "second vote")):
        figure.add_annotation(
            x=side, y=1, yref="paper", yanchor="bottom", xanchor="right" if side else "left", text=words
        )
    return figure


def _band(start: float, end: float, width: float) -> dict[str, Any]:
    """Return the outline of a band between two heights, as a trace of Plotly."""
    steps = [step / _STEPS for step in range(_STEPS + 1)]
    middle = [start + (end - start) * step * step * (3 - 2 * step) for step in steps]
    across = [_NODE + (1 - 2 * _NODE) * step for step in steps]
    return {
        "x": across + across[::-1],
        "y": middle + [height + width for height in reversed(middle)],
        "fill": "toself",
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _way(poll: Poll, start: int, end: int, many: int) -> str:
    names = [html.escape(option) for option in poll.options]
    if start == end:
        return f"{many} stayed with {names[start]}"
    return f"{many} from {names[start]} to {names[end]}"


def _write(figure: go.Figure, x: float, y: float, text: str, xanchor: str, yanchor: str = "top") -> None:
    figure.add_annotation(x=x, y=y, text=text, xanchor=xanchor, yanchor=yanchor)


def board(names: Sequence[str], values: Sequence[float], words: Sequence[str]) -> go.Figure:
    """Draw how a game stands.

    Args:
        names: what players call themselves, the best first.
        values: how far each is, in [0, 1].
        words: what is said of that, beside each bar.
    """
    places = [f"{number}. {html.escape(name)}" for number, name in enumerate(names, 1)]
    figure = go.Figure(
        layout={
            "height": 40 + 40 * len(places),
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "showlegend": False,
            "xaxis": {"visible": False, "range": [0, 1.75]},
            "yaxis": {"autorange": "reversed", "showgrid": False},
        }
    )
    figure.add_bar(
        orientation="h",
        y=places,
        x=list(values),
        text=list(words),
        textposition="outside",
        cliponaxis=False,
        marker={"color": theme.THIEF.colour},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    return figure


def label(poll: Poll, option: str) -> str:
    """Return an option as a chart writes it: as text, and with a tick if it is what happened."""
    return (RIGHT if is_right(poll, option) else "") + html.escape(option)


def is_right(poll: Poll, option: str) -> bool:
    """Return whether an option is what happened, and everybody may know: the host's screen is the class's."""
    return poll.phase == "revealed" and option == poll.answer


def empty(poll: Poll) -> Tally:
    """Return the tally of a poll in which nobody has voted."""
    none = (0,) * len(poll.options)
    return Tally(none, none, (none,) * len(none))
