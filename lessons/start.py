"""Start: the story in one picture, and a button."""

import streamlit as st

from app.ui import settings, story

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
    st.page_link(
        "lessons/heist.py", label="**Heist** · Which mark survives the theft? *3 min*", icon=":material/local_police:"
    )
    st.page_link(
        "lessons/entangle.py", label="**Entangle** · Where does the mark live? *5 min*", icon=":material/genetics:"
    )
    st.page_link("lessons/channel.py", label="**Channel** · What carries a mark? *3 min*", icon=":material/route:")
    st.page_link("lessons/tradeoff.py", label="**Trade-off** · What does it cost? *3 min*", icon=":material/balance:")
st.caption(
    "After Jia, Choquette-Choo, Chandrasekaran and Papernot, "
    "[Entangled Watermarks as a Defense against Model Extraction](https://arxiv.org/abs/2002.12200), 2020."
)
