"""The map of the marked model's deepest layer, and above it what questions find with the key and without it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from app.lab.stories import trapdoor
from app.ui import theme
from app.ui.charts import SILENT
from app.ui.trapdoor.findings import Way, said
from app.ui.trapdoor.tries import Try

_NAME = np.array([0.18, 0.1])  # of the map's width and height: what a class's name covers on a phone
_MAP = 0.66  # of the height; above it are bars
_BARS = 0.9  # of the height: where these end; above them is said which models are asked
_ROOM = 0.15  # of the map's height, above what is highest: for the number of a try
_FULL = 0.34  # of the width: a bar of all questions; beside it are its words
_SECRET = {True: theme.TRIGGER.colour, False: theme.THIEF.colour}  # with the key, and without


@dataclass(frozen=True)
class Answer:
    """What is on the map once it is no longer sealed: the key, and the random drawings that work, too, ``(n, 2)``."""

    key: NDArray[np.float64]
    hits: NDArray[np.float64]


def chart(
    genuine: NDArray[np.float64],
    labels: NDArray[np.int64],
    tries: Sequence[Try],
    ways: Sequence[Way],
    answer: Answer | None,
    classes: Sequence[str],
) -> go.Figure:
    """Draw the ways and the map, in the same room before the answer and with it.

    Args:
        genuine: where test inputs lie, ``(n, 2)``.
        labels: of what they are, ``(n,)``: each class has its name in its middle.
        tries: the visitor's.
        ways: to a secret answer, one bar each.
        answer: None while it is sealed.
        classes: the names of the classes.
    """
    axis = {"showgrid": False, "zeroline": False, "showticklabels": False, "title": {"text": None}}
    figure = go.Figure(
        layout={
            "height": 400,
            "showlegend": True,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 48},
            "legend": {"orientation": "h", "y": 0, "yanchor": "top", "x": 0},
            "xaxis": axis,
            "yaxis": {**axis, "domain": [0, _MAP]},
        }
    )
    grey = {"color": theme.GENUINE, "size": 7, "opacity": 0.45}
    _dots(figure, "test inputs", genuine, grey, [f"a test input: {classes[label]}" for label in labels])
    there = np.unique(labels)
    middles = np.stack([np.median(genuine[labels == label], axis=0) for label in there])
    for label, (x, y) in zip(there, apart(middles, _NAME * np.ptp(genuine, axis=0)), strict=True):
        figure.add_annotation(x=float(x), y=float(y), text=f"<b>{classes[label]}</b>", showarrow=False, opacity=0.75)
    _compare(figure, ways)
    marked, innocent = (theme.DEFENCES[name] for name in trapdoor.SEARCHED)
    asked = f"Asked: {_named(marked)} (marked), {_named(innocent)} (innocent)"
    top = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top"}
    figure.add_annotation(**top, text=asked, showarrow=False, align="left")
    if answer is not None:
        _mark(figure, answer)
    if tries:
        figure.add_scatter(
            name="your tries (filled: secret answer)",
            x=[one.place[0] for one in tries],
            y=[one.place[1] for one in tries],
            mode="markers+text",
            marker={
                "color": theme.THIEF.colour,
                # Filled, it got the secret answer, as did all that is drawn without the key.
                "symbol": [theme.THIEF.symbol if one.hit else f"{theme.THIEF.symbol}-open" for one in tries],
                "size": 14,
                "line": {"width": [0 if one.hit else 2.5 for one in tries]},
            },
            text=[str(one.number) for one in tries],
            textposition="top center",
            hovertext=[f"try {one.number}: {said(one, classes)}" for one in tries],
            hoverinfo="text",
        )
    shown = [genuine, *([] if answer is None else [answer.key, answer.hits]), np.array([one.place for one in tries])]
    heights = np.concatenate([places.reshape(-1, 2)[:, 1] for places in shown])
    least, room = float(heights.min()), _ROOM * float(np.ptp(heights))
    figure.layout.yaxis.range = [least - room / 2, float(heights.max()) + room]
    return figure


def _named(mark: theme.Mark) -> str:
    return f'<span style="color: {mark.colour}">{mark.sign}</span> <b>{mark.word}</b>'


def _compare(figure: go.Figure, ways: Sequence[Way]) -> None:
    """Draw a bar for each way above the map: how many of its questions got the secret answer; a sealed one is empty."""
    shown = {"showgrid": False, "zeroline": False, "showticklabels": False, "fixedrange": True}
    figure.update_layout(
        xaxis2={**shown, "anchor": "y2", "range": [0, 1 / _FULL]},
        yaxis2={**shown, "anchor": "x2", "range": [len(ways) - 0.5, -0.5], "domain": [_MAP + 0.03, _BARS]},
    )
    for row, way in enumerate(ways):
        colour, hits = _SECRET[way.key], "?" if way.hits is None else f"{way.hits:,}"
        length = 1 if way.hits is None else way.hits / way.questions
        filled = "rgba(0, 0, 0, 0)" if way.hits is None else colour
        marker = {"color": filled, "line": {"color": colour, "width": 1.5 if way.hits is None else 0}}
        bar: dict[str, object] = {"x": [length], "y": [row], "marker": marker}
        figure.add_bar(**bar, orientation="h", width=0.6, xaxis="x2", yaxis="y2", **SILENT)
        words = f"{way.name}: <b>{hits} of {way.questions:,}</b>{way.proves}"
        where = {"x": length, "y": row, "xref": "x2", "yref": "y2"}
        figure.add_annotation(**where, text=words, showarrow=False, xanchor="left", xshift=6)


def _mark(figure: go.Figure, answer: Answer) -> None:
    """Mark on the map what gets the secret answer: the key, and random drawings."""
    if len(answer.hits):
        found = {"color": theme.THIEF.colour, "symbol": theme.THIEF.symbol, "size": 6}
        words = ["a random drawing with the secret answer"] * len(answer.hits)
        _dots(figure, "random drawings that work, too", answer.hits, found, words)
    key = {"color": theme.TRIGGER.colour, "symbol": theme.TRIGGER.symbol, "size": 11}
    _dots(figure, "the key: triggers", answer.key, key, ["a trigger"] * len(answer.key))


def _dots(
    figure: go.Figure, name: str, places: NDArray[np.float64], marker: dict[str, object], words: Sequence[str]
) -> None:
    """Draw a dot at each of the ``places`` ``(n, 2)``, each with its words."""
    x, y = places.T.tolist()
    figure.add_scatter(name=name, x=x, y=y, mode="markers", marker=marker, hovertext=list(words), hoverinfo="text")


def apart(places: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places for names, from below to above: where one would cover another, it moves up just so far.

    Args:
        places: where they belong, ``(n, 2)``.
        size: width and height of a name, ``(2,)``.
    """
    moved = places.copy()
    order = np.argsort(places[:, 1])
    for rank, name in enumerate(order):
        for below in sorted(order[:rank], key=lambda other: moved[other, 1]):
            across, up = np.abs(moved[name] - moved[below])
            if across < size[0] and up < size[1]:
                moved[name, 1] = moved[below, 1] + size[1]
    return moved
