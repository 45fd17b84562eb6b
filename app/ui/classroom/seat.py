"""Which room this visitor is in, and as what: asked anew at every run, so that nobody acts on what is over.

A student is found by the name that their browser made up, a host by the key that their browser keeps: both survive a
restart of the server.
"""

import logging

import streamlit as st

from app import paths
from app.classroom import Host, Refused, Student, rooms
from app.ui import visit
from app.ui.classroom.database import database

_SEPARATOR = ":"  # in a key, between the room's code and its secret
_LAST = "room_last_in"  # in the session state: the room that this tab was in
_logger = logging.getLogger(__name__)


def here() -> Host | Student | None:
    """Return as what this visitor is in a room; None: in none."""
    browser, key = visit.browser(), visit.room_key()
    if (browser is None and not key) or not paths.rooms().exists():
        return None
    try:
        seat = _host(key) or (rooms.seat_of(database(), browser) if browser else None)
    except Refused as why:
        _logger.error("%s", why)
        return None
    if seat is not None:
        st.session_state[_LAST] = seat.code
    return seat


def address() -> str:
    """Return where the visitor asks from: a class is often behind one address."""
    return st.context.ip_address or "here"


def key_of(host: Host) -> str:
    """Return what the host's browser keeps, and what they type in on another device."""
    return f"{host.code}{_SEPARATOR}{host.secret}"


def sit_down(key: str) -> None:
    """Make this visitor the host of the room of which they have the key.

    Raises:
        Refused: if it is none.
    """
    code, _, secret = key.strip().partition(_SEPARATOR)
    visit.keep_room_key(key_of(rooms.host_of(database(), code, secret, address())))


def leave(student: Student) -> None:
    """Leave the room."""
    rooms.leave(database(), student)
    st.session_state.pop(_LAST, None)


def closed() -> str | None:
    """Return, once, the code of the room that this tab was in, if it is closed now."""
    code = st.session_state.get(_LAST)
    if code is None or (paths.rooms().exists() and rooms.is_open(database(), code)):
        return None
    del st.session_state[_LAST]
    return str(code)


def _host(key: str) -> Host | None:
    code, _, secret = key.partition(_SEPARATOR)
    if not secret:
        return None
    try:
        return rooms.host_of(database(), code, secret, address())
    except Refused:
        visit.keep_room_key("")  # it is over
        return None
