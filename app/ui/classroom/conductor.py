"""What the teacher does next, in one place on every page: one button, and the two keys of a clicker.

Ask, stop the vote and discuss, vote again, reveal, on to the next lesson of the plan.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.classroom import Host, games, polls
from app.classroom.games import Game
from app.classroom.polls import Phase, Poll
from app.ui import path, plan
from app.ui.classroom import asked, panel, plans, turning
from app.ui.classroom.database import database

_GO = "room_go_to"  # in the session state: the page that the last touch leads to


@dataclass(frozen=True)
class Deed:
    """One thing that a teacher may do: its words, its icon, and what does it."""

    words: str
    icon: str
    do: Callable[[], None]


def next_deed(host: Host, page: str) -> Deed:
    """Return what a teacher on this page does next."""
    if game := game_on(host, page):
        return _ended(host, game)
    lesson = lesson_of(host, page)
    offered = asked.here_offered(page)
    poll = polls.to_host(database(), host, lesson) if lesson else None
    if poll is None and offered is not None and page in path.NAMES:
        return Deed("Ask the class", ":material/front_hand:", lambda: asked.ask(host, offered))
    if poll is not None and poll.phase != "revealed":
        return _onward(host, poll)
    return _to(after(page))


def other_deeds(host: Host, page: str) -> list[Deed]:
    """Return what a teacher may do instead: reveal at once, or vote again where the plan has no time for it."""
    if game_on(host, page):
        return []
    lesson = lesson_of(host, page)
    poll = polls.to_host(database(), host, lesson) if lesson else None
    first = next_deed(host, page)
    if poll is None or poll.phase == "revealed":
        return [] if poll is not None or asked.here_offered(page) is None else [_to(after(page))]
    possible = {
        "first": (_turn(host, poll, "discuss"), _turn(host, poll, "revealed")),
        "discuss": (_turn(host, poll, "second"), _turn(host, poll, "revealed")),
        "second": (_turn(host, poll, "revealed"),),
    }
    return [deed for deed in possible[poll.phase] if deed.words != first.words]


def game_on(host: Host, page: str) -> Game | None:
    """Return the game that is on the host's screen."""
    return games.current(database(), host.code) if page == path.CLASSROOM.name else None


def lesson_of(host: Host, page: str) -> str | None:
    """Return the lesson whose question a page is about: on the page of the room, the one that was asked last."""
    return polls.lesson_asked(database(), host.code) if page == path.CLASSROOM.name else page


def after(page: str) -> path.Lesson:
    """Return what comes next: the plan's next lesson, after its end the page of the room, and from there its first."""
    minutes = plan.length()
    here = st.session_state.get("room_lesson", "") if page == path.CLASSROOM.name else page
    if here in (("recap", "about") if minutes else ("about",)):
        return path.CLASSROOM if page != path.CLASSROOM.name else path.planned(minutes)[0][0]
    return path.after(here, minutes) if here in path.NAMES else path.planned(minutes)[0][0]


def before(page: str) -> path.Lesson:
    """Return the lesson that came before, in the plan."""
    names = [stop.name for stop, _ in path.planned(plan.length())]
    here = st.session_state.get("room_lesson", "") if page == path.CLASSROOM.name else page
    return path.lesson(names[max(0, names.index(here) - 1)] if here in names else names[-1])


def stepped(host: Host, page: str, way: int) -> None:
    """Do what the clicker says: onward (1), which is the next deed, or back (-1), to the lesson before."""
    if way > 0:
        next_deed(host, page).do()
    elif way < 0:
        _to(before(page)).do()


def go() -> None:
    """Turn to the page that the last touch leads to, if any."""
    if name := st.session_state.pop(_GO, None):
        turning.turn(name)


def came_to(page: str) -> None:
    """Note where the teacher is in the plan."""
    if page in path.NAMES:
        st.session_state["room_lesson"] = page


def _onward(host: Host, poll: Poll) -> Deed:
    if poll.phase == "first":
        return _turn(host, poll, "discuss" if plans.votes_twice(plan.length(), poll.lesson) else "revealed")
    return _turn(host, poll, "second" if poll.phase == "discuss" else "revealed")


def _turn(host: Host, poll: Poll, phase: Phase) -> Deed:
    words, icon = {
        "discuss": ("Stop: discuss", ":material/forum:"),
        "second": ("Vote again", ":material/how_to_vote:"),
        "revealed": ("Reveal", ":material/visibility:"),
    }[phase]

    def do() -> None:
        with panel.saying_what_is_refused():
            polls.turn(database(), host, poll.lesson, phase)

    return Deed(words, icon, do)


def _ended(host: Host, game: Game) -> Deed:
    def do() -> None:
        with panel.saying_what_is_refused():
            (games.put_away if game.over else games.end)(database(), host)

    if game.over:
        return Deed("Put the board away", ":material/close:", do)
    return Deed("End the game", ":material/sports_score:", do)


def _to(stop: path.Lesson) -> Deed:
    def do() -> None:
        st.session_state[_GO] = stop.name

    if stop is path.CLASSROOM:
        return Deed("Back to the room", stop.icon, do)
    return Deed(f"Next: {stop.title}", ":material/arrow_forward:", do)
