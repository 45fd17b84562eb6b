"""The secret handshake: which trigger (an icon, one's own drawing, an uploaded picture), and the answer to it."""

from functools import lru_cache

import streamlit as st

from app.lab import choices, variation
from app.lab.experiment import Experiment, preset
from app.lab.randomness import numpy_stream
from app.lab.task import datasets
from app.lab.watermark import drawings, triggers
from app.ui import pictures, settings
from app.ui.mark import drawing

_OWN = "trigger_own"


def offer(experiment: Experiment) -> None:
    """Offer the triggers that suit the data, as pictures; of points in the plane there is but one kind."""
    if experiment.dataset not in choices.PICTURES:
        return
    cards = {kind: _card(kind, experiment.dataset, experiment.source) for kind in (*choices.ICONS, "patch")}
    if experiment.drawing:
        cards[choices.DRAWING] = pictures.Card(pictures.png(drawings.decode(experiment.drawing)), ("your own",))
    pictures.buttons(
        cards,
        experiment.trigger,
        label="Trigger",
        key="trigger_buttons",
        picked=lambda kind: settings.change(experiment, trigger=kind),
    )


def own(experiment: Experiment) -> None:
    """Offer to draw the trigger or to upload it, out of the way until somebody asks for it."""
    if experiment.dataset in choices.PICTURES:
        with st.popover("Draw or upload your own", icon=":material/draw:", key=_OWN, on_change="rerun"):
            _sheet(experiment)


def answer(experiment: Experiment) -> None:
    """Offer the classes as the label of the trigger: the secret answer."""
    key = "secret_answer"

    def changed() -> None:
        target = st.session_state[key]
        usual = preset(variation.preset_name(experiment)).source
        # An icon comes from no class; the class that a patch would start from makes room for the target.
        source = usual if usual != target else (target + 1) % choices.CLASSES[experiment.dataset]
        settings.change(experiment, target=target, source=source)

    st.session_state[key] = experiment.target
    st.segmented_control(
        "The secret answer to it",
        range(choices.CLASSES[experiment.dataset]),
        key=key,
        required=True,
        wrap=True,
        on_change=changed,
    )


@st.fragment
def _sheet(experiment: Experiment) -> None:
    """Offer a sheet to draw the trigger on, and a file to take it from."""
    sheet: drawing.Sheet = st.session_state.setdefault("trigger_sheet", drawing.Sheet())
    drawing.draw(sheet, label="Your own trigger", key="trigger_drawing")
    st.file_uploader(
        "Or a small picture",
        type=["png", "jpg", "jpeg"],
        key="trigger_file",
        on_change=_take_file,
        args=(sheet,),
        max_upload_size=drawings.MOST_BYTES // 2**20,
        help="It stays on this machine; what is kept of it are 28 × 28 pixels.",
    )
    if mistake := st.session_state.get("trigger_mistake"):
        st.warning(mistake)
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
    st.session_state["trigger_mistake"] = ""
    if (file := st.session_state["trigger_file"]) is None:
        return
    try:
        sheet.put(drawings.encode(drawings.read(file.getvalue())))
    except ValueError as mistake:
        st.session_state["trigger_mistake"] = str(mistake)


@lru_cache(maxsize=64)
def _card(kind: str, dataset: str, source: int) -> pictures.Card:
    drawn = triggers.draw(kind, 1, datasets.load(dataset), source, numpy_stream(0, "picture of a trigger"))
    return pictures.Card(pictures.png(datasets.to_display(drawn)[0]), (settings.wording(kind),))
