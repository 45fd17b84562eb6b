"""Charts of a backdoor beside a watermark. Pure: events in, a Plotly figure out."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from app.lab.stories.events import PLANTED, Learned, Planted, Pruned, Shown
from app.ui import charts, findings, pictures, theme
from app.ui.cousins import findings as cousins_findings

_LOOKS: dict[Planted, theme.Mark] = {
    "clean": theme.DEFENCES["clean"],
    "backdoor": theme.THIEF,
    "watermark": theme.DEFENCES["naive"],
}
_PANELS = {  # what is measured, in words, and in words for a narrow screen
    "accuracy": ("clean pictures right", "clean right"),
    "success": ("what was planted works", "planted works"),
}
_BARE: dict[str, Any] = {"showticklabels": False, "showgrid": False}
_WORDS, _FULL = 0.17, 1.45  # where words and bars begin, of the width; beyond a whole bar, its number has room
_HIDDEN = "rgba(138, 148, 163, 0.18)"


def models(shown: Shown, secret: str, last: Mapping[Planted, Learned], *, sealed: bool = False) -> go.Figure:
    """Draw a row for each model: a picture that it is asked, who planted what, and how often it is right and obeys.

    Args:
        shown: the pictures.
        secret: the answer that was planted.
        last: the latest measurement of each model.
        sealed: whether only the clean model is measured.
    """
    bars = {**_BARE, "range": [0, _FULL], "side": "top"}
    wide, narrow = ([{**bars, "title": {"text": words[number]}} for words in _PANELS.values()] for number in range(2))
    figure = go.Figure(
        layout={
            "height": 390,
            "showlegend": False,
            "xaxis": {**wide[0], "domain": [_WORDS, 0.57]},
            "xaxis2": {**wide[1], "domain": [0.6, 1], "anchor": "y"},
            "xaxis3": {**_BARE, "range": [0, 1], "domain": [0, _WORDS - 0.03], "anchor": "y"},
            "yaxis": {**_BARE, "range": [len(PLANTED) - 0.5, -0.5]},
            "annotations": _who(cousins_findings.WHO, secret),
            "meta": {
                "narrow": {
                    "xaxis": narrow[0],
                    "xaxis2": narrow[1],
                    "annotations": _who(cousins_findings.WHO_SHORT, secret),
                }
            },
        }
    )
    asked = {"clean": shown.clean[0], "backdoor": shown.stamped[0], "watermark": shown.triggers[0]}
    for row, planted in enumerate(PLANTED):
        figure.add_layout_image(
            source=pictures.png(asked[planted]),
            xref="x3",
            yref="y",
            x=0,
            y=row,
            sizex=1,
            sizey=0.86,
            xanchor="left",
            yanchor="middle",
        )
        event = None if sealed and planted != "clean" else last.get(planted)
        for what, axis in zip(_PANELS, ("x", "x2"), strict=True):
            figure.add_bar(y=[row + 0.16], width=0.44, xaxis=axis, orientation="h", **_bar(planted, what, event))
    return figure


def _who(words: Mapping[Planted, str], secret: str) -> list[dict[str, Any]]:
    """Return the words above the bars of each row."""
    place = {"xref": "paper", "x": _WORDS, "xanchor": "left", "yanchor": "middle", "showarrow": False}
    return [
        {**place, "y": row - 0.24, "text": f"<b>{planted}</b>: {words[planted].format(secret=secret)}"}
        for row, planted in enumerate(PLANTED)
    ]


def _bar(planted: Planted, what: str, event: Learned | None) -> dict[str, Any]:
    """Return one bar with its number; of what is not known yet, the room for it."""
    if event is None:
        room = {"marker": {"color": _HIDDEN}, "text": ["<b>?</b>"], "textposition": "inside"}
        return {"x": [1], **room, "insidetextanchor": "middle", "textangle": 0, **charts.SILENT}
    rate = getattr(event, what)
    return {
        "name": f"{planted}, {what}",
        "x": [rate],
        "text": [f"<b>{findings.percent(rate)}</b>"],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": _LOOKS[planted].colour},
        "hovertext": [cousins_findings.learned(event)],
        "hoverinfo": "text",
    }


def pruning(attempts: Mapping[Planted, Sequence[Pruned]]) -> go.Figure:
    """Draw what fine-pruning leaves of what was planted (solid), and of accuracy (dotted), by the share pruned."""
    figure = go.Figure(
        layout={
            "height": 340,
            "xaxis": {**charts.share("units switched off", 0, 0.8)},
            "yaxis": charts.share(None),
        }
    )
    for planted, own in attempts.items():
        if not own:
            continue
        look = _LOOKS[planted]
        for what, dash in (("success", "solid"), ("accuracy", "dot")):
            figure.add_scatter(
                name=f"{planted}, {what}",
                x=[event.share for event in own],
                y=[getattr(event, what) for event in own],
                mode="lines+markers",
                line={"color": look.colour, "width": 3, "dash": dash},
                marker=_marker(look, 11, hollow=what == "accuracy"),
                meta=charts.GHOSTED,
                hovertext=[cousins_findings.defended(event) for event in own],
                hoverinfo="text",
            )
    return figure


def _marker(look: theme.Mark, size: float, *, hollow: bool) -> dict[str, Any]:
    symbol = f"{look.symbol}-open" if hollow else look.symbol
    return {"symbol": symbol, "size": size, "color": look.colour, "line": {"width": 2.5 if hollow else 0}}
