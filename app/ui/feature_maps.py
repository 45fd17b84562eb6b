"""The feature spaces of several models side by side, with one scrubber through training.

A browser component: points move between epochs without the server; hover shows the picture
behind a point, a click keeps it. Digits are drawn as digits, triggers as diamonds.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from app.lab.events import Probe, Snapshot
from app.ui import theme

_COLUMNS = 20
_FOLDER = Path(__file__).parent / "components"


@cache
def _component() -> Any:
    html, css, js = ((_FOLDER / f"feature_maps.{kind}").read_text() for kind in ("html", "css", "js"))
    return st.components.v2.component("entangled_feature_maps", html=html, css=css, js=js)


def feature_maps(
    probe: Probe, lanes: Mapping[str, Sequence[Snapshot]], *, live: bool, parting: int, alt: str, key: str
) -> None:
    """Draw one panel a lane; ``lanes`` maps its title to its snapshots, in the order of the epochs.

    While a run is ``live``, only the newest snapshot of each lane is sent, and points glide to it.
    When more of a finished run is shown than before, it plays from ``parting``, the epoch at which
    the models part.
    """
    drawn = {name: snapshots[-1:] if live else snapshots for name, snapshots in lanes.items()}
    sprite, side = _sprite(probe)
    _component()(
        key=key,
        data={
            "lanes": [
                {"name": name, "frames": [_frame(snapshot) for snapshot in snapshots]}
                for name, snapshots in drawn.items()
            ],
            "labels": probe.labels.tolist(),
            "trigger": probe.is_trigger.tolist(),
            "target": probe.target,
            "triggerColour": theme.TRIGGER.colour,
            "genuineColour": theme.GENUINE,
            "sprite": sprite,
            "side": side,
            "columns": _COLUMNS,
            "live": live,
            "parting": parting,
            "alt": alt,
        },
    )


def _frame(snapshot: Snapshot) -> dict[str, Any]:
    rounded = snapshot.points.astype(float).round(3)
    return {"epoch": round(snapshot.epoch, 1), "x": rounded[:, 0].tolist(), "y": rounded[:, 1].tolist()}


def _sprite(probe: Probe) -> tuple[str | None, int]:
    """All probe pictures on one sheet, as a PNG data URI; none for points in the plane."""
    if probe.inputs.ndim == 2:
        return None, 0
    count, side, _ = probe.inputs.shape
    rows = -(-count // _COLUMNS)
    padded = np.zeros((rows * _COLUMNS, side, side), dtype=np.uint8)
    padded[:count] = probe.inputs
    sheet = padded.reshape(rows, _COLUMNS, side, side).swapaxes(1, 2).reshape(rows * side, _COLUMNS * side)
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode(), side
