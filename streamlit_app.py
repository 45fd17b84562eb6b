"""The door: navigation and runtime; each page is a lesson of its own."""

from pathlib import Path

import streamlit as st

from app.ui.path import LESSONS

booth = st.query_params.get("booth") == "1"  # asked at any address; the booth never leaves it
PAGES = [
    st.Page("lessons/booth.py" if booth else "lessons/start.py", title="Start", default=True),
    *(st.Page("lessons/booth.py" if booth else stop.page, title=stop.title, url_path=stop.name) for stop in LESSONS),
]

page = st.navigation(PAGES, position="hidden" if booth else "top")
st.set_page_config(layout="wide", page_icon="assets/icon.png")
st.html(Path(__file__).parent / "app" / "ui" / "page.css")
page.run()
