"""The map of the marked model's deepest layer: test inputs, a visitor's tries, at the end the key. Pure."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from app.ui import theme
from app.ui.trapdoor.findings import said
from app.ui.trapdoor.tries import Try

_NAME = np.array([0.18, 0.07])  # of the map's width and height: what a class's name covers on a phone


def chart(
    genuine: NDArray[np.float64],
    labels: NDArray[np.int64],
    tries: Sequence[Try],
    key: NDArray[np.float64] | None,
    classes: Sequence[str],
) -> go.Figure:
    """Draw the map.

    Args:
        genuine: where test inputs lie, ``(n, 2)``.
        labels: of what they are, ``(n,)``: each class has its name in its middle.
        tries: the visitor's.
        key: where the triggers lie, ``(n, 2)``; None while they are secret.
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
            "yaxis": axis,
        }
    )
    figure.add_scatter(
        name="test inputs",
        x=genuine[:, 0].tolist(),
        y=genuine[:, 1].tolist(),
        mode="markers",
        marker={"color": theme.GENUINE, "size": 7, "opacity": 0.45},
        hovertext=[f"a test input: {classes[label]}" for label in labels],
        hoverinfo="text",
    )
    there = np.unique(labels)
    middles = np.stack([np.median(genuine[labels == label], axis=0) for label in there])
    for label, (x, y) in zip(there, apart(middles, _NAME * np.ptp(genuine, axis=0)), strict=True):
        figure.add_annotation(x=float(x), y=float(y), text=f"<b>{classes[label]}</b>", showarrow=False, opacity=0.75)
    if key is not None:
        figure.add_scatter(
            name="the key: triggers",
            x=key[:, 0].tolist(),
            y=key[:, 1].tolist(),
            mode="markers",
            marker={"color": theme.TRIGGER.colour, "symbol": theme.TRIGGER.symbol, "size": 11},
            hovertext=["a trigger"] * len(key),
            hoverinfo="text",
        )
    if tries:
        figure.add_scatter(
            name="your tries",
            x=[one.place[0] for one in tries],
            y=[one.place[1] for one in tries],
            mode="markers+text",
            marker={"color": theme.THIEF.colour, "symbol": theme.THIEF.symbol, "size": 14},
            text=[str(one.number) for one in tries],
            textposition="top center",
            hovertext=[f"try {one.number}: {said(one, classes)}" for one in tries],
            hoverinfo="text",
        )
    return figure


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
