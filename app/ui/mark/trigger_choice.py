"""The secret handshake: which trigger (an icon, one's own drawing, an uploaded picture), and the answer to it."""

from functools import lru_cache

import streamlit as st

from app.lab import choices, picture_files, variation
from app.lab.experiment import Experiment
from app.lab.randomness import numpy_stream
from app.lab.task import datasets
from app.lab.watermark import drawings, triggers
from app.ui import pictures, settings, upload
from app.ui.mark import drawing
from app.ui.markdown import escaped

_OTHERS = "trigger_others"
_OWN = "trigger_own"
_FROM_FILE = "trigger_from_file"  # what the last picture that was uploaded became


def offer(experiment: Experiment) -> None:
    """Offer the triggers that suit the data, and a sheet for one's own; of points there is but one kind."""
    if choices.FORMS[experiment.dataset] != "picture":
        return
    with st.popover("Another trigger", icon=":material/category:", key=_OTHERS, on_change="rerun"):
        _known(experiment)
    with st.popover("Draw or upload your own", icon=":material/draw:", key=_OWN, on_change="rerun"):
        _sheet(experiment)


def card(experiment: Experiment) -> pictures.Card:
    """Return the chosen trigger as a picture with its name."""
    if experiment.trigger == choices.DRAWING:
        return _drawn(experiment.drawing)
    return _card(experiment.trigger, experiment.dataset, experiment.source)


def answer(experiment: Experiment) -> None:
    """Offer the classes as the label of the trigger: the secret answer."""
    key = "secret_answer"
    st.session_state[key] = experiment.target
    st.selectbox(
        "The secret answer to it",
        range(choices.CLASSES[experiment.dataset]),
        format_func=lambda label: choices.class_name(experiment.dataset, label),
        key=key,
        width=200,
        on_change=lambda: pick(experiment, st.session_state[key]),
    )


def pick(experiment: Experiment, target: int) -> None:
    """Make a class the secret answer; the class that a patch would start from makes room for it."""
    settings.change(experiment, target=target, source=variation.with_target(experiment, target).source)


def _known(experiment: Experiment) -> None:
    """Offer the triggers that the app brings along, as pictures, and the visitor's own drawing, once there is one."""
    cards = {kind: _card(kind, experiment.dataset, experiment.source) for kind in (*choices.ICONS, "patch")}
    if experiment.drawing:
        cards[choices.DRAWING] = _drawn(experiment.drawing)

    def picked(kind: str) -> None:
        settings.change(experiment, trigger=kind)
        st.session_state[_OTHERS] = False  # the popover closes

    pictures.buttons(cards, experiment.trigger, label="Trigger", key="trigger_buttons", picked=picked)


@st.fragment
def _sheet(experiment: Experiment) -> None:
    """Offer a sheet to draw the trigger on, and a file to take it from; all of it fits a screen."""
    sheet: drawing.Sheet = st.session_state.setdefault("trigger_sheet", drawing.Sheet())
    with st.container(key="own_trigger"):  # its two halves: see page.css
        with st.container(key="own_trigger_sheet"):
            drawing.draw(sheet, label="Your own trigger", key="trigger_drawing")
        with st.container():
            upload.uploader(
                f"Or a picture, at most {picture_files.MOST_BYTES // 2**20} MB",
                key="trigger_file",
                on_change=_take_file,
                args=(sheet,),
                help=f"{', '.join(picture_files.FORMATS)}; what a run keeps of it are 28 × 28 pixels.",
            )
            st.caption(upload.WHERE)
            if mistake := st.session_state.get("trigger_mistake"):
                st.warning(escaped(mistake))
            if st.button(
                "Use it as the trigger",
                type="primary",
                key="use_drawing",
                disabled=choices.is_blank(sheet.text),
                on_click=_use,
                args=(experiment, sheet),
            ):
                st.rerun()  # of the page, not of this part of it alone


def _use(experiment: Experiment, sheet: drawing.Sheet) -> None:
    settings.change(experiment, trigger=choices.DRAWING, drawing=sheet.text)
    st.session_state[_OWN] = False  # the popover closes


def _take_file(sheet: drawing.Sheet) -> None:
    """Put an uploaded picture on the sheet; one that is refused or taken away leaves nothing of the one before."""
    st.session_state["trigger_mistake"] = ""
    if sheet.text == st.session_state.get(_FROM_FILE):
        sheet.put("")
    if (file := st.session_state["trigger_file"]) is None:
        return
    try:
        sheet.put(drawings.encode(drawings.read(file.getvalue())))
        st.session_state[_FROM_FILE] = sheet.text
    except ValueError as mistake:
        st.session_state["trigger_mistake"] = str(mistake)


def _drawn(drawing: str) -> pictures.Card:
    return pictures.Card(pictures.png(drawings.decode(drawing)), ("your own",))


@lru_cache(maxsize=64)
def _card(kind: str, dataset: str, source: int) -> pictures.Card:
    drawn = triggers.draw(kind, 1, datasets.load(dataset), source, numpy_stream(0, "picture of a trigger"))
    return pictures.Card(pictures.png(datasets.to_display(drawn)[0]), (settings.wording(kind),))
