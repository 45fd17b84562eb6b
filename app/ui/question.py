"""Predict first: a question, sealed until the visitor has predicted, asked for the answer, or watched it live."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.runs.job import Job


@dataclass
class Question:
    """One question to this visitor and what became of it; see :func:`about`."""

    lesson: str
    prediction: str | None = None
    revealed: bool = False
    locked: bool = False
    watched: Job | None = None

    def sealed(self, job: Job | None = None) -> bool:
        """Return whether the answer (that this run gives) is to be kept from the visitor for now."""
        seen = self.locked or (job is not None and (job.active or self.watched is job))
        return not (seen or self.revealed or self.prediction is not None)

    def ask(self, words: str, options: Sequence[str], job: Job | None = None, *, known: bool = False) -> None:
        """Ask for a one-click prediction; once the answer is on screen, it can be neither made nor changed.

        Args:
            words: the question.
            options: what may be predicted.
            job: the run that will answer, if any.
            known: whether the answer is known without a run.
        """
        self.settle(job, known=known)
        key = f"predict_{self.lesson}"
        # The question is the truth, the widget shows it: another setting is another question.
        st.session_state[key] = self.prediction
        # The question stands above the widget, not in its label, which pales with a widget that is locked.
        said = f"**Predict first.** {words}"
        st.markdown(said, help="The answer is on screen, so this prediction stays as it is." if self.locked else None)
        st.segmented_control(
            said,
            options,
            key=key,
            wrap=True,
            disabled=self.locked,
            label_visibility="collapsed",
            on_change=self._answer,
            args=(key,),
        )

    def settle(self, job: Job | None = None, *, known: bool = False) -> None:
        """Close the question once its answer is on screen; arguments as those of :meth:`ask`."""
        if (known or (job is not None and job.status == "done")) and not self.sealed(job):
            self.locked = True

    def watch(self, job: Job) -> None:
        """Note that the visitor sees this run happen: nothing of it is sealed for them afterwards."""
        if job.active:
            self.watched = job

    def predict(self, option: str | None) -> None:
        """Take a prediction that was made elsewhere than in the row of :meth:`ask`."""
        if not (self.locked or self.revealed):  # a click may be on its way while the answer appears
            self.prediction = option

    def reveal(self) -> None:
        """Show the answer to somebody who does not want to predict."""
        self.revealed = True

    def offer(self) -> None:
        """Offer the answer to somebody who does not want to predict."""
        if st.button("Show me without a prediction", key=f"{self.lesson}_reveal"):
            self.reveal()
            st.rerun()  # the page as a whole: the question may stand outside the fragment that its answer is in

    def compare(self, happened: str) -> None:
        """Hold the prediction against what happened."""
        if self.prediction is None:
            return
        if self.prediction == happened:
            st.success(f"You predicted **{self.prediction}**, and so it was.", icon=":material/target:")
        else:
            st.info(f"You predicted **{self.prediction}**; it was **{happened}**. Why?", icon=":material/search:")

    def _answer(self, key: str) -> None:
        self.predict(st.session_state[key])


def about(lesson: str, *subject: str) -> Question:
    """Return the visitor's question of a lesson about one subject: an experiment's key, perhaps a layer."""
    questions: dict[tuple[str, ...], Question] = st.session_state.setdefault("questions", {})
    return questions.setdefault((lesson, *subject), Question(lesson))


def predicted(lesson: str) -> bool:
    """Return whether the visitor has predicted anything in this lesson."""
    questions: dict[tuple[str, ...], Question] = st.session_state.get("questions", {})
    return any(asked.prediction is not None for asked in questions.values() if asked.lesson == lesson)
