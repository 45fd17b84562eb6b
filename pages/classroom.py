"""Classroom: a teacher opens a room; a class joins by phone, votes, argues, votes again, and plays."""

import streamlit as st

from app.classroom import Host, Refused, Student
from app.ui import frame
from app.ui.classroom import entrance, host, seat, strip, student

frame.opening("classroom")
place = seat.here()
try:
    if isinstance(place, Host):
        host.draw(place)
    elif isinstance(place, Student):
        student.draw(place)
    else:
        entrance.draw()
except Refused:  # closed between two looks
    st.rerun()
strip.below("classroom")
