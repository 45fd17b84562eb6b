"""The page of the room as a student has it on a phone: the question, large; after it what became of it."""

import streamlit as st

from app.classroom import Student, games, polls
from app.ui import frame
from app.ui.classroom import asked, panel, playing
from app.ui.classroom.database import database
from app.ui.markdown import escaped


def draw(student: Student) -> None:
    """Draw the room for one of its students."""
    lesson = polls.lesson_asked(database(), student.code)
    poll = polls.to_student(database(), student, lesson) if lesson else None
    game = games.current(database(), student.code)
    with frame.picture("room"):
        if game is not None:
            playing.of_student(student, game)
        elif poll is None:
            st.subheader(f"You are in, {escaped(student.nickname)}", anchor=False)
            st.markdown("Look at the teacher's screen. The first question comes here.")
        else:
            panel.of_student(poll, lambda option: asked.vote(student, poll, option))
