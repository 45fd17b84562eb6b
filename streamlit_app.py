"""The entry: ``streamlit run streamlit_app.py`` finds the app here, and the app finds its door.

The entry is not the door itself: a folder ``pages/`` beside the script that a server runs becomes Streamlit's own,
older navigation as soon as the first request is a deep link, for every later visitor too.
"""

import streamlit as st

from app import environment, paths
from app.ui import health
from app.ui.classroom import pulse
from app.ui.plot import library
from app.ui.warm_up import warm_up

environment.read_or_exit()
app = st.App(paths.DOOR, lifespan=warm_up, routes=[library.ROUTE, health.ROUTE, pulse.ROUTE])
