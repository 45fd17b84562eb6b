"""Follow me: the teacher's page and settings on the students' screens; who turns elsewhere stays there until they come
back.
"""

import streamlit as st

from app.classroom import Host, Student, places
from app.classroom.places import Place
from app.lab.experiment import DEFAULT_PRESET
from app.ui import links, path
from app.ui.classroom import seat, turning
from app.ui.classroom.database import database

_FOLLOWED = "room_followed"  # in the session state: the teacher's move that this tab has followed
_AWAY = "room_away"  # whether this student turned elsewhere
_NOT_TAKEN = {*links.OF_THE_VISIT, links.FROM, links.CODE}  # of a link


def tell(host: Host, page: str) -> None:
    """Note where the teacher is, with which settings."""
    places.move(database(), host, page, shown(page))


def go_along(page: str) -> None:
    """Take a student along to where the teacher is; called before the page is drawn.

    Streamlit sets what is bound to the address only when it comes to a page: where the teacher changed a setting of the
    page that the student is on, they go there by way of the page of the room.
    """
    student = seat.here()
    place = places.place(database(), student.code) if isinstance(student, Student) else None
    if place is None or not place.follow or not _known(place.page):
        for name in (_FOLLOWED, _AWAY):
            st.session_state.pop(name, None)
        return
    if st.session_state.get(_AWAY):
        return
    if st.session_state.get(_FOLLOWED) == place.moved:
        if page != place.page:
            st.session_state[_AWAY] = True  # by themselves
        return
    if page == place.page and shown(page) != place.link:
        turning.turn("about" if page == path.CLASSROOM.name else path.CLASSROOM.name)
        return
    st.session_state[_FOLLOWED] = place.moved
    if page == place.page:
        turning.stay()
    else:
        turning.turn(place.page, place.link)


def away(student: Student) -> Place | None:
    """Return where the teacher is, if students are taken along and this one turned elsewhere."""
    place = places.place(database(), student.code)
    return place if place is not None and place.follow and st.session_state.get(_AWAY) else None


def is_taken_along(student: Student) -> bool:
    """Return whether this student goes where the teacher goes."""
    place = places.place(database(), student.code)
    return place is not None and place.follow and not st.session_state.get(_AWAY)


def leave() -> None:
    """Turn elsewhere: what the teacher does moves this student no more."""
    turning.stay()
    st.session_state[_AWAY] = True


def come_back() -> None:
    """Go along again, at once."""
    for name in (_FOLLOWED, _AWAY):
        st.session_state.pop(name, None)


def shown(page: str) -> dict[str, str]:
    """Return the settings of the page on the screen as a link says them: all that others need to see the same."""
    link = {name: value for name, value in st.query_params.items() if name not in _NOT_TAKEN}
    if links.has_settings(page) and page in path.NAMES:
        link.setdefault("preset", DEFAULT_PRESET)  # else a student's own settings would count
    return link


def _known(page: str) -> bool:
    return page in path.NAMES or page in ("start", path.CLASSROOM.name)
