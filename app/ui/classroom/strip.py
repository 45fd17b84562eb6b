"""What whoever is in a room has at the foot of every page: the host what to do next, a student the way to the vote."""

from dataclasses import dataclass

import streamlit as st

from app.classroom import Host, Refused, Student, games, places, polls, rooms
from app.classroom.rooms import Pulse
from app.ui import path
from app.ui.classroom import conductor, follow, panel, seat
from app.ui.components import component
from app.ui.markdown import escaped

_STUDENT_SECONDS, _HOST_SECONDS = 1.0, 0.5  # between two looks: each one row of a table
_TITLES = {"start": "Start", path.CLASSROOM.name: path.CLASSROOM.title}


@dataclass
class _Seen:
    """What the host's strip showed last: how the room was, which phase its question was in, and the words for it."""

    pulse: Pulse | None
    phase: str | None
    words: str


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
        _of_student(place, page)
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
        st.session_state["room_follow"] = _follows(host)
        st.toggle("Follow me", key="room_follow", on_change=_take_along, args=(host, page))
        for deed in conductor.other_deeds(host, page):
            st.button(deed.words, icon=deed.icon, key=f"room_{deed.words}", on_click=deed.do)
        deed = conductor.next_deed(host, page)
        st.button(deed.words, icon=deed.icon, key="room_next", type="primary", on_click=deed.do)
    with st.container(key="room_keys", gap=None):  # which take no room: see page.css
        component("classroom/clicker")(
            key="room_clicker",
            data={},
            on_stepped_change=lambda: conductor.stepped(host, page, int(st.session_state["room_clicker"].stepped or 0)),
        )


def _watching(host: Host, page: str) -> None:
    """Say how many are there and have voted; note where the teacher is; follow what they do on another device."""
    seen = _Seen(rooms.pulse(seat.database(), host.code), *_counts(host, page))

    @st.fragment(run_every=_HOST_SECONDS)
    def looking() -> None:
        follow.tell(host, page)
        pulse = rooms.pulse(seat.database(), host.code)
        if pulse is None:
            st.rerun()
        if pulse != seen.pulse:
            phase, words = _counts(host, page)
            if phase != seen.phase:
                st.rerun()
            seen.pulse, seen.words = pulse, words
        st.caption(seen.words)

    looking()


def _counts(host: Host, page: str) -> tuple[str | None, str]:
    """Return the phase of the question that this page is about, and how many are there or have voted."""
    there = rooms.count_present(seat.database(), host)
    lesson = conductor.lesson_of(host, page)
    poll = polls.to_host(seat.database(), host, lesson) if lesson else None
    if poll is None or poll.tally is None or poll.round is None:
        return None if poll is None else poll.phase, f"{there} here"
    return poll.phase, f"{sum(poll.tally.first if poll.round == 1 else poll.tally.second)} of {there} voted"


def _follows(host: Host) -> bool:
    place = places.place(seat.database(), host.code)
    return place is not None and place.follow


def _take_along(host: Host, page: str) -> None:
    with panel.saying_what_is_refused():
        follow.tell(host, page)
        places.take_along(seat.database(), host, bool(st.session_state["room_follow"]))


def _of_student(student: Student, page: str) -> None:
    drawn = rooms.pulse(seat.database(), student.code)

    @st.fragment(run_every=_STUDENT_SECONDS)
    def listening() -> None:
        pulse = rooms.pulse(seat.database(), student.code)
        if pulse is None or drawn is None or pulse.state != drawn.state:
            st.rerun()  # the page: the teacher asked, revealed, moved on, or closed the room

    with st.container(key="room_strip", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="room_counts"):
            st.caption(f"**{student.code}** · {escaped(student.nickname)}")
        if page == path.CLASSROOM.name:
            st.button("Leave", key="room_leave", type="tertiary", on_click=_leave, args=(student,))
        elif (lesson := polls.lesson_asked(seat.database(), student.code)) != page:
            st.page_link(path.CLASSROOM.page, label=_calls(student, lesson), icon=path.CLASSROOM.icon)
        if there := follow.away(student):
            title = _TITLES.get(there.page) or path.lesson(there.page).title
            st.button(f"Teacher: {title}", icon=":material/undo:", key="room_back", on_click=follow.come_back)
        elif follow.is_taken_along(student):
            st.button("Look around", key="room_leave_teacher", on_click=follow.leave)
        listening()


def _leave(student: Student) -> None:
    with panel.saying_what_is_refused():
        rooms.leave(seat.database(), student)


def _calls(student: Student, lesson: str | None) -> str:
    """Return what there is for a student on the page of the room."""
    poll = polls.to_student(seat.database(), student, lesson) if lesson else None
    if poll is not None and poll.round is not None and poll.round not in poll.said:
        return "Vote now"
    game = games.current(seat.database(), student.code)
    return "Play" if game is not None and not game.over else "The room"
