"""The feature spaces of several models side by side, with one scrubber through training.

A browser component: points move between epochs without the server; hover shows the picture
behind a point, a click keeps it. Digits are drawn as digits, triggers as diamonds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.lab.stories.events import Probe, Snapshot
from app.ui import pictures, theme
from app.ui.components import component


def feature_maps(
    probe: Probe,
    panels: Mapping[str, Sequence[Snapshot]],
    neighbours: Mapping[tuple[str, float], str],
    *,
    live: bool,
    parting: int,
    alt: str,
    key: str,
    still: str = "",
) -> None:
    """Draw the panels: each has a title, and snapshots in the order of the epochs.

    ``neighbours``: by defence and epoch, what is said of the triggers' neighbourhood there, below the title.
    While a run is ``live``, only the newest snapshot of each panel is sent, and points glide to it.
    When more of a finished run is shown than before, it plays from ``parting``, the epoch at which
    the models part. ``still`` is said in the scrubber's place where there is but one epoch.
    """
    drawn = {name: snapshots[-1:] if live else snapshots for name, snapshots in panels.items()}
    component("entangle/feature_maps")(
        key=key,
        data={
            "panels": [
                {"name": name, "frames": [_frame(snapshot, neighbours) for snapshot in snapshots]}
                for name, snapshots in drawn.items()
            ],
            "labels": probe.labels.tolist(),
            "trigger": probe.is_trigger.tolist(),
            "target": probe.target,
            "triggerColour": theme.TRIGGER.colour,
            "genuineColour": theme.GENUINE,
            "sprite": pictures.sheet(probe),
            "side": probe.inputs.shape[1],
            "columns": pictures.COLUMNS,
            "live": live,
            "parting": parting,
            "still": still,
            "alt": alt,
        },
    )


def _frame(snapshot: Snapshot, neighbours: Mapping[tuple[str, float], str]) -> dict[str, Any]:
    rounded = snapshot.points.astype(float).round(3)
    return {
        "epoch": round(snapshot.epoch, 1),
        "says": neighbours.get((snapshot.defence, snapshot.epoch), ""),
        "x": rounded[:, 0].tolist(),
        "y": rounded[:, 1].tolist(),
    }
