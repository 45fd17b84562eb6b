"""Start: the story in one picture, and a button."""

import streamlit as st

from app.ui import path, settings, story

st.title("Steal a model. Then prove it was yours.", anchor=False)
experiment = settings.chosen()
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    if st.button("Play the heist", type="primary", icon=":material/play_arrow:", key="play"):
        st.switch_page("lessons/heist.py", query_params={"live": "start"})
    words = settings.wording(experiment.dataset)
    st.markdown(f"Three models train on {words}, here and now. That takes about twenty seconds.")
story.draw()
st.space("small")
with st.container(horizontal=True, gap="medium"):
    for stop in path.LESSONS:
        words = f"**{stop.title}** · {stop.question} *{stop.minutes} min*"
        st.page_link(stop.page, label=words, icon=stop.icon)
st.markdown(
    "After Jia, Choquette-Choo, Chandrasekaran and Papernot, "
    "[Entangled Watermarks as a Defense against Model Extraction](https://arxiv.org/abs/2002.12200), 2020."
)
