"""The frame of every lesson: its lead, the picture, the explanation, where it comes from, the next question."""

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.lab import variation
from app.lab.experiment import Experiment
from app.lab.record import Task
from app.runs.job import Job
from app.ui import links, panel, path, plan, takeaway, terms, visit
from app.ui.classroom import strip, turning
from app.ui.components import component
from app.ui.plot import library
from app.ui.plot.plot import plot

_BACK_ROW = "F2"  # the key
_PICTURE = "picture_"  # begins the key of what it may show


def opening(name: str, lead: str = "") -> None:
    """Open the page called ``name``, below its heading, with a short lead, unless its picture says that itself."""
    takeaway.clear()
    listeners = st.container(key="listeners", gap=None)  # which take no room: see page.css
    with listeners:
        visit.recognise()
        component("components/listeners")(
            key="listener",
            data={
                "page": name,
                "key": _BACK_ROW,
                "picture": f"st-key-{_PICTURE}",
                "library": library.ADDRESS,
            },
            on_returned_change=lambda: None,
        )
    visit.notices()
    links.check(name)
    plan.length()  # here, where what it says of a link has room
    with listeners:
        plan.clock(name)
    strip.above(name)
    with listeners:
        turning.draw(name)
    if lead:
        st.markdown(lead)


def figure(
    finding: str,
    figure: go.Figure,
    key: str,
    *,
    source: str | None = None,
    of: str = "",
    on_pick: Callable[[Any], None] | None = None,
) -> None:
    """Draw a chart under its finding, which is also its text alternative.

    Args:
        finding: its title.
        figure: the chart; see :func:`app.ui.plot.plot.plot`.
        key: its name.
        source: where its numbers come from, if not from the run on the page.
        of: what it is of; of something else, the chart before stays as a ghost.
        on_pick: called with the ``customdata`` of a point that a visitor chooses.
    """
    takeaway.note(key, takeaway.Picture(finding, figure, source))
    with st.container(key=f"figure_{key}"):
        st.subheader(finding, anchor=False)
        plot(figure, key, alt=finding, of=of, on_pick=on_pick)


def stage(key: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the two containers that a lesson opens with: a wide one for its picture, and beside it a narrow rail.

    The rail is for the question, the controls and the result, so that nothing that appears pushes the picture. On a
    narrow screen it is below the picture. How wide, and from where on they are side by side: see page.css.
    """
    with st.container(key=f"stage_{key}"):
        return picture(key), st.container(key=f"rail_{key}")


def picture(key: str) -> DeltaGenerator:
    """Return the container of a page's main picture: what the back row sees alone."""
    return st.container(key=f"{_PICTURE}{key}")


RAIL = 298  # pixels: what needs a row of its own in the rail is so wide


def explain(*sentences: str) -> None:
    """Explain, after the picture, in sentences that were written from the result."""
    st.subheader("Why", anchor=False)
    for sentence in sentences:
        st.markdown(sentence)


def provenance(job: Job, seconds: float | None, task: Task = "run") -> None:
    """Say where the numbers of a run come from: recorded or live, which seed, and the command that repeats them.

    Where it could not be kept, it says so, too.

    Args:
        job: the run.
        seconds: that it took, if that is known.
        task: of the command.
    """
    experiment = job.experiment
    words = {
        "pretrained": "Recorded when the app was built",
        "stored": "Run earlier on this machine",
        "live": "Run live on this machine",
    }[job.origin]
    took = "" if seconds is None else f", in {seconds:.0f} s"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{words}{took}; seed {experiment.seed}, one run.", help=terms.explained("seed"))
        words = "Every number here was computed by this run. The same, from the command line:"
        panel.source(words, variation.command(experiment, task), lambda: _settings(experiment))
        takeaway.of_run(experiment, task)
    if job.unkept:
        st.warning(job.unkept, icon=":material/save:")


def _settings(experiment: Experiment) -> None:
    st.markdown("All of its settings:")
    st.json(experiment.to_dict(), expanded=False)
    st.caption(f"Key {experiment.key[:16]}")


def onward(name: str) -> None:
    """Close the lesson called ``name`` with the question that the next one answers."""
    visit.seen(name)
    strip.below(name)
    stop = path.after(name, plan.length())
    st.divider()
    with st.container(key="back_row_words"):
        st.caption(f"For the back row: {_BACK_ROW} shows the picture alone, {_BACK_ROW} again brings the page back.")
    with st.container(key="onward", horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(stop.page, label=f"**Next: {stop.title}**", icon=":material/arrow_forward:")
        st.markdown(stop.question)
