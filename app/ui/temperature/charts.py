"""Charts of the temperature of trained networks. Pure: numbers in, a Plotly figure out."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from app.lab.ownership import binomial
from app.lab.stories.events import WATERMARKED, Claimed, Defence, Snapshot, Theft
from app.lab.stories.probe_snnl import Landscape
from app.ui import charts, findings, theme
from app.ui.temperature.findings import degrees

_HEIGHT = 440
_MAPS = (0.6, 1.0)  # of the height
_CURVES = (0.0, 0.5)
_APART = 0.09  # seeds, in columns
_DIVERGING = [
    [0.0, theme.DEFENCES["naive"].colour],
    [0.5, "rgba(138, 148, 163, 0.15)"],
    [1.0, theme.DEFENCES["entangled"].colour],
]
_BOTH = "entangled %{customdata[0]:.2f}, naive %{customdata[1]:.2f}"
_SHARED = 0.25  # of the epochs: so wide a part of the picture has room for what it is


class Tried(NamedTuple):
    """What came of one heist whose victims were trained at a temperature.

    Its thefts, claims and last maps, and the SNNL of its victims at that temperature, by layer.
    """

    temperature: float
    seed: int
    thefts: Mapping[Defence, Theft]
    claims: Mapping[Defence, Claimed]
    maps: Mapping[Defence, Snapshot]
    snnl: Mapping[Defence, Mapping[str, float]]


def landscape(found: Landscape, trained: float | None) -> go.Figure:
    """Draw the SNNL of the entangled victim minus that of the naive one over epochs and temperatures, as a heatmap.

    The dashed rule is the temperature that was ``trained`` with, if with these distances; the line follows where the
    entangled victim is furthest above. Each says beside it what it is, and so do the epochs before the models part.
    """
    figure = go.Figure(layout={"height": _HEIGHT, "margin": {"t": 34}, "showlegend": False, "xaxis": _epochs(found)})
    figure.update_layout(yaxis={"type": "log", "title": {"text": "temperature T"}, "dtick": 1, "showgrid": False})
    figure.add_heatmap(
        name="entangled minus naive",
        x=found.epochs.tolist(),
        y=found.temperatures.tolist(),
        z=found.difference.tolist(),
        customdata=np.stack([found.entangled, found.naive], axis=2).tolist(),
        hovertemplate=f"epoch %{{x}}, T = %{{y:.2g}}: {_BOTH}<extra></extra>",
        **_coloured(found, "z"),
    )
    apart = np.flatnonzero(found.difference.max(axis=0) > 0)
    peak = found.difference.argmax(axis=0)
    figure.add_scatter(
        name="entangled furthest above naive",
        x=found.epochs[apart].tolist(),
        y=found.temperatures[peak[apart]].tolist(),
        mode="lines+markers",
        line={"color": theme.COURT.colour, "width": 2},
        marker={"color": theme.COURT.colour, "size": 8},
        hovertext=[
            f"epoch {found.epochs[column]:g}: furthest at T = {degrees(found.temperatures[peak[column]])}, "
            f"entangled {found.entangled[peak[column], column]:.2f}, naive {found.naive[peak[column], column]:.2f}"
            for column in apart
        ],
        hoverinfo="text",
    )
    if apart.size:
        at = {"x": found.epochs[apart[-1]], "y": np.log10(found.temperatures[peak[apart[-1]]])}
        figure.add_annotation(text="<b>largest difference</b>", xanchor="right", yanchor="bottom", yshift=4, **at)
    shared = found.epochs[~found.difference.any(axis=0)]
    if shared.size > _SHARED * found.epochs.size:
        figure.add_annotation(text="still one<br>model", yref="paper", x=float(shared.mean()), y=0.7)
    if trained is not None and found.temperatures[0] <= trained <= found.temperatures[-1]:
        line = {"dash": "dash", "width": 2}
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=trained, y1=trained, line=line)
        label = {"text": f"<b>trained at {degrees(trained)}</b>", "xanchor": "left", "yanchor": "bottom"}
        figure.add_annotation(xref="paper", x=0.01, y=np.log10(trained), **label)
    return figure


def _coloured(found: Landscape, axis: str) -> dict[str, Any]:
    """Return the colours of a landscape on its axis ``"z"`` or ``"c"``, and what they mean, in words."""
    most = float(np.abs(found.difference).max()) or 1.0
    bar = {
        "thickness": 14,
        "outlinewidth": 0,
        "tickvals": [-0.9 * most, 0, 0.9 * most],  # at the very ends, Plotly drops what has no room
        "ticktext": ["naive<br>mixes<br>more", "alike", "entangled<br>mixes<br>more"],
    }
    return {"colorscale": _DIVERGING, f"{axis}min": -most, f"{axis}max": most, "colorbar": bar}


def landscape_in_space(found: Landscape) -> go.Figure:
    """Draw the same as a surface, to be turned by hand."""
    powers = np.arange(np.ceil(np.log10(found.temperatures[0]) - 1e-9), np.log10(found.temperatures[-1]) + 1e-9)
    figure = go.Figure(layout={"height": _HEIGHT, "margin": {"t": 14, "b": 14}, "dragmode": "turntable"})
    figure.add_surface(
        name="entangled minus naive",
        x=found.epochs.tolist(),
        y=np.log10(found.temperatures).tolist(),
        z=found.difference.tolist(),
        customdata=np.stack([found.entangled, found.naive], axis=2).tolist(),
        hovertemplate=f"epoch %{{x}}: {_BOTH}<extra></extra>",
        contours={"z": {"show": True, "color": theme.GENUINE, "width": 1}},
        **_coloured(found, "c"),
    )
    figure.update_layout(
        scene={
            "xaxis": {"title": {"text": "epoch"}},
            "yaxis": {
                "title": {"text": "T"},
                "tickvals": powers.tolist(),
                "ticktext": [degrees(10**power) for power in powers],
            },
            "zaxis": {"title": {"text": "SNNL, entangled minus naive"}},
            "camera": {"eye": {"x": 1.5, "y": -1.7, "z": 0.8}, "center": {"x": 0, "y": 0, "z": -0.2}},
            "aspectratio": {"x": 1.2, "y": 1.2, "z": 0.7},
        }
    )
    return figure


def trained_at(
    tried: Sequence[Tried],
    shown: tuple[int, Defence],
    labels: NDArray[np.int64],
    is_trigger: NDArray[np.bool_],
    target: int,
    names: Sequence[str],
    chosen: float,
) -> go.Figure:
    """Draw what training at each temperature came to: a map above, the secret answers of the copies below.

    Args:
        tried: the heists, of one or more seeds.
        shown: the seed and the victim of the maps.
        labels: of the probe, and
        is_trigger: likewise.
        target: the target class.
        names: of the classes.
        chosen: the temperature that is singled out.
    """
    temperatures = sorted({each.temperature for each in tried})
    wide = 1 / len(temperatures)
    seed, defence = shown
    figure = go.Figure(
        layout={
            "height": _HEIGHT,
            "margin": {"t": 26},
            "legend": {"y": _CURVES[1] + 0.01},
            "xaxis": {
                "range": [-0.5, len(temperatures) - 0.5],
                "tickvals": list(range(len(temperatures))),
                "ticktext": [f"T = {degrees(each)}<br>{_accuracy(tried, each)}" for each in temperatures],
                "tickangle": 0,
                "title": {"text": "T and the victim\u2019s accuracy", "font": {"size": 16}},
                "anchor": "y",
                "showgrid": False,
            },
            "yaxis": {**charts.share("secret answers"), "domain": list(_CURVES), "anchor": "x"},
        }
    )
    place = temperatures.index(chosen)
    figure.add_shape(
        type="rect", xref="x", yref="paper", x0=place - 0.5, x1=place + 0.5, y0=0, y1=1, layer="below",
        line={"width": 0}, fillcolor="rgba(138, 148, 163, 0.18)",
    )  # fmt: skip
    maps = {each.temperature: each.maps[defence] for each in tried if each.seed == seed}
    for number, temperature in enumerate(temperatures, start=2):
        column = (number - 2) * wide
        empty = {"visible": False, "showgrid": False}
        figure.layout[f"xaxis{number}"] = {
            "domain": [column + 0.05 * wide, column + 0.95 * wide], "anchor": f"y{number}", **empty,
        }  # fmt: skip
        figure.layout[f"yaxis{number}"] = {"domain": list(_MAPS), "anchor": f"x{number}", **empty}
        _map(figure, number, maps[temperature], labels, is_trigger, target, names)
    key = [(theme.TRIGGER.colour, "◆", theme.TRIGGER.word), (theme.TARGET.colour, "●", names[target])]
    said = [f'<span style="color:{colour}">{sign}</span> {word}' for colour, sign, word in key]
    said.append(f'<span style="color:{theme.GENUINE}">●</span> other classes')
    figure.add_annotation(
        text="\u2002".join(said), xref="paper", yref="paper", x=0, y=1, xanchor="left", yanchor="bottom"
    )
    _survival(figure, tried, temperatures)
    return figure


def _map(
    figure: go.Figure,
    number: int,
    snapshot: Snapshot,
    labels: NDArray[np.int64],
    is_trigger: NDArray[np.bool_],
    target: int,
    names: Sequence[str],
) -> None:
    """Add one map: other classes pale, the target class and the triggers above them."""
    own = ~is_trigger & (labels == target)
    kinds: list[tuple[str, NDArray[np.bool_], dict[str, Any]]] = [
        ("other classes", ~is_trigger & ~own, {"color": theme.GENUINE, "size": 4, "opacity": 0.5}),
        (names[target], own, {"color": theme.TARGET.colour, "size": 7}),
        (theme.TRIGGER.word, is_trigger, {"color": theme.TRIGGER.colour, "symbol": theme.TRIGGER.symbol, "size": 7}),
    ]
    for name, members, marker in kinds:
        figure.add_scatter(
            name=name,
            x=snapshot.points[members, 0].astype(float).round(3).tolist(),
            y=snapshot.points[members, 1].astype(float).round(3).tolist(),
            xaxis=f"x{number}",
            yaxis=f"y{number}",
            mode="markers",
            marker=marker,
            **charts.SILENT,
        )


def _survival(figure: go.Figure, tried: Sequence[Tried], temperatures: Sequence[float]) -> None:
    """Add the secret answers of the copies, filled where the court convicts, and the rule from which it does."""
    seeds = sorted({each.seed for each in tried})
    some = [claim for each in tried for claim in each.claims.values()]
    bars = {binomial.conviction_bar(claim.queries, claim.innocent_rate) for claim in some}
    bar, queries = max(bars), max(claim.queries for claim in some)
    says = f"convicted from {bar} of {queries} on" + (" in each run" if len(bars) > 1 else "")
    charts.threshold(figure, "y", bar / queries, says, theme.COURT.colour, late=True)
    for defence in WATERMARKED:
        means = [
            float(np.mean([each.thefts[defence].stolen_watermark for each in tried if each.temperature == temperature]))
            for temperature in temperatures
        ]
        look = theme.DEFENCES[defence]
        figure.add_scatter(
            x=list(range(len(temperatures))), y=means, mode="lines", line={"color": look.colour, "width": 3},
            **charts.SILENT,
        )  # fmt: skip
        spread = [_APART * (2 * seeds.index(each.seed) - len(seeds) + 1) for each in tried]
        mark = charts.marker(defence, 13)
        hollow = charts.marker(defence, 13, hollow=True)
        figure.add_scatter(
            name=f"{defence} copy",
            x=[temperatures.index(each.temperature) + shift for each, shift in zip(tried, spread, strict=True)],
            y=[each.thefts[defence].stolen_watermark for each in tried],
            mode="markers",
            marker={
                **mark,
                "symbol": [(mark if each.claims[defence].owned else hollow)["symbol"] for each in tried],
                "line": {"width": 2, "color": look.colour},
            },
            cliponaxis=False,
            customdata=[each.temperature for each in tried],
            hovertext=[_says(each, defence) for each in tried],
            hoverinfo="text",
        )


def _accuracy(tried: Sequence[Tried], temperature: float) -> str:
    """Return the accuracy of the entangled victim, the mean over the seeds."""
    own = [each.thefts["entangled"].victim_accuracy for each in tried if each.temperature == temperature]
    return f"{100 * np.mean(own):.1f}\u202f%"


def _says(tried: Tried, defence: Defence) -> str:
    theft, claim = tried.thefts[defence], tried.claims[defence]
    found = "convicted" if claim.owned else "not convicted"
    return (
        f"T = {degrees(tried.temperature)}, seed {tried.seed}, {defence}: "
        f"{findings.percent(theft.stolen_watermark)} of secret answers, {found}; accuracy of the victim "
        f"{findings.percent(theft.victim_accuracy)}, of its copy {findings.percent(theft.stolen_accuracy)}"
    )


def _epochs(found: Landscape) -> dict[str, Any]:
    return {"title": {"text": "epoch"}, "showgrid": False, "range": [found.epochs[0] - 0.5, found.epochs[-1] + 0.5]}
