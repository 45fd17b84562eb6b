"""Start: the story in one picture, a button, and the path through the lessons."""

import streamlit as st

from app.ui import path, settings, visit
from app.ui.start import story

_DONE = {"": "", "seen": " · :material/visibility: seen", "predicted": " · :material/check_circle: predicted"}


def class_length() -> int | None:
    """Offer the lengths of a class, kept in the URL as ``minutes``; return the one in use."""
    lengths = {str(minutes): minutes for minutes in path.CLASSES}
    asked = st.query_params.get("minutes")
    if asked is not None and asked not in lengths:
        st.warning(f"The link asks for a class of {asked!r} minutes; there are plans for {', '.join(lengths)}.")

    def changed() -> None:
        st.query_params.pop("minutes", None)
        if (chosen := st.session_state["class_length"]) is not None:
            st.query_params["minutes"] = str(chosen)

    # The URL is the truth; the widget shows it.
    st.session_state["class_length"] = lengths.get(asked or "")
    return st.segmented_control(
        "A class of", list(lengths.values()), format_func="{} minutes".format, key="class_length", on_change=changed
    )


experiment = settings.chosen()
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    if st.button("Play the heist", type="primary", icon=":material/play_arrow:", key="play"):
        st.switch_page(path.lesson("heist").page, query_params={"live": "start"})
    words = settings.wording(experiment.dataset)
    st.markdown(f"Three models train on {words}, here and now. That takes about twenty seconds.")
story.draw()
plan = st.container()
stops = path.planned(class_length())
plan.subheader(f"The path: {len(stops)} lessons, {sum(minutes for _, minutes in stops)} minutes", anchor=False)
for number, (stop, minutes) in enumerate(stops, start=1):
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = f"{number}. **{stop.title}** · {minutes} min{_DONE[visit.progress(stop.name)]}"
        st.page_link(stop.page, label=label, icon=stop.icon)
        st.markdown(stop.question)
st.button(
    "Start over",
    icon=":material/restart_alt:",
    key="forget",
    on_click=visit.forget,
    help="Forget my predictions, my settings and how far I came.",
)
st.markdown(
    "After Jia, Choquette-Choo, Chandrasekaran and Papernot, "
    "[Entangled Watermarks as a Defense against Model Extraction](https://arxiv.org/abs/2002.12200), 2020."
)
