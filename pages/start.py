"""Start: the story in one picture, a button, and the path through the lessons."""

import streamlit as st

from app.ui import frame, live, path, plan, settings, visit
from app.ui.classroom import strip
from app.ui.start import findings as start_findings
from app.ui.start import story

_DONE = {"": "", "seen": " · :material/visibility: seen", "predicted": " · :material/check_circle: predicted"}


def class_length() -> int | None:
    """Offer the lengths of a class; return the one in use."""
    key = "class_length"
    st.session_state[key] = plan.length()
    return st.segmented_control(
        "A class of",
        list(path.CLASSES),
        format_func="{} minutes".format,
        key=key,
        on_change=lambda: plan.choose(st.session_state[key]),
    )


experiment = settings.chosen("start")
frame.opening("start")
with frame.picture("story"):
    story.draw()
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    if st.button("Play the heist", type="primary", icon=":material/play_arrow:", key="play"):
        st.switch_page(path.lesson("heist").page, query_params={**settings.of_a_link(experiment), "live": "start"})
    words = settings.wording(experiment.dataset)
    known = live.on_record(experiment)
    ended = None if known is None else live.finished(known).finished
    takes = "" if ended is None else f" That takes {start_findings.about(ended.seconds)}."
    st.markdown(f"Three models train on {words}, here and now.{takes}")
    st.page_link(path.CLASSROOM.page, label="Join a class, or teach one", icon=path.CLASSROOM.icon)
title = st.container()
stops = path.planned(class_length())
title.subheader(start_findings.length(stops), anchor=False)
for number, (stop, minutes) in enumerate(stops, start=1):
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        place = "" if stop.name in path.CLOSING else f"{number}. "
        label = f"{place}**{stop.title}** · {minutes} min{_DONE[visit.progress(stop.name)]}"
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
    "[Entangled Watermarks as a Defense against Model Extraction](https://arxiv.org/abs/2002.12200), 2021."
)
strip.below("start")
