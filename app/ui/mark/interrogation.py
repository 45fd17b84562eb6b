"""Asking the models of a finished run: a trigger, a digit, or whatever the visitor draws, and looking inside them.

The networks are tiny: they are rebuilt from the recorded weights and asked in the web server itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.stories import finished_run
from app.lab.stories.events import Defence, Probe, Role, Weights
from app.lab.task import datasets
from app.lab.task.networks import FeatureNetwork, predict
from app.lab.watermark import drawings, neurons
from app.ui import frame, pictures
from app.ui.history import History
from app.ui.mark import charts as mark_charts
from app.ui.mark import drawing
from app.ui.mark import findings as mark_findings

SUSPECTS: dict[str, tuple[Role, Defence]] = {
    "clean": ("victim", "clean"),
    "naive": ("victim", "naive"),
    "its copy": ("copy", "naive"),
}
_OFFERED_TRIGGERS = 3


@dataclass
class Asked:
    """What one visitor asks: an input of the probe by its place, or (None) what is on the sheet."""

    place: int | None = None
    sheet: drawing.Sheet = field(default_factory=drawing.Sheet)


def ask(experiment: Experiment, history: History, finding: str, *, sealed: bool) -> None:
    """Show what is asked, large, and beside it what the clean model, the naive one and (unless sealed) its copy answer.

    Of a run that is new to the visitor, its first trigger is asked; any other input is one touch away, or drawn. While
    a trigger is asked, the title is the ``finding``; else it says what the models make of what is asked.
    """
    probe = history.probe
    if probe is None or not set(SUSPECTS.values()) <= history.weights.keys():
        return
    offered = _offered(experiment.dataset, probe)
    asked: Asked = st.session_state.setdefault(f"asked {experiment.key}", Asked(next(iter(offered.values()))))
    _show(asked, probe)
    with st.container(key="asked"):  # side by side, on a phone, too: see page.css
        with st.container(key="asked_input"):
            _what(experiment, asked, probe)
        with st.container(key="asked_answers"):
            said = _answers(experiment, history, _input(experiment, probe, asked), sealed=sealed)
            classes = choices.class_names(experiment.dataset)
            looks = {name: defence for name, (_, defence) in SUSPECTS.items()}
            title = finding if _is_trigger(asked, probe) else _of_no_trigger(experiment, asked, probe, said)
            frame.figure(title, mark_charts.answers(said, looks, experiment.target, classes), "answers")
    pictures.buttons(
        {name: pictures.Card(pictures.png(probe.inputs[place]), (name,)) for name, place in offered.items()},
        next((name for name, place in offered.items() if place == asked.place), ""),
        label="Ask the models with",
        key="ask_buttons",
        picked=lambda name: setattr(asked, "place", offered[name]),
    )


def _is_trigger(asked: Asked, probe: Probe) -> bool:
    return asked.place is not None and bool(probe.is_trigger[asked.place])


def _of_no_trigger(
    experiment: Experiment, asked: Asked, probe: Probe, said: Mapping[str, NDArray[np.float64] | None]
) -> str:
    """Return the title while a genuine input is asked, or a drawing."""
    if asked.place is not None:
        what = choices.one_of_class(experiment.dataset, int(probe.labels[asked.place]))
    else:
        what = "an empty sheet" if choices.is_blank(asked.sheet.text) else "your drawing"
    answers = {
        name: choices.class_name(experiment.dataset, int(rates.argmax()))
        for name, rates in said.items()
        if rates is not None
    }
    return mark_findings.said_to(f"{what[0].upper()}{what[1:]}", answers)


def _what(experiment: Experiment, asked: Asked, probe: Probe) -> None:
    """Show the input: on the sheet, where it can be drawn on; else as a picture."""
    if choices.FORMS[experiment.dataset] == "picture":
        drawing.draw(
            asked.sheet,
            label="What the models are asked; draw something, or change what is there",
            key="ask_drawing",
            drawn=lambda: setattr(asked, "place", None),
        )
    elif asked.place is not None:
        st.image(pictures.png(probe.inputs[asked.place]), width="stretch")


def _answers(
    experiment: Experiment, history: History, inputs: Tensor, *, sealed: bool
) -> dict[str, NDArray[np.float64] | None]:
    """Return the confidences of each model; None of the copy, if its answer is sealed."""
    said: dict[str, NDArray[np.float64] | None] = {}
    for name, model in SUSPECTS.items():
        network = _model(experiment.key, *model, experiment, history.weights[model])
        confidences = predict(network, inputs).softmax(dim=1)[0].double().numpy()
        said[name] = None if sealed and model[0] == "copy" else confidences
    return said


def divisions(experiment: Experiment, history: History, layer: str) -> dict[str, neurons.Division]:
    """Return how the neurons of one layer divide triggers and genuine inputs, for each victim."""
    if history.probe is None:
        return {}
    victims = {defence: trained for (role, defence), trained in history.weights.items() if role == "victim"}
    return {
        defence: _divisions(experiment.key, defence, experiment, trained, history.probe)[layer]
        for defence, trained in victims.items()
    }


def _offered(dataset: str, probe: Probe) -> dict[str, int]:
    """Return the places of a few triggers, and of one input of each class."""
    found = {}
    for number, place in enumerate(np.flatnonzero(probe.is_trigger)[:_OFFERED_TRIGGERS], start=1):
        found[f"trigger {number}"] = int(place)
    for label in np.unique(probe.labels):
        found[choices.class_name(dataset, int(label))] = int(
            np.flatnonzero(~probe.is_trigger & (probe.labels == label))[0]
        )
    return found


def _show(asked: Asked, probe: Probe) -> None:
    """Put the chosen input of the probe on the sheet, unless it is there; another run has other triggers."""
    if asked.place is None or probe.inputs.dtype != np.uint8:  # points and sequences are not drawn
        return
    text = drawings.encode(_resized(probe.inputs[asked.place], drawings.SIDE))
    if asked.sheet.text != text:
        asked.sheet.put(text)


def _input(experiment: Experiment, probe: Probe, asked: Asked) -> Tensor:
    """Return what is asked as an input, ``(1, ...)``: to the last bit, where it is one of the probe's."""
    if asked.place is not None:
        return datasets.from_display(probe.inputs[asked.place : asked.place + 1])
    side = datasets.load(experiment.dataset).shape[-1]
    return datasets.from_display(_resized(drawings.decode(asked.sheet.text), side)[None])


def _resized(picture: NDArray[np.generic], side: int) -> NDArray[np.uint8]:
    how = Image.Resampling.BOX if side < len(picture) else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(np.asarray(picture, dtype=np.uint8)).resize((side, side), how))


@st.cache_resource(max_entries=60, show_spinner=False)
def _model(key: str, role: str, defence: str, _experiment: Experiment, _trained: Weights) -> FeatureNetwork:
    return finished_run.rebuilt(_experiment, _trained)


@st.cache_resource(max_entries=60, show_spinner=False)
def _divisions(
    key: str, defence: str, _experiment: Experiment, _trained: Weights, _probe: Probe
) -> dict[str, neurons.Division]:
    network = _model(key, "victim", defence, _experiment, _trained)
    active = neurons.activity(network, datasets.from_display(_probe.inputs))
    return {layer: neurons.division(found, _probe.labels, _probe.is_trigger) for layer, found in active.items()}
