"""Charts of a room, as pure functions: what it says, who moved where between two votes, and how a game stands."""

import html
from collections.abc import Sequence

import plotly.graph_objects as go

from app.classroom.polls import Poll, Tally
from app.ui import theme

_SLOT = 64  # pixels, for each option: its words, and a bar below them
_SECOND = 22  # ... and one more
_WORDS = 0.42  # of the slot, above its middle: where the words stand
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

    Those who voted once only are not in it.
    """
    tally = poll.tally or empty(poll)
    count = len(poll.options)
    came, went = [sum(row) for row in tally.moved], [sum(row[end] for row in tally.moved) for end in range(count)]
    left, right = [one for one in range(count) if came[one]], [one for one in range(count) if went[one]]
    names = [label(poll, option) for option in poll.options]
    places = {**{(0, one): number for number, one in enumerate(left)}}
    places |= {(1, one): len(left) + number for number, one in enumerate(right)}
    ways = [(start, end, tally.moved[start][end]) for start in left for end in right if tally.moved[start][end]]
    figure = go.Figure(
        layout={"height": 90 + 44 * max(len(left), len(right), 1), "margin": {"l": 8, "r": 8, "t": 34, "b": 10}}
    )
    figure.add_sankey(
        arrangement="fixed",
        node={
            "label": [f"{came[one]} {names[one]}" for one in left] + [f"{went[one]} {names[one]}" for one in right],
            "x": [0.001] * len(left) + [0.999] * len(right),
            "y": [*_middles([came[one] for one in left]), *_middles([went[one] for one in right])],
            "color": [theme.GENUINE] * (len(left) + len(right)),
            "pad": 14,
            "thickness": 14,
            "hoverinfo": "none",
        },
        link={
            "source": [places[0, start] for start, _, _ in ways],
            "target": [places[1, end] for _, end, _ in ways],
            "value": [many for _, _, many in ways],
            "color": [_STRONG if is_right(poll, poll.options[end]) else _FAINT for _, end, _ in ways],
            "customdata": [f"{many} from “{names[start]}” to “{names[end]}”" for start, end, many in ways],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    for place, words in ((0, "first vote"), (1, "second vote")):
        figure.add_annotation(
            x=place, y=1, xref="paper", yref="paper", yanchor="bottom", xanchor="right" if place else "left", text=words
        )
    return figure


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


def _middles(sizes: Sequence[int]) -> list[float]:
    """Return where the middles of nodes of these sizes lie, one below the other, in (0, 1)."""
    total, place, middles = max(1, sum(sizes)), 0.0, []
    for size in sizes:
        middles.append(min(0.999, max(0.001, (place + size / 2) / total)))
        place += size
    return middles
