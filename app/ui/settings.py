"""The experiment that a visitor has chosen: a preset and what they changed, all of it in the URL.

The widgets, their bounds and their words are read off the one table of settings, the fields of
:class:`~app.lab.experiment.Experiment`.
"""

import dataclasses
from collections.abc import Container, Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from app.lab import choices
from app.lab.experiment import (
    ADVERSARY_SETTINGS,
    DEFAULT_PRESET,
    FORMER_NAMES,
    PRESETS,
    Experiment,
    canonical,
    preset,
    renamed,
)
from app.lab.variation import differences, preset_name

_WORDS = {
    "victim": "the owner's own inputs",
    "unseen": "inputs the victim never saw",
    "blended": "unseen, blended and noisy inputs",
    "inputs other": "other data",
    "noise": "pure noise",
    "released": "a few batches, as released",
    "labels": "the top label only",
    "confidences": "all its confidences",
    "deep": "the deeper ones",
    "mnist": "5,000 real digits",
    "digits": "small 8 × 8 digits",
    "blobs": "points in the plane",
    "small": "small convolutional",
    "two_conv": "the paper's 2-conv",
    "dense": "perceptron",
    "independent": "own weights",
    "initialisation same": "the victim's first weights",
    "architecture same": "the victim's",
    "architecture other": "another",
    "layers all": "all of them",
    "schedule all": "all of it",
    "ice_cream": "ice cream",
    "drawing": "your own",
    "patch": "corner patch",
    "attack task": "ask what the task asks",
    "attack noise": "ask pure noise",
    "copycat": "Copycat: other data, labels",
    "knockoff": "Knockoff: other data",
    "knockoff_adaptive": "Knockoff, adaptive",
    "jbda": "JBDA: nudge what is known",
    "cloudleak": "CloudLeak: ask near the boundary",
    "equations": "Solve equations",
}
_OF_THE_VISIT = ("live",)  # in the URL: a run that is watched; a link leads to the recorded one
_FIELDS = {field.name: field for field in dataclasses.fields(Experiment)}
_IN_THE_URL = {*_FIELDS, *FORMER_NAMES, "preset"}


def chosen() -> Experiment:
    """Return the visitor's experiment, from the URL or from the page they came from.

    A value in the URL that is not allowed is put aside with a sentence; the others stay. Settings may have their
    former names there; they leave it with their present ones.
    """
    asked = _under_present_names({name: value for name, value in st.query_params.items() if name in _IN_THE_URL})
    if not asked:
        asked = st.session_state.get("settings", {})
    name = asked.get("preset", DEFAULT_PRESET)
    if name not in PRESETS:
        st.warning(f"The link asks for the preset {name!r}, which does not exist; this is {DEFAULT_PRESET!r}.")
        name = DEFAULT_PRESET
    asked = {setting: value for setting, value in asked.items() if setting != "preset"}
    experiment = _as_asked(preset(name), asked)
    _remember(name, experiment)
    return experiment


def _under_present_names(asked: dict[str, str]) -> dict[str, str]:
    """Return what is asked for under present names alone; what has both names counts under its present one."""
    try:
        return renamed(asked)
    except ValueError as mistake:
        _put_aside(mistake)
        return {name: value for name, value in asked.items() if name not in FORMER_NAMES}


def _as_asked(experiment: Experiment, asked: dict[str, str]) -> Experiment:
    """Return the experiment with what is asked for, as far as it is allowed."""
    allowed = {}
    for setting, value in asked.items():
        try:
            allowed[setting] = canonical(_FIELDS[setting], value)
        except ValueError as mistake:
            _put_aside(mistake)
    try:
        return Experiment.from_dict({**experiment.to_dict(), **allowed})  # some only go together
    except ValueError:
        for setting, value in allowed.items():
            try:
                experiment = Experiment.from_dict({**experiment.to_dict(), setting: value})
            except ValueError as mistake:
                _put_aside(mistake)
        return experiment


def _put_aside(mistake: ValueError) -> None:
    st.warning(f"{mistake} The link's value was put aside.")


def choose(experiment: Experiment) -> None:
    """Make this the visitor's experiment, on every page and in the URL."""
    _remember(preset_name(experiment), experiment)


def owners(experiment: Experiment) -> Experiment:
    """Return the experiment with the thief of its preset: what a page shows that is about the victims alone."""
    usual = preset(preset_name(experiment))
    return dataclasses.replace(experiment, **{name: getattr(usual, name) for name in ADVERSARY_SETTINGS})


def of_the_attack(experiment: Experiment) -> Experiment:
    """Return the experiment with the inputs of its preset: an attack asks with inputs of its own."""
    return dataclasses.replace(experiment, inputs=preset(preset_name(experiment)).inputs)


def layers(experiment: Experiment) -> list[str]:
    """Return the names of the feature layers of the experiment's network."""
    return list(choices.layer_names(experiment.network))


def preset_control() -> None:
    """Offer the presets: which data the heist is about."""
    experiment = chosen()

    def changed() -> None:
        _remember(st.session_state["preset_choice"], preset(st.session_state["preset_choice"]))

    st.session_state["preset_choice"] = preset_name(experiment)
    st.selectbox("Data", list(PRESETS), format_func=wording, key="preset_choice", on_change=changed)


def change(experiment: Experiment, **settings: Any) -> None:
    """Change settings that belong together, in the URL; what cannot be is left, with a sentence for :func:`refusal`."""
    try:
        _remember(preset_name(experiment), Experiment.from_dict({**experiment.to_dict(), **settings}))
    except ValueError as mistake:
        st.session_state["settings_mistake"] = str(mistake)


def control(setting: str, experiment: Experiment, *, label: str | None = None) -> None:
    """Offer one setting as the widget that suits its kind; a change goes to the URL."""
    field = _FIELDS[setting]
    about, key = field.metadata, f"setting_{setting}"
    words = label or about["label"]

    def changed() -> None:
        change(experiment, **{setting: st.session_state[key]})

    # The URL is the truth; the widget shows it, also after a link or a change of preset.
    st.session_state[key] = getattr(experiment, setting)
    common: dict[str, Any] = {"label": words, "help": about["help"], "key": key, "on_change": changed}
    if field.type is bool:
        st.toggle(**common)
    elif about["choices"]:
        suitable = [choice for choice in about["choices"] if _suits(experiment, setting, choice)]
        common |= {"options": suitable, "format_func": lambda choice: wording(choice, setting)}
        if about["ordered"]:
            st.select_slider(**common)
        elif len(suitable) <= 3:
            st.segmented_control(required=True, wrap=True, **common)
        else:
            st.selectbox(**common)
    elif field.type is int:
        st.number_input(min_value=int(about["low"]), max_value=int(about["high"]), step=1, **common)
    else:
        low, high = float(about["low"]), float(about["high"])
        st.number_input(min_value=low, max_value=high, step=min(0.01, high / 10), format="%g", **common)


def more(experiment: Experiment, *names: str) -> None:
    """Offer the data and further settings, out of the way until somebody asks for them."""
    with st.popover("More", icon=":material/tune:"):
        preset_control()
        for name in names:
            control(name, experiment)
        if "kappa" in names:
            st.caption(
                "EWE: entangled watermark embedding. SNNL: the "
                "[soft nearest neighbor loss](https://arxiv.org/abs/1902.01889), how mixed two groups of points are."
            )


def in_words(experiment: Experiment, usual: Experiment) -> str:
    """Return in which settings an experiment differs from another one: "the thief asks pure noise; seed 7"."""
    changes = []
    for name, field in _FIELDS.items():
        value = getattr(experiment, name)
        if value != getattr(usual, name):
            label = field.metadata["label"]
            shown = wording(value, name) if isinstance(value, str) else f"{value}"
            changes.append(f"*{label}*: {shown}" if name != "drawing" else f"*{label}*")
    return "; ".join(changes)


def refusal() -> None:
    """Say, once, why the last change was not possible."""
    if sentence := st.session_state.pop("settings_mistake", None):
        st.warning(sentence)


def wording(value: str, setting: str = "") -> str:
    """Return the words for a choice of the table; of one that several settings have, for this ``setting``."""
    return _WORDS.get(f"{setting} {value}") or _WORDS.get(value, value)


def link() -> str:
    """Return the address of this page with the visitor's setting, without what belongs to this visit alone."""
    asked = {name: value for name, value in st.query_params.items() if name not in _OF_THE_VISIT}
    address = st.context.url or ""
    return f"{address}?{urlencode(asked)}" if asked else address


def to_url(asked: Mapping[str, str], names: Container[str]) -> None:
    """Let the URL say ``asked`` of the parameters in ``names``, and leave the others, to which widgets may be bound."""
    shown = {key: value for key, value in st.query_params.to_dict().items() if key in names}
    if shown != asked:
        for key in shown.keys() - asked.keys():
            del st.query_params[key]
        st.query_params.update(asked)


def _remember(name: str, experiment: Experiment) -> None:
    asked = differences(experiment, name)
    if name != DEFAULT_PRESET:
        asked["preset"] = name
    to_url(asked, _IN_THE_URL)
    st.session_state["settings"] = asked


def _suits(experiment: Experiment, setting: str, choice: str) -> bool:
    try:
        Experiment.from_dict({**experiment.to_dict(), setting: choice})
    except ValueError:
        return False
    return True
