"""The question of a lesson as it stands in the room that the visitor is in: what they may do, see and say there."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.classroom import Host, Refused, Student, polls
from app.classroom.polls import Poll
from app.ui.classroom import panel, seat
from app.ui.classroom.database import database

_OFFERED = "room_question"  # in the session state: the question of the page that the host is on
_REFUSED = "room_refused"


@dataclass(frozen=True)
class Offered:
    """A question that the host may ask the room, as the page in front of them has it."""

    lesson: str
    words: str
    options: tuple[str, ...]
    happened: str | None


@dataclass(frozen=True)
class AskedInRoom:
    """The question of a lesson in a room.

    Attributes:
        lesson: its name.
        seat: as what the visitor is there.
        poll: the question as they may see it; None: it was not asked yet.
    """

    lesson: str
    seat: Host | Student
    poll: Poll | None

    @property
    def sealed(self) -> bool:
        """Whether the answer is to be kept back: until the teacher reveals it."""
        return self.poll is None or self.poll.phase != "revealed"

    @property
    def open(self) -> bool:
        """Whether this visitor may vote now."""
        if isinstance(self.seat, Host) or self.poll is None or self.poll.round is None:
            return False
        return self.poll.round not in self.poll.said

    @property
    def said(self) -> str | None:
        """What the visitor said last."""
        return None if self.poll is None else self.poll.said.get(2, self.poll.said.get(1))

    @property
    def answer(self) -> str | None:
        """What happened, once that is revealed."""
        return None if self.poll is None else self.poll.answer

    def draw(self, words: str, options: Sequence[str], happened: str | None) -> None:
        """Draw the question in its place on the page.

        Args:
            words: the question in the setting of this page.
            options: what may be voted for.
            happened: what it answers, once that is known.
        """
        with st.container(key=f"vote_{self.lesson}_of_{len(options)}", gap="xsmall"):
            if isinstance(self.seat, Host):
                offer(Offered(self.lesson, words, tuple(options), happened))
                # Of the setting in which it was asked: what the teacher turns to afterwards changes no answer.
                if self.poll is not None and self.poll.answer is None and happened is not None:
                    with panel.saying_what_is_refused():
                        polls.answered(database(), self.seat, self.lesson, happened)
                panel.of_host(self.seat, self.lesson, words)
            elif self.poll is None:
                st.markdown(f"**The class's question.** {words}")
                st.caption("Your teacher asks it when it is time.")
            else:
                panel.of_student(self.poll, self.vote)

    def vote(self, option: str) -> None:
        """Count the visitor's vote; what is refused is said once."""
        if isinstance(self.seat, Host) or self.poll is None or self.poll.round is None:
            return
        vote(self.seat, self.poll, option)

    def reveal(self) -> None:
        """Show everybody the answer, if the visitor is the teacher; else nothing."""
        if isinstance(self.seat, Host):
            if self.poll is None and (offered := here_offered(self.lesson)):
                ask(self.seat, offered)
            with panel.saying_what_is_refused():
                polls.turn(database(), self.seat, self.lesson, "revealed")


def here(lesson: str) -> AskedInRoom | None:
    """Return a lesson's question in the room that the visitor is in; None: they are in none."""
    place = seat.here()
    try:
        if isinstance(place, Host):
            return AskedInRoom(lesson, place, polls.to_host(database(), place, lesson))
        if isinstance(place, Student):
            return AskedInRoom(lesson, place, polls.to_student(database(), place, lesson))
    except Refused:  # closed between two looks
        pass
    return None


def vote(student: Student, poll: Poll, option: str) -> None:
    """Count a student's vote for one of the options of a poll, in the round in which they saw it."""
    if option in poll.options and poll.round is not None:
        with panel.saying_what_is_refused():
            polls.vote(database(), student, poll.lesson, poll.round, poll.options.index(option))


def offer(offered: Offered) -> None:
    """Note which question the page in front of the host has."""
    st.session_state[_OFFERED] = offered


def here_offered(lesson: str) -> Offered | None:
    """Return the question of this lesson, if the page in front of the host has it."""
    offered: Offered | None = st.session_state.get(_OFFERED)
    return offered if offered is not None and offered.lesson == lesson else None


def ask(host: Host, offered: Offered) -> None:
    """Ask the room what the page in front of the host asks."""
    with panel.saying_what_is_refused():
        polls.ask(database(), host, offered.lesson, offered.words, offered.options, offered.happened)
