"""A visitor's own pictures as the data: chosen as a zip archive, read within limits, gone with the visit."""

import streamlit as st

from app.lab import choices, own_pictures, picture_files
from app.lab.experiment import Experiment, on_own_data
from app.ui import settings, upload, visit
from app.ui.markdown import escaped

_KEY = "own_data_file"
_MISTAKE = "own_data_mistake"


def offer() -> None:
    """Offer to choose a zip archive of pictures, out of the way until somebody asks for it; they are then the data."""
    with st.popover("Your own pictures", icon=":material/photo_library:", key="own_pictures"):
        upload.uploader(
            f"A zip archive with one folder a class, at most {own_pictures.MOST_PACKED // 2**20} MB",
            key=_KEY,
            on_change=_take,
            help=f"{own_pictures.LEAST} to {own_pictures.MOST:,} pictures of 2 to {choices.ALL_CLASSES} "
            f"classes ({', '.join(picture_files.FORMATS)}). They become grey, 28 × 28, white on black.",
        )
        st.caption(
            "They go to the machine that runs this app, for this visit, and nowhere else: deleted when you start over, "
            "or an hour after their last use."
        )
        if mistake := st.session_state.get(_MISTAKE):
            st.warning(escaped(mistake))


def _take() -> None:
    """Make the chosen pictures the data; after those that are refused, no earlier ones are."""
    st.session_state[_MISTAKE] = ""
    if (file := st.session_state[_KEY]) is None:
        return
    try:
        dataset = own_pictures.keep(own_pictures.from_zip(file.getvalue()))
    except ValueError as mistake:
        st.session_state[_MISTAKE] = str(mistake)
        if choices.is_own(visit.here().data.get("dataset", "")):
            settings.choose(Experiment())
        return
    visit.here().own_data.add(dataset)
    settings.choose(on_own_data(dataset))
