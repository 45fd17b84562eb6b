"""The way into a room: a code and a nickname for a student, one button for whoever opens a room, a key for its host."""

import streamlit as st

from app.classroom import codes, nicknames, rooms
from app.ui import links, path, visit
from app.ui.classroom import panel, seat
from app.ui.classroom.database import database

_CODE, _NICKNAME, _OWN_KEY = "room_code", "room_nickname", "room_own_key"  # of the fields


def draw() -> None:
    """Draw the way in; for somebody with a link, only what they still have to say."""
    if code := seat.closed():
        st.info(f"The room {code} is closed.", icon=path.CLASSROOM.icon)
    panel.say_what_was_refused()
    asked = _asked_for()
    if visit.browser() is None:
        st.caption("One moment: your browser says who you are.")
    with st.container(key="room_doors"):
        with st.container(key="room_join", border=True):
            st.subheader(f"Join {asked}" if asked else "Join a room", anchor=False)
            _join(asked)
        if asked is None:
            with st.container(key="room_open", border=True):
                st.subheader("Teach", anchor=False)
                _open()


def _join(asked: str | None) -> None:
    with st.form("room_joining", border=False):
        if asked is None:
            st.text_input("The code on your teacher's screen", key=_CODE, max_chars=16, placeholder="six letters")
        st.text_input("A nickname", key=_NICKNAME, max_chars=nicknames.LONGEST, placeholder="the class sees it")
        st.form_submit_button("Join", type="primary", width="stretch", on_click=_joined, args=(asked,))
    st.caption("No account, and nothing is kept: the room forgets you when it closes, after a day at the latest.")


def _open() -> None:
    st.button("Open a room", type="primary", icon=path.CLASSROOM.icon, key="room_host", on_click=_opened)
    st.markdown(
        "Your class joins by phone. You ask each lesson's question, they vote, argue, vote again; you reveal. And two "
        "games against each other."
    )
    with st.expander("I have the key of a room"):
        st.text_input("The host's key, from the screen on which the room was opened", key=_OWN_KEY, type="password")
        st.button("Sit down", key="room_sit_down", on_click=_sat_down)


def _asked_for() -> str | None:
    """Return the code that the link asks for; one that cannot be is put aside with a sentence."""
    given = st.query_params.get(links.CODE)
    if given is None:
        return None
    code = codes.parsed(given)
    if code is None:
        links.refuse(links.CODE, given, f"must be {codes.LENGTH} letters of a room", "the way in")
        del st.query_params[links.CODE]
    return code


def _joined(asked: str | None) -> None:
    browser = visit.browser()
    if browser is None:
        return
    code, nickname = asked or str(st.session_state.get(_CODE, "")), str(st.session_state[_NICKNAME])
    with panel.saying_what_is_refused():
        rooms.join(database(), code, nickname, browser, seat.address())
        st.query_params.pop(links.CODE, None)


def _opened() -> None:
    browser = visit.browser()
    if browser is None:
        return
    with panel.saying_what_is_refused():
        visit.keep_room_key(seat.key_of(rooms.open_room(database(), browser, seat.address())))


def _sat_down() -> None:
    with panel.saying_what_is_refused():
        seat.sit_down(str(st.session_state[_OWN_KEY]))
