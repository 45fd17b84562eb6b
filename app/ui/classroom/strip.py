"""What whoever is in a room has at the foot of every page: the host what to do next, a student the way to the vote."""

import streamlit as st

from app.classroom import Host, Refused, Student, games, places, polls, rooms
from app.ui import path
from app.ui.classroom import conductor, follow, panel, plans, pulse, seat
from app.ui.classroom.database import database
from app.ui.components import component
from app.ui.markdown import escaped

_STUDENT_SECONDS, _HOST_SECONDS = 1.0, 0.5  # between two looks: each one row of a table
_FOLLOW = "Students' screens show your page and settings. Who looks around alone comes back by a touch."
_KEYS = "Page Down, or onward on a clicker, does the same; Page Up is the lesson before."
_TITLES = {"start": "Start", path.CLASSROOM.name: path.CLASSROOM.title}


def above(page: str) -> None:
    """Do what comes before the page with this name: turn to where the last touch leads, say what was refused."""
    place = seat.here()
    if place is None:
        if page != path.CLASSROOM.name and (code := seat.closed()):
            st.info(f"The room {code} is closed.", icon=path.CLASSROOM.icon)
        return
    if isinstance(place, Host):
        conductor.go()
        conductor.came_to(page)
    else:
        try:
            _of_student(place, page)
        except Refused:  # closed between two looks
            st.rerun()
    panel.say_what_was_refused()


def below(page: str) -> None:
    """Draw what a host does next, at the end of the page: it depends on what the page asks."""
    place = seat.here()
    if not isinstance(place, Host):
        return
    try:
        _of_host(place, page)
    except Refused:  # closed between two looks
        st.rerun()


def _of_host(host: Host, page: str) -> None:
    with st.container(key="room_strip", horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(path.CLASSROOM.page, label=f"**{host.code}**", icon=path.CLASSROOM.icon)
        with st.container(key="room_counts"):
            _watching(host, page)
        _notes(page)
        st.session_state["room_follow"] = _follows(host)
        st.toggle("Follow me", key="room_follow", help=_FOLLOW, on_change=_take_along, args=(host, page))
        for deed in conductor.other_deeds(host, page):
            st.button(deed.words, icon=deed.icon, key=f"room_{deed.words}", on_click=deed.do)
        deed = conductor.next_deed(host, page)
        st.button(deed.words, icon=deed.icon, key="room_next", type="primary", help=_KEYS, on_click=deed.do)
    with st.container(key="room_keys", gap=None):  # which take no room: see page.css
        component("classroom/clicker")(
            key="room_clicker",
            data={},
            on_stepped_change=lambda: conductor.stepped(host, page, int(st.session_state["room_clicker"].stepped or 0)),
        )


def _notes(page: str) -> None:
    """What the host has beside this step of the plan."""
    notes = plans.NOTES.get(page)
    if notes is None:
        return
    with st.popover("Notes", icon=":material/sticky_note_2:"):
        for number, one in enumerate(notes.do, 1):
            st.markdown(f"{number}. {one}")
        st.markdown(f"**{notes.ask}** {notes.answer}")


def _watching(host: Host, page: str) -> None:
    """Say how many are there and have voted; note where the teacher is; follow what they do on another device."""
    drawn, _ = _counts(host, page)

    @st.fragment
    def looking() -> None:
        follow.tell(host, page)
        known = rooms.pulse(database(), host.code)
        try:
            phase, words = _counts(host, page)
            pulse.listen(host, known, ("state", "votes"), key="room_host_pulse", seconds=_HOST_SECONDS, link=True)
        except Refused:  # it is closed
            st.rerun()
        if phase != drawn:
            st.rerun()
        st.caption(words)

    looking()


def _counts(host: Host, page: str) -> tuple[str | None, str]:
    """Return the phase of the question that this page is about, and how many are there or have voted."""
    there = rooms.count_present(database(), host)
    lesson = conductor.lesson_of(host, page)
    poll = polls.to_host(database(), host, lesson) if lesson else None
    if poll is None or poll.tally is None or poll.round is None:
        return None if poll is None else poll.phase, f"{there} here"
    return poll.phase, f"{sum(poll.tally.first if poll.round == 1 else poll.tally.second)} of {there} voted"


def _follows(host: Host) -> bool:
    place = places.place(database(), host.code)
    return place is not None and place.follow


def _take_along(host: Host, page: str) -> None:
    with panel.saying_what_is_refused():
        follow.tell(host, page)
        places.take_along(database(), host, bool(st.session_state["room_follow"]))


def _of_student(student: Student, page: str) -> None:
    known = rooms.pulse(database(), student.code)
    with st.container(key="room_strip", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="room_counts"):
            st.caption(f"**{student.code}** · {escaped(student.nickname)}")
        if page == path.CLASSROOM.name:
            st.button("Leave", key="room_leave", type="tertiary", on_click=_leave, args=(student,))
        elif (lesson := polls.lesson_asked(database(), student.code)) != page:
            st.page_link(path.CLASSROOM.page, label=_calls(student, lesson), icon=path.CLASSROOM.icon)
        if there := follow.away(student):
            title = _TITLES.get(there.page) or path.lesson(there.page).title
            st.button(f"Teacher: {title}", icon=":material/undo:", key="room_back", on_click=follow.come_back)
        elif follow.is_taken_along(student):
            st.button("Look around", key="room_leave_teacher", on_click=follow.leave)
    pulse.listen(student, known, ("state",), key="room_student_pulse", seconds=_STUDENT_SECONDS)


def _leave(student: Student) -> None:
    with panel.saying_what_is_refused():
        seat.leave(student)


def _calls(student: Student, lesson: str | None) -> str:
    """Return what there is for a student on the page of the room."""
    poll = polls.to_student(database(), student, lesson) if lesson else None
    if poll is not None and poll.round is not None and poll.round not in poll.said:
        return "Vote now"
    game = games.current(database(), student.code)
    return "Play" if game is not None and not game.over else "The room"
