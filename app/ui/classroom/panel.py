"""A room's question, drawn: for the host with the bars as they grow, for a student with what they may vote for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from app.classroom import Host, Refused, polls, rooms
from app.classroom.polls import Poll
from app.ui.classroom import charts, findings, pulse
from app.ui.classroom.database import database
from app.ui.markdown import escaped
from app.ui.plot.plot import plot

POLL_SECONDS = 0.5  # between two looks of a host at the votes
_REFUSED = "room_refused"  # in the session state: a sentence that is yet to be said
_COVERED = "room_bars_covered"
DISCUSS = "Now find somebody who said something else. Convince them."


@contextmanager
def saying_what_is_refused() -> Iterator[None]:
    """Do something in a room; what it refuses is said once, by :func:`say_what_was_refused`."""
    try:
        yield
    except Refused as why:
        st.session_state[_REFUSED] = str(why)


def say_what_was_refused() -> None:
    """Say, once, why the last thing was not done."""
    if sentence := st.session_state.pop(_REFUSED, None):
        st.warning(escaped(sentence))


def of_host(host: Host, lesson: str, words: str, *, large: bool = False) -> None:
    """Draw a question for the host, again and again while votes come.

    Args:
        host: of the room.
        lesson: whose question it is.
        words: the question, as the page has it, while it is not asked.
        large: whether it is the page's picture.
    """

    @st.fragment
    def growing() -> None:
        known = rooms.pulse(database(), host.code)
        try:
            poll, there = polls.to_host(database(), host, lesson), rooms.count_present(database(), host)
            pulse.listen(host, known, ("state", "votes"), key=f"room_votes_{lesson}", seconds=POLL_SECONDS)
        except Refused:  # it is closed
            st.rerun()
        if poll is None:
            st.markdown(f"**Ask the class.** {words}")
        else:
            _votes(poll, there, large=large)

    growing()


def _votes(poll: Poll, there: int, *, large: bool) -> None:
    if not large:
        st.markdown(poll.words)
    st.subheader(findings.headline(poll, there), anchor=False)
    if poll.phase in ("first", "second") and st.toggle("Cover the bars", key=_COVERED, persist_state="session"):
        return  # what others say sways
    if poll.phase == "discuss" and poll.tally is not None:
        st.caption(findings.advice(poll.tally))
    if not _voted_twice(poll):
        plot(charts.votes(poll), f"votes_{poll.lesson}", alt=findings.headline(poll, there))
        return
    bars, moves = st.columns(2, gap="medium") if large else (None, st.container())
    if bars is not None:
        with bars:
            plot(charts.votes(poll), f"votes_{poll.lesson}", alt=findings.headline(poll, there))
    with moves:
        _moves(poll)


def _voted_twice(poll: Poll) -> bool:
    """Return whether both votes are over, and somebody took part in both."""
    return poll.phase == "revealed" and poll.tally is not None and any(map(sum, poll.tally.moved))


def _moves(poll: Poll) -> None:
    st.markdown(f"**{findings.moved(poll)}**")
    plot(charts.moves(poll), f"moves_{poll.lesson}", alt=findings.moved(poll))


def of_student(poll: Poll, vote: Callable[[str], None]) -> None:
    """Draw a question for a student: what they may vote for, what they said, at the end what happened.

    Args:
        poll: as they may see it.
        vote: called with the option that they choose.
    """
    said = poll.said.get(2, poll.said.get(1))
    if poll.phase != "revealed":
        st.markdown(f"**{'The same question again.' if poll.round == 2 else 'What do you say?'}** {poll.words}")
    if poll.round is not None and poll.round not in poll.said:
        with st.container(key="room_vote", gap="xsmall"):
            for number, option in enumerate(poll.options):
                st.button(
                    escaped(option),
                    key=f"room_vote_{poll.lesson}_{poll.round}_{number}",
                    width="stretch",
                    on_click=vote,
                    args=(option,),
                )
    elif poll.phase == "revealed":
        _revealed(poll, said)
    elif poll.phase == "discuss":
        st.info(f"{_you_said(said)} {DISCUSS}", icon=":material/forum:")
    else:
        st.info(f"{_you_said(said)} Your teacher reveals what happened.", icon=":material/hourglass_top:")


def _revealed(poll: Poll, said: str | None) -> None:
    st.markdown(poll.words)
    if poll.answer is None:
        st.info(f"{_you_said(said)} Now see.", icon=":material/visibility:")
    elif said == poll.answer:
        st.success(f"{_you_said(said)} And so it was.", icon=":material/target:")
    else:
        st.info(f"{_you_said(said)} It was **{escaped(poll.answer)}**.", icon=":material/search:")
    finding = findings.said(poll)
    st.markdown(f"**{finding}**")
    if _voted_twice(poll):
        _moves(poll)
    else:
        plot(charts.votes(poll), f"votes_{poll.lesson}", alt=finding)


def _you_said(said: str | None) -> str:
    return "You did not vote." if said is None else f"You said **{escaped(said)}**."
