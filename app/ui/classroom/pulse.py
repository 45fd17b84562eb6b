"""How a page in a room hears that something changed there: its browser asks for three numbers, each second or so.

Not by the timer of a fragment: a timer that ticks while the server turns to another page brings the page before back,
empty (Streamlit 1.67), and each tick would run a script. Here, a look is one row of a table, and a script runs only
when a number has changed.
"""

from collections.abc import Sequence
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import paths
from app.classroom import Host, Student, rooms
from app.classroom.rooms import Pulse
from app.ui.classroom.database import database

Counted = Literal["state", "votes", "board"]
_HEADERS = {"Cache-Control": "no-store"}
_ADDRESS = "room/pulse"
A_STUDENT = 0.035  # seconds: what the server needs to draw a student's page anew
A_LOOK = 0.02  # seconds between two looks, for each student: however large a class is, it looks fifty times a second


def listen(
    who: Host | Student,
    known: Pulse | None,
    watched: Sequence[Counted],
    *,
    key: str,
    seconds: float,
    link: bool = False,
) -> None:
    """Draw the page anew, or the fragment in which this stands, when something changes in the room.

    Of a class, not all at once: each student waits a random while, all together as long as the server needs for them,
    and a large class looks less often. Else who votes early would wait for the pages of the others.

    Args:
        who: is in it.
        known: the numbers as they were before what is drawn was read.
        watched: which of them matter.
        key: of the component.
        seconds: between two looks, in a small class.
        link: whether a change of the address matters as well.

    Raises:
        Refused: if they are not in it, or it is closed.
    """
    numbers = None if known is None else {name: getattr(known, name) for name in watched}
    students = rooms.size(database(), who.code) if isinstance(who, Student) else 0
    _mounted(
        key,
        max(seconds, A_LOOK * students),
        {
            "address": f"{_ADDRESS}/{rooms.ear(database(), who)}",
            "known": numbers,
            "link": link,
            "within": round(1000 * A_STUDENT * students),
        },
    )


def again(*, key: str, seconds: float) -> None:
    """Draw the page anew, or the fragment in which this stands, after some seconds, whatever happens."""
    _mounted(key, seconds, {"address": None, "known": None, "link": False, "within": 0})


def _mounted(key: str, seconds: float, data: dict[str, Any]) -> None:
    import streamlit as st  # the route does without them

    from app.ui.components import component

    with st.container(key=f"{key}_ear", gap=None):  # which takes no room: see page.css
        component("classroom/pulse")(
            key=key, data={**data, "every": round(1000 * seconds)}, on_heard_change=lambda: None
        )


async def _answer(request: Request) -> Response:
    found = rooms.heard(database(), request.path_params["ear"]) if paths.rooms().exists() else None
    if found is None:
        return Response(status_code=204, headers=_HEADERS)  # not 404, which a browser reports as a fault of the page
    return JSONResponse({"state": found.state, "votes": found.votes, "board": found.board}, headers=_HEADERS)


ROUTE = Route(f"/{_ADDRESS}/{{ear}}", _answer)
