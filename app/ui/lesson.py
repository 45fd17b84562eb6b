"""The frame of every lesson: a question, the picture, the explanation, where it comes from, the next question."""

from typing import Any

import streamlit as st

from app.lab.experiment import Experiment
from app.lab.record import Task
from app.ui import path, settings


def opening(question: str, lead: str) -> None:
    """Open the lesson with its question and one or two short sentences."""
    st.title(question, anchor=False)
    st.markdown(lead)


def figure(finding: str, spec: dict[str, Any], key: str) -> None:
    """Draw a Vega-Lite chart under its finding, which is also its text alternative."""
    st.subheader(finding, anchor=False)
    ink = "#EEF2F6" if st.context.theme.type == "dark" else "#1B2430"
    spec = {**spec, "config": {**spec["config"], "text": {"color": ink}}}
    st.vega_lite_chart(spec, key=key, alt=finding)


def explain(*sentences: str) -> None:
    """Explain, after the picture, in sentences that were written from the result."""
    st.subheader("Why", anchor=False)
    for sentence in sentences:
        st.markdown(sentence)


def provenance(experiment: Experiment, origin: str, seconds: float | None, task: Task = "run") -> None:
    """Say where the numbers come from: recorded or live, which seed, and the command that repeats them."""
    words = {
        "pretrained": "Recorded when the app was built",
        "stored": "Run earlier on this machine",
        "live": "Run live on this machine",
    }[origin]
    took = "" if seconds is None else f", in {seconds:.0f} s"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{words}{took}; seed {experiment.seed}, one run.")
        with st.popover("Where is this from?", type="tertiary"):
            st.markdown("Every number here was computed by this run. The same, from the command line:")
            st.code(settings.command(experiment, task), language="bash", wrap_lines=True)
            st.markdown("All of its settings:")
            st.json(experiment.to_dict(), expanded=False)
            st.caption(f"Key {experiment.key[:16]}")


def onward(name: str) -> None:
    """Close the lesson called ``name`` with the question that the next one answers."""
    stop = path.after(name)
    st.divider()
    st.page_link(stop.page, label=f"**Next: {stop.title}.** {stop.question}", icon=":material/arrow_forward:")
