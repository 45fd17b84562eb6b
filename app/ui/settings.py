"""The experiment that a visitor has chosen in a lesson: its data, and what they changed there, all of it in the URL.

Settings belong to their lesson; only the data are those of all lessons. What a link or another lesson brings along is
announced, and *As it came* is one touch away. The widgets, their bounds and their words are read off the one table of
settings, the fields of :class:`~app.lab.experiment.Experiment`.
"""

import dataclasses
from collections.abc import Container, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from app.lab import choices, own_pictures
from app.lab.experiment import (
    ADVERSARY_SETTINGS,
    CLASS_SETTINGS,
    DEFAULT_PRESET,
    FORMER_NAMES,
    PRESETS,
    Experiment,
    NotAllowed,
    canonical,
    preset,
    renamed,
)
from app.lab.variation import base, differences, preset_name
from app.ui import address, links, path, terms, visit
from app.ui.markdown import escaped

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
    "animals": "silhouettes of ten animals",
    "mnist": "real handwritten digits",
    "digits": "small 8 × 8 digits",
    "blobs": "points in the plane",
    "vowels": "a vowel, said by nine speakers",
    "small": "small convolutional",
    "two_conv": "the paper's 2-conv",
    "dense": "perceptron",
    "lstm": "the paper's LSTM",
    "resnet18": "ResNet-18",
    "independent": "own weights",
    "initialisation same": "the victim's first weights",
    "architecture same": "the victim's",
    "architecture other": "another",
    "layers all": "all of them",
    "schedule all": "all of it",
    "ice_cream": "ice cream",
    "drawing": "your own",
    "patch": "corner patch",
    "cluster": "cluster of points",
    "burst": "short burst",
    "attack task": "ask what the task asks",
    "attack noise": "ask pure noise",
    "copycat": "Copycat: other data, labels",
    "knockoff": "Knockoff: other data",
    "knockoff_adaptive": "Knockoff, adaptive",
    "jbda": "JBDA: nudge what is known",
    "cloudleak": "CloudLeak: ask near the boundary",
    "equations": "Solve equations",
}
_TERMS = {  # of the field, explained with the setting in which a lesson first uses them
    "attack": ("JBDA", "Knockoff", "Copycat"),
    "kappa": ("kappa", "EWE", "SNNL"),
    "temperature": ("temperature",),
    "trigger": ("trigger",),
    "seed": ("seed",),
}
# A page neither reads nor trains these: they are for the command line.
_NOT_LIVE = {"dataset": set(choices.FETCHED), "network": {*choices.NETWORKS} - {*choices.LIVE_NETWORKS}}
_FIELDS = {field.name: field for field in dataclasses.fields(Experiment)}
_FEW, _ROW = 3, 30  # choices that are all in sight; letters that a row of them has room for, beside a picture
_LESSON, _CHANGED, _MISTAKE = "lesson", "setting_changed", "settings_mistake"  # in the session state
_TAKE = ("heist", "mark", "entangle", "court", "remove")  # lessons that a setting can be taken along to


def chosen(lesson: str) -> Experiment:
    """Return the visitor's experiment in a lesson, from the URL or as they left it there.

    A value in the URL that is not allowed is put aside with a sentence; the others stay. Settings may have their
    former names there; they leave it with their present ones.
    """
    links.check(lesson)
    st.session_state[_LESSON] = lesson
    here = visit.here()
    asked = _under_present_names({name: value for name, value in st.query_params.items() if name in links.SETTINGS})
    kept = {**here.data, **here.settings.get(lesson, {})}
    linked = bool(asked) and asked != kept
    if not linked:
        asked = kept
    name = asked.get("preset", DEFAULT_PRESET)
    if name not in PRESETS:
        links.refuse("preset", name, links.among(PRESETS), DEFAULT_PRESET)
        name = DEFAULT_PRESET
    asked = {setting: value for setting, value in asked.items() if setting != "preset"}
    experiment = _as_asked(preset(name), asked)
    _remember(lesson, experiment)
    origin = st.query_params.pop(links.FROM, None) if links.FROM in st.query_params else None
    if linked:
        title = f"*{path.lesson(origin).title}*" if origin in path.NAMES else "a link"
        here.brought[lesson] = title, here.settings[lesson]
        st.session_state.pop(_CHANGED, None)
    return experiment


def left_in(lesson: str) -> Experiment:
    """Return the experiment as the visitor left it in a lesson where they are not now; as it came, if it cannot be."""
    here = visit.here()
    data = here.data.get("preset", DEFAULT_PRESET)
    asked = {**here.data, **here.settings.get(lesson, {})}
    asked.pop("preset", None)
    return Experiment.from_dict({**preset(data).to_dict(), **asked})


def _under_present_names(asked: dict[str, str]) -> dict[str, str]:
    """Return what is asked for under present names alone; what has both names counts under its present one."""
    twice = [former for former, name in FORMER_NAMES.items() if former in asked and name in asked]
    for former in twice:
        name = FORMER_NAMES[former]
        links.refuse(former, asked[former], f"is the former name of {name}, there as well", f"{name} as it is there")
    return renamed({name: value for name, value in asked.items() if name not in twice})


def _as_asked(experiment: Experiment, asked: dict[str, str]) -> Experiment:
    """Return the experiment with what is asked for, as far as it is allowed."""
    allowed: dict[str, Any] = {}
    for setting in sorted(asked, key=list(_FIELDS).index):  # the data set first: it has the names of the classes
        try:
            dataset = allowed.get("dataset", experiment.dataset)
            if not asked[setting]:
                raise NotAllowed(setting, "must have a value", "")
            value = canonical(_FIELDS[setting], asked[setting], dataset)
            if value in _NOT_LIVE.get(setting, ()):
                raise ValueError(f"The {setting} {value!r} takes hours: it is there on the command line only.")
            if setting == "dataset" and choices.is_own(value) and not own_pictures.is_kept(value):
                raise ValueError(own_pictures.GONE)
            allowed[setting] = value
        except ValueError as mistake:
            _refuse(setting, asked[setting], mistake, experiment)
    try:
        return Experiment.from_dict({**experiment.to_dict(), **allowed})  # some only go together
    except ValueError:
        for setting, value in allowed.items():
            try:
                experiment = Experiment.from_dict({**experiment.to_dict(), setting: value})
            except ValueError as mistake:
                _refuse(setting, asked[setting], mistake, experiment)
        return experiment


def _refuse(setting: str, asked: str, mistake: ValueError, experiment: Experiment) -> None:
    """Say why a value is put aside, and that the experiment's own counts."""
    why = mistake.must if isinstance(mistake, NotAllowed) else f"cannot be ({str(mistake).rstrip('.')})"
    value = getattr(experiment, setting)
    if setting in CLASS_SETTINGS:
        value = choices.class_name(experiment.dataset, value)
    links.refuse(setting, asked, why, value if value != "" else "none")


def choose(experiment: Experiment) -> None:
    """Make this the visitor's experiment, in the lesson where they are and in the URL; other data are all lessons'."""
    _remember(st.session_state[_LESSON], experiment)
    st.session_state[_CHANGED] = experiment.key
    st.query_params.pop(links.LIVE, None)
    # Also where the address says so already: another one, of a change before this, may be on its way to the browser.
    st.query_params.update()


def changed_here(experiment: Experiment) -> bool:
    """Return whether this experiment is what the visitor made of a lesson by its own controls, last of all."""
    return bool(st.session_state.get(_CHANGED) == experiment.key)


def settled() -> None:
    """Note that a change was acted on."""
    st.session_state.pop(_CHANGED, None)


def as_it_came() -> None:
    """Undo what was changed in the lesson where the visitor is; the data stay."""
    lesson, here = st.session_state[_LESSON], visit.here()
    here.settings.pop(lesson, None)
    here.brought.pop(lesson, None)
    settled()
    to_url(here.data, {*links.SETTINGS, links.LIVE})


def announce(experiment: Experiment) -> None:
    """Say what a link or another lesson brought along, and on which data all lessons are, if not on the usual ones."""
    here, usual = visit.here(), base(experiment)
    title, brought = here.brought.get(st.session_state[_LESSON], ("", {}))
    there = differences(experiment, usual).items() & brought.items()
    if there:
        st.caption(f"From {title}: {in_words(experiment, usual, dict(there))}.")
    if here.data:
        st.caption(f"Data, in all lessons: {wording(experiment.dataset)}.")


def way_back(experiment: Experiment) -> None:
    """Offer to undo what was changed in this lesson, if anything was."""
    if experiment != base(experiment):
        st.button("As it came", key="as_it_came", icon=":material/undo:", on_click=as_it_came)


def ways_on(experiment: Experiment) -> None:
    """Offer to take what was changed in this lesson along to another one, if anything was."""
    lesson = st.session_state[_LESSON]
    if experiment != base(experiment):
        with st.popover("Take it to", icon=":material/arrow_forward:"):
            for name in _TAKE:
                if name != lesson:
                    stop = path.lesson(name)
                    st.page_link(
                        stop.page, label=stop.title, icon=stop.icon, query_params=taken_along(experiment, lesson)
                    )


def taken_along(experiment: Experiment, lesson: str) -> dict[str, str]:
    """Return the parameters of a link that takes an experiment along from ``lesson`` to another one."""
    return {**of_a_link(experiment), links.FROM: lesson}


def of_a_link(experiment: Experiment) -> dict[str, str]:
    """Return the parameters of a link that asks for this experiment, whatever the visitor has chosen before."""
    name = preset_name(experiment)
    return {"preset": name, **differences(experiment, preset(name))}


def owners(experiment: Experiment) -> Experiment:
    """Return the experiment with the thief of its base: what a page shows that is about the victims alone."""
    usual = base(experiment)
    return dataclasses.replace(experiment, **{name: getattr(usual, name) for name in ADVERSARY_SETTINGS})


def of_the_attack(experiment: Experiment) -> Experiment:
    """Return the experiment with the inputs of its base: an attack asks with inputs of its own."""
    return dataclasses.replace(experiment, inputs=base(experiment).inputs)


def layers(experiment: Experiment) -> list[str]:
    """Return the names of the feature layers of the experiment's network."""
    return list(choices.layer_names(experiment.network))


def preset_control(experiment: Experiment) -> None:
    """Offer the presets: which data all lessons are about."""
    key = "preset_choice"
    st.session_state[key] = preset_name(experiment)
    st.selectbox(
        "Data, in all lessons",
        list(PRESETS),
        format_func=wording,
        key=key,
        on_change=lambda: choose(preset(st.session_state[key])),
    )


def change(experiment: Experiment, **settings: Any) -> None:
    """Change settings that belong together; what cannot be is left, with a sentence for :func:`refusal`."""
    try:
        choose(Experiment.from_dict({**experiment.to_dict(), **settings}))
    except ValueError as mistake:
        st.session_state[_MISTAKE] = str(mistake)


def control(setting: str, experiment: Experiment, *, label: str | None = None) -> None:
    """Offer one setting as the widget that suits its kind; a change goes to the URL."""
    field = _FIELDS[setting]
    about, key = field.metadata, f"setting_{setting}"
    words = label or about["label"]

    def changed() -> None:
        change(experiment, **{setting: st.session_state[key]})

    # The URL is the truth; the widget shows it, also after a link or a change of preset.
    st.session_state[key] = getattr(experiment, setting)
    said = "\n\n".join(filter(None, [about["help"], terms.explained(*_TERMS.get(setting, ()))]))
    common: dict[str, Any] = {"label": words, "help": said, "key": key, "on_change": changed}
    if field.type is bool:
        st.toggle(**common)
    elif about["choices"]:
        live = [choice for choice in about["choices"] if choice not in _NOT_LIVE.get(setting, ())]
        suitable = [choice for choice in live if _suits(experiment, setting, choice)]
        common |= {"options": suitable, "format_func": lambda choice: wording(choice, setting)}
        in_a_row = sum(len(wording(choice, setting)) for choice in suitable) <= _ROW
        if about["ordered"] or (len(suitable) <= _FEW and not in_a_row):
            st.radio(**common)  # all in sight
        elif len(suitable) <= _FEW:
            st.segmented_control(required=True, wrap=True, **common)
        else:
            st.selectbox(**common)
    elif setting in CLASS_SETTINGS:
        names = choices.class_names(experiment.dataset)
        st.selectbox(options=range(len(names)), format_func=names.__getitem__, **common)
    elif field.type is int:
        st.number_input(min_value=int(about["low"]), max_value=int(about["high"]), step=1, **common)
    else:
        low, high = float(about["low"]), float(about["high"])
        st.number_input(min_value=low, max_value=high, step=min(0.01, high / 10), format="%g", **common)


def more(experiment: Experiment, *names: str) -> None:
    """Offer the data and further settings, out of the way until somebody asks for them."""
    with st.popover("More", icon=":material/tune:"):
        preset_control(experiment)
        for name in names:
            control(name, experiment)


def in_words(experiment: Experiment, usual: Experiment, among: Container[str] = tuple(_FIELDS)) -> str:
    """Return in which settings an experiment differs from another one: "the thief asks pure noise; seed 7"."""
    changes = []
    for name, field in _FIELDS.items():
        value = getattr(experiment, name)
        if name in among and value != getattr(usual, name):
            label = field.metadata["label"]
            shown = wording(value, name) if isinstance(value, str) else f"{value}"
            if name in CLASS_SETTINGS:
                shown = choices.class_name(experiment.dataset, value)
            changes.append(f"*{label}*: {shown}" if name != "drawing" else f"*{label}*")
    return "; ".join(changes)


def refusal() -> None:
    """Say, once, why the last change was not possible."""
    if sentence := st.session_state.pop(_MISTAKE, None):
        st.warning(escaped(sentence))


def wording(value: str, setting: str = "") -> str:
    """Return the words for a choice of the table; of one that several settings have, for this ``setting``."""
    return _WORDS.get(f"{setting} {value}") or _WORDS.get(value, value)


def link() -> str:
    """Return the address of this page with the visitor's setting, without what belongs to this visit alone."""
    asked = {name: value for name, value in st.query_params.items() if name not in links.OF_THE_VISIT}
    here = address.of_page(st.context.url or "")
    return f"{here}?{urlencode(asked)}" if asked else here


def to_url(asked: Mapping[str, str], names: Container[str]) -> None:
    """Let the URL say ``asked`` of the parameters in ``names``, and leave the others, to which widgets may be bound."""
    shown = {key: value for key, value in st.query_params.to_dict().items() if key in names}
    if shown != asked:
        for key in shown.keys() - asked.keys():
            del st.query_params[key]
        st.query_params.update(asked)


def _remember(lesson: str, experiment: Experiment) -> None:
    """Keep the experiment as that of a lesson; other data than before are those of all lessons, as these came."""
    here, usual = visit.here(), base(experiment)
    data = differences(usual, preset(DEFAULT_PRESET)) if choices.is_own(usual.dataset) else _name(usual)
    if data != here.data:
        here.data, here.settings, here.brought = data, {}, {}
    here.settings[lesson] = differences(experiment, usual)
    to_url({**data, **here.settings[lesson]}, links.SETTINGS)


def _name(usual: Experiment) -> dict[str, str]:
    """Return how a link says which preset this is; of the usual one, it says nothing."""
    name = preset_name(usual)
    return {} if name == DEFAULT_PRESET else {"preset": name}


@lru_cache(maxsize=2048)  # asked at every touch, of every choice of every control
def _suits(experiment: Experiment, setting: str, choice: str) -> bool:
    try:
        Experiment.from_dict({**experiment.to_dict(), setting: choice})
    except ValueError:
        return False
    return True
