"""Predict first: the one question of a lesson, asked beside its picture; its first answer closes it, all then plays.

In a room for a class it is the room's question: there, it is asked, voted on and revealed when the teacher says so.
"""

import weakref
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.runs.job import Job
from app.ui import visit
from app.ui.classroom import asked
from app.ui.classroom.asked import AskedInRoom

OF_ANOTHER = "That was asked of another setting than the picture now shows."


@dataclass
class Question:
    """The question of one lesson to this visitor, and what became of it; see :func:`about`.

    Attributes:
        lesson: its name.
        words: what was asked, in the setting in which it was last open.
        prediction: what the visitor said.
        happened: what was seen to happen, in the setting in which it was first seen.
        revealed: whether the visitor asked for the answer without a prediction.
        watched: the run that they saw happen.
        room: the question as it stands in the room that the visitor is in; None: they are in none.
    """

    lesson: str
    words: str = ""
    prediction: str | None = None
    happened: str | None = None
    revealed: bool = False
    watched: "weakref.ref[Job] | None" = None  # a visit is kept for longer than its runs
    room: AskedInRoom | None = None

    @property
    def open(self) -> bool:
        """Whether the visitor may still predict."""
        if self.room is not None:
            return self.room.open
        return self.prediction is None and self.happened is None and not self.revealed

    def sealed(self, job: Job | None = None) -> bool:
        """Return whether the answer (that this run gives) is to be kept from the visitor for now."""
        if self.room is not None:
            return self.room.sealed
        seen = self.watched() if self.watched is not None else None
        return self.open and not (job is not None and (job.active or job is seen))

    def ask(
        self,
        words: str,
        options: Sequence[str],
        job: Job | None = None,
        happened: str | None = None,
        *,
        meanwhile: str = "Now see.",
    ) -> None:
        """Draw the question with its options, one touch each; once it is closed, what became of it, in their place.

        Args:
            words: the question.
            options: what may be predicted, short.
            job: the run that answers, if any.
            happened: what it answers, once that is known.
            meanwhile: what is said to a prediction until then.
        """
        if self.open:
            self.words = words
        self.settle(happened, job)
        if self.room is not None:
            self.room.draw(words, options, happened)
            return
        with st.container(key=f"vote_{self.lesson}_of_{len(options)}", gap="xsmall"):  # its height: see page.css
            st.markdown(f"**Predict first.** {self.words}" if self.open else self.words)
            if not self.open:
                self._result(meanwhile)
                with st.container(key=f"options_{self.lesson}"):  # in the room that they had: see page.css
                    st.markdown("  \n".join(map(self._judged, options)))
                if self.words not in ("", words):
                    st.caption(OF_ANOTHER)
                return
            for number, option in enumerate(options):
                key = f"predict_{self.lesson}_{number}"
                st.button(option, key=key, width="stretch", on_click=self.predict, args=(option,))
            st.button(
                "Show me",
                key=f"{self.lesson}_reveal",
                type="tertiary",
                icon=":material/visibility:",
                on_click=self.reveal,
            )

    def settle(self, happened: str | None, job: Job | None = None) -> None:
        """Note what happened (None: that is not known yet), unless it is sealed or something was noted before."""
        if self.room is not None and not self.room.sealed:
            self.prediction, self.happened = self.room.said or self.prediction, self.happened or self.room.answer
        if happened is not None and self.happened is None and not self.sealed(job):
            self.happened = happened

    def watch(self, job: Job) -> None:
        """Note that the visitor sees this run happen: nothing of it is sealed for them afterwards."""
        if job.active:
            self.watched = weakref.ref(job)

    def predict(self, option: str) -> None:
        """Take the visitor's prediction; the first one counts, for a click may be on its way while the answer comes."""
        if self.room is not None:
            self.room.vote(option)
        elif self.open:
            self.prediction = option

    def reveal(self) -> None:
        """Show the answer to somebody who does not want to predict; in a room, only the teacher does that."""
        if self.room is not None:
            self.room.reveal()
        else:
            self.revealed = True

    def _judged(self, option: str) -> str:
        """Return an option as it came out."""
        yours = " (you)" if option == self.prediction else ""
        if option == self.happened:
            return f"✓ **{option}**{yours}"
        return f"{'✗' if yours and self.happened is not None else '○'} {option}{yours}"

    def _result(self, meanwhile: str) -> None:
        said, was = self.prediction, self.happened
        if said is None:
            seen = f"Not predicted. {meanwhile}" if was is None else f"It was **{was}**."
            st.info(seen, icon=":material/visibility:")
        elif was is None:
            st.info(f"You said **{said}**. {meanwhile}", icon=":material/hourglass_top:")
        elif said == was:
            st.success(f"You said **{said}**, and so it was.", icon=":material/target:")
        else:
            st.info(f"You said **{said}**; it was **{was}**.", icon=":material/search:")


def about(lesson: str) -> Question:
    """Return the question of a lesson to this visitor."""
    question = visit.here().questions.setdefault(lesson, Question(lesson))
    question.room = asked.here(lesson)
    return question
