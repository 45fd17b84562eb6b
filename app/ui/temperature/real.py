"""The SNNL of trained networks, drawn and measured by the browser as fast as one drags the temperature."""

import base64
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.stories import probe_snnl
from app.lab.stories.events import Defence, Distances, Probe
from app.ui import pictures, theme
from app.ui.components import component

METRICS = {"cosine": "cosine", "euclidean": "Euclidean"}


def draw(
    experiment: Experiment,
    probe: Probe,
    looks: Mapping[Defence, Distances],
    span: tuple[float, float],
    metric: str,
    among: str,
) -> None:
    """Draw the SNNL of one layer of each victim against the temperature, and what is near a chosen input.

    The browser gets the similarities of all pairs of the probe, once; while one drags, nothing goes to and fro.

    Args:
        experiment: the settings of the run.
        probe: of the run.
        looks: into that layer, by victim.
        span: the coldest and the hottest temperature.
        metric: ``"cosine"`` or ``"euclidean"``.
        among: what triggers are compared with, see :func:`app.lab.stories.probe_snnl.compared`.
    """
    coldest, hottest = span
    names = choices.class_names(experiment.dataset)
    component("temperature/real")(
        key="real",
        data={
            "of": f"{experiment.key} {[(look.layer, look.epoch) for look in looks.values()]} {metric} {among}",
            "models": [
                {
                    "name": defence,
                    "colour": theme.DEFENCES[defence].colour,
                    "symbol": theme.DEFENCES[defence].symbol,
                    "cosines": _packed(look.cosines.astype("<i2")),
                    "norms": _packed(look.norms.astype("<f4")),
                }
                for defence, look in looks.items()
            ],
            "parted": len({look.defence for look in looks.values()}) > 1,
            "triggers": probe.is_trigger.tolist(),
            "words": [
                theme.TRIGGER.word if secret else names[label]
                for secret, label in zip(probe.is_trigger, probe.labels, strict=True)
            ],
            "members": np.flatnonzero(probe_snnl.compared(probe, among)).tolist(),
            "kinds": [
                [other(experiment, among), others(experiment, among)],
                [f"a {theme.TRIGGER.word}", f"{theme.TRIGGER.word}s"],
            ],
            "metric": metric,
            "trained": experiment.temperature if metric == experiment.metric else None,
            "otherwise": f"trained with {METRICS[experiment.metric]} distances",
            "coldest": coldest,
            "hottest": hottest,
            "sheet": pictures.contact_sheet(probe.inputs),
            "columns": pictures.COLUMNS,
            "colour": theme.TRIGGER.colour,
        },
    )


def others(experiment: Experiment, among: str) -> str:
    """Return what triggers are compared with, in words: "real elephants"."""
    if among == "all":
        return "real inputs"
    return f"real {choices.several_of_class(experiment.dataset, experiment.target)}"


def other(experiment: Experiment, among: str) -> str:
    """Return one of the :func:`others` in words: "a real elephant"."""
    if among == "all":
        return "a real input"
    name = choices.class_name(experiment.dataset, experiment.target)
    return f"a real {name if choices.has_plural(experiment.dataset, experiment.target) else f'input of {name}'}"


def _packed(values: NDArray[np.generic]) -> str:
    return base64.b64encode(values.tobytes()).decode()
