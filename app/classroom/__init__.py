"""A class in one room: rooms, polls, the teacher's place, games; kept in SQLite, so that a restart loses nothing.

It imports no Streamlit and trains nothing. Whoever asks shows who they are: a host by the room's secret, a student by
the name that their browser made up; nothing here is done for anybody else, and no function returns what the one who
asks may not see. What cannot be is :class:`Refused`, in one sentence for the person.
"""

from app.classroom.database import Database
from app.classroom.refused import Refused
from app.classroom.rooms import Host, Student

__all__ = ["Database", "Host", "Refused", "Student"]
