"""Cousins: the trick of a watermark, in the hands of others."""

import streamlit as st

from app.ui import frame, links, question
from app.ui.cousins import views

frame.opening("cousins")
predicted = question.about("cousins")
picture, beside = frame.stage("cousins")
with beside:
    cousin = st.segmented_control(
        "The cousin",
        list(views.COUSINS),
        default="Backdoor",
        required=True,
        key="cousin",
        bind=links.one_of("cousin", views.COUSINS, "Backdoor"),
    )
views.COUSINS[cousin](predicted, picture, beside)
frame.onward("cousins")
