"""Classroom: a teacher opens a room; a class joins by phone, votes, argues, votes again, and plays."""

from app.classroom import Host, Student
from app.ui import frame
from app.ui.classroom import entrance, host, seat, strip, student

frame.opening("classroom")
place = seat.here()
if isinstance(place, Host):
    host.draw(place)
elif isinstance(place, Student):
    student.draw(place)
else:
    entrance.draw()
strip.below("classroom")
