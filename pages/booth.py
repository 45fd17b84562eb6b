"""Booth: the heist plays by itself until somebody touches the screen; ``?booth=1`` at any address."""

import streamlit as st

from app.ui.booth import booth

booth.draw(st.context.url or "")
