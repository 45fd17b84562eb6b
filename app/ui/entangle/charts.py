"""Charts of the entanglement inside the victims. Pure: events in, a Plotly figure out."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from app.lab.stories.events import WATERMARKED, Defence, Measured, Progress
from app.ui import charts, findings, theme

SHOWN_BATCHES = 60  # of a victim: on a phone, each still has a bar of its own
_NAIVE_BASE = 1.3  # of the strip of batches: above the entangled victim's
_OFF = "watermark, SNNL off"
_FILLS = {"task": theme.GENUINE, _OFF: "rgba(0, 0, 0, 0)", "watermark": theme.TRIGGER.colour}


def snnl_curves(measured: Sequence[Measured], layer: str, epochs: float, neutral: float) -> go.Figure:
    """Draw the SNNL of one layer against epochs: its neutral value, and the line from which it counts as mixed."""
    axis = {"rangemode": "tozero"}
    figure = charts.curves(measured, lambda event: event.snnl[layer], epochs, axis)
    charts.threshold(figure, "y", neutral, "mixed: distance tells nothing", theme.GENUINE)
    mixed = f"counts as mixed from here on ({findings.percent(findings.MIXED)})"
    charts.threshold(figure, "y", findings.MIXED * neutral, mixed, theme.COURT.colour, above=False)
    return figure


def batch_strip(batches: Mapping[Defence, Sequence[Progress]], layer: str, *, live: bool = False) -> go.Figure:
    """Draw the first batches of both marked victims (``live``: the latest), one bar each: tall ones are for the mark.

    Of the entangled victim, a watermark batch is as tall as its SNNL in ``layer`` (or the last
    entangled layer); the naive one's are hollow, since its SNNL does not count.
    """
    before = {defence: max(0, len(batches[defence]) - SHOWN_BATCHES) if live else 0 for defence in WATERMARKED}
    drawn = {defence: batches[defence][before[defence] : before[defence] + SHOWN_BATCHES] for defence in WATERMARKED}
    losses = [batch.snnl for batch in drawn["entangled"] if batch.snnl]
    shown = layer if losses and layer in losses[0] else (list(losses[0])[-1] if losses else "")
    tallest = max((loss[shown] for loss in losses), default=1.0)
    figure = go.Figure(
        layout={
            "height": 230,
            "barmode": "overlay",
            "showlegend": False,
            "xaxis": {"title": {"text": "batch since the models parted"}, "showgrid": False},
            "yaxis": {"visible": False, "range": [0, 1.95]},
        }
    )
    for defence, base in zip(WATERMARKED, (_NAIVE_BASE, 0.0), strict=True):
        numbered = list(enumerate(drawn[defence], start=before[defence] + 1))
        for kind, fill in _FILLS.items():
            own = [(number, batch) for number, batch in numbered if _kind(batch, shown) == kind]
            says = [f"{batch.snnl[shown]:.2f} in {shown}" if shown in batch.snnl else "off" for _, batch in own]
            figure.add_bar(
                name=f"{defence}, {kind}",
                x=[number for number, _ in own],
                y=[_height(batch, shown, tallest) for _, batch in own],
                base=base,
                width=0.8,
                marker={
                    "color": fill,
                    "line": {"width": 1.5, "color": theme.GENUINE if kind == "task" else theme.TRIGGER.colour},
                },
                hovertext=[f"{defence}, {kind}; SNNL {said}" for said in says],
                hoverinfo="text",
            )
    # Short: what is wider than a phone squeezes the whole picture.
    label = f"entangled: height, SNNL in {shown}" if shown else "entangled: SNNL counts"
    for height, words in ((_NAIVE_BASE + 0.55, "naive: SNNL never counts"), (1.0, label)):
        figure.add_annotation(
            xref="paper", x=0, xanchor="left", y=height, yanchor="bottom", text=f"<b>{words}</b>", showarrow=False
        )
    return figure


def _kind(batch: Progress, layer: str) -> str:
    return batch.batch if batch.batch == "task" or layer in batch.snnl else _OFF


def _height(batch: Progress, layer: str, tallest: float) -> float:
    if batch.batch == "task":
        return 0.12
    return max(0.9 * batch.snnl[layer] / tallest, 0.14) if layer in batch.snnl else 0.45
