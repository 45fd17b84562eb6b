"""The door: navigation, the heading, and the page that was asked for; each page is a lesson of its own.

It imports nothing heavy, so that the heading is there while a fresh server still imports torch for the page itself.
"""

import streamlit as st

from app import paths
from app.ui.path import CLASSROOM, LESSONS, heading

booth = st.query_params.get("booth") == "1"  # asked at any address; the booth never leaves it
pages = [
    st.Page(paths.page("booth" if booth else "start"), title="Start", default=True),
    *(
        st.Page(paths.page("booth") if booth else stop.page, title=stop.title, url_path=stop.name)
        for stop in (*LESSONS, CLASSROOM)
    ),
]

page = st.navigation(pages, position="hidden" if booth else "top")
st.set_page_config(layout="wide", page_icon=str(paths.ASSETS / "icon.png"))
st.html(paths.PACKAGE / "ui" / "page.css")
if "room_last_in" in st.session_state:  # whoever is in a room may be taken along to where the teacher is
    from app.ui.classroom import follow

    follow.go_along(page.url_path or "start")
if not booth:
    st.title(heading(page.url_path), anchor=False)
page.run()
