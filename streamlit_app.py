"""The door: navigation and runtime; each page is a lesson of its own."""

from pathlib import Path

import streamlit as st

PAGES = [
    st.Page("lessons/start.py", title="Start", default=True),
    st.Page("lessons/heist.py", title="Heist", url_path="heist"),
    st.Page("lessons/entangle.py", title="Entangle", url_path="entangle"),
    st.Page("lessons/channel.py", title="Channel", url_path="channel"),
    st.Page("lessons/tradeoff.py", title="Trade-off", url_path="tradeoff"),
]

page = st.navigation(PAGES, position="top")
st.set_page_config(layout="wide", page_icon="assets/icon.png")
st.html(Path(__file__).parent / "app" / "ui" / "page.css")
page.run()
