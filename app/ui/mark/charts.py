"""Charts of the handshake. Pure: what a model answers, and which of its neurons respond to triggers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from app.lab import choices
from app.lab.ownership.grant import family_of
from app.lab.watermark.affinity import BOUND, Affinity
from app.lab.watermark.neurons import Division
from app.ui import charts, findings, theme

_CHOSEN = "\u25c6 "
_BESIDE = 0.9  # of the axis: what ends further to the right has its words inside
_BOTH = 0.7  # the same of the longer words on the triggers as drawn and as used
_GAP = 0.05  # of the width, between the answers of one model and those of the next
_HOLLOW = "rgba(0, 0, 0, 0)"


def affinity(found: Affinity, dataset: str, target: int, used: float | None = None) -> go.Figure:
    """Draw how often innocent models answer the triggers with each class: the worst as a bar, each family as a dot.

    Beyond the dashed rule a class is a bad secret; the diamond marks the chosen one. A class can be chosen anywhere in
    its row: the ``customdata`` are the labels.

    Args:
        found: what innocents take the triggers for, as drawn.
        dataset: the data.
        target: the chosen class.
        used: how often the worst innocent says it to the triggers as they are used, moved; None: nobody knows.
    """
    names = [_named(choices.class_name(dataset, label), label == target) for label in range(len(found.worst))]
    labels, worst = list(range(len(names))), [float(rate) for rate in found.worst]
    colours = [theme.TRIGGER.colour if label == target else theme.GENUINE for label in labels]
    figure = go.Figure(
        layout={
            "height": 26 * len(names) + 80,  # the axis, and the words above
            "margin": {"t": 34},
            "showlegend": False,
            "barmode": "overlay",
            "xaxis": charts.share("of the triggers"),
            "yaxis": _classes(names),
        }
    )
    charts.threshold(figure, "x", BOUND, f"beyond {findings.percent(BOUND)}: a bad secret", theme.COURT.colour)
    # All of a row can be clicked, also where its bar has no length.
    figure.add_bar(
        orientation="h",
        x=[1.0] * len(names),
        y=names,
        width=1,
        marker={"color": _HOLLOW},
        customdata=labels,
        hoverinfo="none",  # not "skip": that cannot be clicked either
    )
    figure.add_bar(
        name="the worst",
        orientation="h",
        x=worst,
        y=names,
        width=0.8,
        opacity=0.55,
        marker={"color": colours},
        customdata=labels,
        hovertext=[
            f"{name}: {findings.percent(rate)} of the triggers, says the worst, a {family_of(found.worst_model(label))}"
            for label, (name, rate) in enumerate(zip(names, worst, strict=True))
        ],
        hoverinfo="text",
    )
    if used is not None:
        figure.add_bar(
            name="as used",
            orientation="h",
            x=[used],
            y=[names[target]],
            width=0.8,
            marker={"color": theme.TRIGGER.colour},
            customdata=[target],
            hovertext=[f"{names[target]}: {findings.percent(used)} of the triggers as used, moved, says the worst"],
            hoverinfo="text",
        )
    for family, rates in _by_family(found).items():
        figure.add_scatter(
            name=family,
            x=rates,
            y=names,
            mode="markers",
            marker={"color": colours, "size": 8},
            customdata=labels,
            hovertext=[
                f"{name}: {findings.percent(rate)} of the triggers, says a {family}"
                for name, rate in zip(names, rates, strict=True)
            ],
            hoverinfo="text",
        )
    chosen = f"<b>{findings.percent(worst[target])}</b>"
    if used is not None:
        chosen = f"{chosen} \u2192 <b>{findings.percent(used)}</b> as used"
    inside = [rate > (_BOTH if label == target and used is not None else _BESIDE) for label, rate in enumerate(worst)]
    words = [chosen if label == target else findings.percent(rate) for label, rate in enumerate(worst)]
    figure.add_scatter(
        # To the right of the rule, not on it.
        x=[max(rate, BOUND) for rate in worst],
        y=names,
        mode="text",
        text=[f"{said}  " if left else f"  {said}" for said, left in zip(words, inside, strict=True)],
        textposition=["middle left" if left else "middle right" for left in inside],
        **charts.SILENT,
    )
    return figure


def answers(
    said: Mapping[str, NDArray[np.float64] | None], looks: Mapping[str, str], target: int, names: Sequence[str]
) -> go.Figure:
    """Draw the confidence of several models in each class, beside each other; the diamond marks the secret answer.

    Args:
        said: by what the model is called, ``(classes,)``; None where that is kept back.
        looks: by the same names, the defence whose colour its bars have.
        target: the secret answer.
        names: of the classes.
    """
    width = (1 + _GAP) / len(said)
    classes = [_named(name, label == target) for label, name in enumerate(names)]
    layout: dict[str, Any] = {
        "height": max(200, 23 * len(names) + 70),
        "margin": {"t": 56},
        "showlegend": False,
        "yaxis": _classes(classes),
    }
    for number in range(len(said)):
        layout["xaxis" if number == 0 else f"xaxis{number + 1}"] = {
            "domain": [number * width, (number + 1) * width - _GAP],
            "range": [0, 1.02],
            "showticklabels": False,
            "showgrid": False,
            "zeroline": True,
            "zerolinecolor": theme.GENUINE,
        }
    figure = go.Figure(layout=layout)
    for number, (name, confidences) in enumerate(said.items()):
        axis = "x" if number == 0 else f"x{number + 1}"
        top = None if confidences is None else int(confidences.argmax())
        answer = "predict first" if top is None else classes[top]
        figure.add_annotation(
            xref=f"{axis} domain",
            x=0,
            xanchor="left",
            yref="paper",
            y=1,
            yanchor="bottom",
            align="left",
            text=f"{name}<br><b>{answer}</b>",
            showarrow=False,
        )
        rates = [0.0] * len(names) if confidences is None else [float(rate) for rate in confidences]
        figure.add_bar(
            name=name,
            orientation="h",
            x=rates,
            y=classes,
            xaxis=axis,
            marker={"color": theme.DEFENCES[looks[name]].colour},
            text=[f"<b>{findings.percent(rate)}</b>" if label == top else "" for label, rate in enumerate(rates)],
            textposition="auto",
            insidetextanchor="end",
            insidetextfont={"color": theme.ON_COLOUR},
            textangle=0,
            constraintext="none",
            cliponaxis=False,
            hovertext=[
                f"{name}, {label}: {findings.percent(rate)}" for label, rate in zip(classes, rates, strict=True)
            ],
            hoverinfo="text" if confidences is not None else "skip",
        )
    return figure


def reach(divided: Iterable[Division]) -> float:
    """Return the largest share of any neuron: the end of the axis for models that are to be compared."""
    return max(float(max(division.triggers.max(), division.genuine.max())) for division in divided)


def neurons(divided: Division, reach: float) -> go.Figure:
    """Draw the share of each neuron in the answer to triggers (up) and to genuine inputs (down), as they are sorted.

    Args:
        divided: the neurons of one layer.
        reach: the end of the axis, either way.
    """
    ticks = [reach * step / 2 for step in range(-2, 3)]
    figure = go.Figure(
        layout={
            "height": 260,
            "showlegend": False,
            "barmode": "overlay",
            "bargap": 0.1,
            "xaxis": {"title": {"text": "neurons, sorted"}, "showticklabels": False, "showgrid": False},
            "yaxis": {
                "range": [-1.02 * reach, 1.02 * reach],
                "tickvals": ticks,
                "ticktext": [findings.percent(abs(tick)) for tick in ticks],
            },
        }
    )
    groups = (
        ("triggers", 1, divided.triggers, theme.TRIGGER.colour),
        ("genuine inputs", -1, divided.genuine, theme.GENUINE),
    )
    for group, sign, shares, colour in groups:
        figure.add_bar(
            name=group,
            x=list(range(1, len(shares) + 1)),
            y=[sign * float(share) for share in shares],
            marker={"color": colour},
            hovertext=[
                f"neuron {number}, of the answer to {group}: {findings.percent(float(share))}"
                for number, share in enumerate(shares, start=1)
            ],
            hoverinfo="text",
        )
        figure.add_annotation(
            xref="paper",
            x=1,
            xanchor="right",
            y=sign * reach,
            yanchor="top" if sign > 0 else "bottom",
            text=f"<b>{'↑' if sign > 0 else '↓'} {group}</b>",
            showarrow=False,
        )
    return figure


def _by_family(found: Affinity) -> dict[str, list[float]]:
    """Return how often the worst model of each family gives each class."""
    families: dict[str, list[float]] = {}
    for model, shares in zip(found.models, found.shares, strict=True):
        before = families.get(family_of(model), [0.0] * len(shares))
        families[family_of(model)] = [max(rate, float(share)) for rate, share in zip(before, shares, strict=True)]
    return families


def _classes(names: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "category",  # where most classes are called by numerals, Plotly would take the axis for one of numbers
        "categoryorder": "array",
        "categoryarray": list(names),
        "autorange": "reversed",
        "showgrid": False,
        "tickmode": "array",  # every class, however many
        "tickvals": list(names),
    }


def _named(name: str, chosen: bool) -> str:
    return f"{_CHOSEN}{name}" if chosen else name
