"""The feature spaces of several models side by side, through the training, in the plane or in space.

A browser component: points move between epochs, and turn, without the server; hover shows the picture behind a point
and those of its neighbours, a click keeps them. Inputs of the target class are outlined discs, others small ones,
triggers diamonds, and a faint line goes from each trigger to each of its nearest neighbours.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.lab.stories.events import Defence, Probe
from app.ui import pictures, theme
from app.ui.components import component
from app.ui.findings import percent

_LARGEST = 2**15 - 1  # of 16 bits


@dataclass(frozen=True)
class Frame:
    """One map: the features of the probe in one layer of a model, as they lay at one epoch.

    ``places`` is ``(n, 2)`` or ``(n, 3)``; ``near`` is ``(n, k)``, the nearest genuine inputs of each, in the layer
    itself and not on the map; ``target_share`` is the share of the triggers' that are of the target class, and
    ``remoteness`` how far away these are (:func:`app.lab.task.representation.remoteness`).
    """

    epoch: float
    target_share: float
    remoteness: float | None
    places: NDArray[np.float32]
    near: NDArray[np.integer]


def feature_maps(
    name: str,
    probe: Probe,
    names: Sequence[str],
    targets: str,
    panels: Mapping[Defence, Sequence[Frame]],
    findings: Sequence[str],
    method: str,
    *,
    live: bool,
    sealed: bool,
    parting: int,
    key: str,
) -> None:
    """Draw the panels, with one clock and one hand for all.

    Args:
        name: of what is drawn; where it changes, points move to their new places.
        probe: the points.
        names: of the classes.
        targets: several inputs of the target class, in words.
        panels: the maps of each model, in the order of the epochs. Maps that are the same object are sent once.
        findings: by the number of a map in its panel, what is seen then.
        method: of the maps, in words.
        live: whether the run is on its way: then only the newest map of each panel is there, and points move to it.
        sealed: whether the models are one so far: then the first panel shows it, and the others ask where it will go.
        parting: the number of the map at which the models part; from there it plays when more is shown than before.
        key: of the component.
    """
    frames = list({id(frame): frame for shown in panels.values() for frame in shown}.values())
    number = {id(frame): place for place, frame in enumerate(frames)}
    scale = max((float(np.abs(frame.places).max(initial=0.0)) for frame in frames), default=0.0) / _LARGEST or 1.0
    component("entangle/feature_maps")(
        key=key,
        data={
            "name": name,
            "panels": [
                {
                    "name": model,
                    "colour": theme.DEFENCES[model].colour,
                    "frames": [number[id(frame)] for frame in shown],
                }
                for model, shown in panels.items()
            ],
            "frames": [_written(frame, scale) for frame in frames],
            "scale": scale,
            "dimensions": frames[0].places.shape[1] if frames else 2,
            "findings": list(findings),
            "labels": probe.labels.tolist(),
            "names": list(names),
            "targets": targets,
            "trigger": probe.is_trigger.tolist(),
            "target": probe.target,
            "colours": {
                "trigger": theme.TRIGGER.colour,
                "target": theme.TARGET.colour,
                "other": theme.GENUINE,
            },
            "legend": [
                ["trigger", "trigger"],
                ["target", names[probe.target]],
                ["other", "other classes"],
                ["line", "to a trigger's nearest real inputs"],
            ],
            "method": method,
            "sprite": pictures.sheet(probe),
            "side": pictures.side(probe),
            "columns": pictures.COLUMNS,
            "live": live,
            "sealed": sealed,
            "parting": parting,
        },
    )


def _written(frame: Frame, scale: float) -> dict[str, Any]:
    return {
        "epoch": round(frame.epoch, 1),
        "part": round(frame.target_share, 4),
        "share": percent(frame.target_share),
        "places": _base64(np.rint(frame.places / scale).astype("<i2")),
        "near": _base64(frame.near.astype("<u2")),
    }


def _base64(array: NDArray[np.integer]) -> str:
    return base64.b64encode(array.tobytes()).decode()
